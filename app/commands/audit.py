"""`tiepdan audit`: the record of who did, saw or tried what: seal it, prove it, hand it to an inspector."""

import sys
from datetime import datetime
from pathlib import Path

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.commands.context import application
from app.core import audit
from app.core.audit_check import BrokenRecord, check_file, keys_from, said
from app.core.audit_export import export as write_export
from app.core.audit_keys import public_text
from app.core.audit_seals import seal_all
from app.core.audit_verify import Report
from app.core.audit_verify import verify as verify_record
from app.core.db import db, unit_of_work
from app.core.errors import Invalid

_DAY = click.DateTime(["%Y-%m-%d"])
_KEY = click.option(
    "--key",
    "keys",
    multiple=True,
    metavar="KEY",
    help="A public key in base64, or a file of them; beside the present ones.",
)


@click.group()
def audit_group() -> None:
    """Seal the record, prove it, and hand it to an inspector."""


@audit_group.command()
def seal() -> None:
    """Seal what is not sealed yet; the cron does the same every minute."""
    with application():
        sealed = seal_all()
    click.echo(f"{sealed.entries} entries sealed by {sealed.seals} seals")


@audit_group.command()
@_KEY
@click.option(
    "--noted", default="", metavar="NUMBER:HASH", help="A seal that was noted earlier, to be found again."
)
def verify(keys: tuple[str, ...], noted: str) -> None:
    """Prove the record; exit 1 and name the first entry that was changed, removed or inserted."""
    given = _keys(keys)
    with application():
        # One moment of the database: writers go on meanwhile.
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        report = verify_record(given, anchor=noted)
    for finding in report.findings:
        click.echo(f"NOT SOUND: {finding}")
    click.echo(_summary(report))
    if report.findings:
        sys.exit(1)


def _summary(report: Report) -> str:
    lines = [
        f"{report.entries} entries, {report.seals} seals; the newest seal is {report.newest or 'none yet'}"
    ]
    if report.unsealed:
        since = audit.written(report.waiting_since) if report.waiting_since else ""
        lines.append(f"{report.unsealed} entries wait for their seal, the oldest since {since}")
    if report.taken_over:
        lines.append(
            f"{report.taken_over} entries are older than the marks and were taken over as they were found"
        )
    if not report.findings:
        lines.append("sound")
    return "\n".join(lines)


@audit_group.command()
@click.option("--from", "first", type=_DAY, required=True, metavar="DATE", help="The first day (YYYY-MM-DD).")
@click.option("--to", "last", type=_DAY, required=True, metavar="DATE", help="The last day, included.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(first: datetime, last: datetime, file: Path) -> None:
    """Write the record of some days into a file that proves itself without the system.

    The export is itself an entry of the record. Exit 1 when what was written does not hold.
    """
    days = {"from": first.date().isoformat(), "to": last.date().isoformat()}
    if first > last:
        raise Invalid("--from is after --to")
    if file.exists():
        raise Invalid(f"{file} is there already: name another file")
    with application():
        with unit_of_work():
            audit.record("record.exported", actor=None, subject=("record", None), detail=days)
        seal_all()
        file.touch(mode=0o600)
        try:
            with file.open("wb") as out:
                write_export(first.date(), last.date(), out)
        except BaseException:
            file.unlink()
            raise
        own = audit.audit_keys().public
    _say_checked(file, own)


@audit_group.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option(
    "--key", "keys", multiple=True, required=True, metavar="KEY", help="A public key, or a file of them."
)
def check(file: Path, keys: tuple[str, ...]) -> None:
    """Check an exported file; needs no database. app/core/audit_check.py does the same by itself."""
    _say_checked(file, _keys(keys))


@audit_group.command()
def key() -> None:
    """Print the public keys, the present one first: what an inspector is given."""
    with application():
        for name, public in audit.audit_keys().public.items():
            click.echo(f"{public_text(public)}  # {name}")


def _keys(texts: tuple[str, ...]) -> dict[str, Ed25519PublicKey]:
    try:
        return keys_from(texts)
    except ValueError as error:
        raise Invalid(str(error)) from None


def _say_checked(file: Path, keys: dict[str, Ed25519PublicKey]) -> None:
    try:
        sound = check_file(file, keys)
    except BrokenRecord as error:
        click.echo(f"NOT SOUND: {error}")
        sys.exit(1)
    click.echo(said(sound))
