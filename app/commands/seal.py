"""`tiepdan seal`: which key the sealed values stand under, bringing them under the newest, keeping a key in parts."""

import sys
from collections import Counter

import click

from app.commands.context import application
from app.config import Launch, environment, local_seal_keys
from app.config_reading import ConfigError
from app.core import seal, seal_split
from app.core.errors import Invalid
from app.core.seal import WrappingKey
from app.core.seal_kms import KmsKey
from app.core.seal_rotation import BATCH, Count, droppable
from app.core.seal_rotation import rotate as rotate_kinds
from app.core.seal_rotation import status as status_of
from app.operations.sealed import SEALED
from complaints.services.vault import rekey


@click.group()
def seal_group() -> None:
    """Rotate the key of what is sealed, and keep it safe.

    Status and rotate work as the owner of the tables (DATABASE_OWNER_URL): the application's role reads nothing sealed.
    """


@seal_group.command()
def status() -> None:
    """Count sealed values by key, and say which elder key may be dropped; exit 1 when a key is missing."""
    with application(as_owner=True):
        counts = status_of(SEALED)
        keys = seal.keys()
        free = droppable(counts)
    total = Counter[bytes]()
    for count in counts:
        total.update(count.by_key)
    for number, key in enumerate(keys):
        click.echo(f"key {key.key_id.hex()} ({_place(number, key)}): {total[key.key_id]} sealed values")
        _kinds(counts, key.key_id)
        if number:
            may = "may be dropped" if key.key_id in free else "must stay: run 'tiepdan seal rotate'"
            click.echo(f"    {may}")
    if free:
        click.echo(
            "Backups made before the rotation still need a dropped key: keep it as long as you keep them."
        )
    _say_missing(counts, total, {key.key_id for key in keys})


def _place(number: int, key: WrappingKey) -> str:
    where = f"KMS: {key.name}" if isinstance(key, KmsKey) else "settings"
    return f"{where}, {'the newest, seals' if number == 0 else 'elder, only opens'}"


def _kinds(counts: list[Count], key_id: bytes) -> None:
    for count in counts:
        if count.by_key[key_id]:
            click.echo(f"    {count.name}: {count.by_key[key_id]}")


def _say_missing(counts: list[Count], total: Counter[bytes], known: set[bytes]) -> None:
    missing = sorted(key_id for key_id in total if key_id not in known)
    for key_id in missing:
        click.echo(
            f"MISSING: key {key_id.hex()} is not in the settings: {total[key_id]} sealed values do not open"
        )
        _kinds(counts, key_id)
    lost = {count.name: count.lost for count in counts if count.lost}
    for name, number in lost.items():
        click.echo(f"LOST: {number} of {name} cannot be read at all")
    if missing or lost:
        sys.exit(1)


@seal_group.command()
@click.option(
    "--batch", type=click.IntRange(1, 10_000), default=BATCH, show_default=True, help="Rows a transaction."
)
def rotate(batch: int) -> None:
    """Bring every sealed value under the newest key; may be stopped and started again at any time.

    The service goes on meanwhile. Exit 1 when something does not open: it is left as it is.
    """
    with application(as_owner=True):
        done = rotate_kinds(SEALED, batch=batch)
        hashed = rekey(batch=batch)
    for one in done:
        click.echo(
            f"{one.name}: {one.rewrapped} re-wrapped"
            + (f", {one.unopened} do not open" if one.unopened else "")
        )
    click.echo(f"hashes of {hashed} identities made anew")
    if any(one.unopened for one in done):
        sys.exit(1)


@seal_group.command()
@click.option("--parts", type=int, default=5, show_default=True, help="How many parts to make.")
@click.option("--needed", type=int, default=3, show_default=True, help="How many give the key back.")
def split(parts: int, needed: int) -> None:
    """Print the newest key of the settings in parts, one a line, each for another keeper. Needs no database."""
    launch = Launch.from_env(environment())
    keys = local_seal_keys(environment(), launch.env, launch.var_dir)
    if not keys:
        raise ConfigError("the KMS keeps the key: there is none in the settings to be split")
    for part in seal_split.split(keys[0], parts=parts, needed=needed):
        click.echo(part.written())


@seal_group.command()
def join() -> None:
    """Read parts from standard input, one a line, and print the key they give. Needs no database."""
    lines = [line for line in sys.stdin.read().splitlines() if line.strip()]
    if not lines:
        raise Invalid("no part was given: type them one a line")
    click.echo(seal_split.join([seal_split.part_from(line) for line in lines]).written())
