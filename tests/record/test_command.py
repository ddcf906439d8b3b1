"""`tiepdan audit`: proves the record, names what a superuser changed, and writes files that prove themselves."""

import io
import subprocess
import sys
from base64 import b64encode
from datetime import date, timedelta
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st

from app.commands.main import tiepdan
from app.config import ROOT
from app.core import audit
from app.core.audit import audit_keys
from app.core.audit_check import BrokenRecord, canonical, check, keys_from
from app.core.audit_keys import AuditKeys, public_text
from app.core.clock import frozen
from app.core.db import db, unit_of_work
from tests.conftest import TODAY
from tests.factories import World
from tests.record.trail import leave_entries

CHECKER = ROOT / "app" / "core" / "audit_check.py"


def tiepdan_audit(env: dict[str, str], *words: str) -> Result:
    """Run the command as the operator would."""
    return CliRunner(env=env).invoke(tiepdan, ["audit", *words])


def as_superuser(env: dict[str, str], statement: str) -> None:
    """Run SQL on a connection of its own, past the triggers, as whoever owns the server can."""
    with psycopg.connect(env["DATABASE_OWNER_URL"].replace("+psycopg", "")) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(statement)


@pytest.fixture
def env(command_environment: dict[str, str]) -> dict[str, str]:
    """The command works on the suite's database and its note of the newest seal."""
    anchor = audit_keys_of_suite().anchor
    return command_environment | {"TIEPDAN_AUDIT_ANCHOR": str(anchor)}


def audit_keys_of_suite() -> AuditKeys:
    """Return the keys of the suite's application."""
    return audit_keys()


@pytest.fixture
def lived(live_world: World, env: dict[str, str]) -> list[int]:
    """Three days of ten entries each, sealed each evening."""
    ids: list[int] = []
    for days in range(3):
        with frozen(TODAY + timedelta(days=days)):
            ids += leave_entries(live_world, 10, together=2)
            assert tiepdan_audit(env, "seal").output == "10 entries sealed by 1 seals\n"
    return ids


def test_a_superusers_change_removal_and_insertion_are_named_and_exit_is_1(
    lived: list[int], env: dict[str, str]
) -> None:
    with frozen(TODAY + timedelta(days=2)):
        sound = tiepdan_audit(env, "verify")
        assert sound.exit_code == 0, sound.output
        assert sound.output.endswith("sound\n")
        as_superuser(env, f"UPDATE audit_entries SET actor_id = 999 WHERE id = {lived[17]}")
        found = tiepdan_audit(env, "verify")
        assert found.exit_code == 1
        assert (
            found.output.splitlines()[0] == f"NOT SOUND: entry {lived[17]} was changed after seal 2 was made"
        )
        as_superuser(env, f"DELETE FROM audit_entries WHERE id = {lived[4]}")
        found = tiepdan_audit(env, "verify")
        assert found.output.splitlines()[0] == f"NOT SOUND: entry {lived[4]} was removed: seal 1 holds it"
        as_superuser(
            env,
            "INSERT INTO audit_entries (at, action, subject_kind, detail) VALUES (now(), 'case.viewed', 'case', '{}')",
        )
        assert "carries no mark: it was inserted" in tiepdan_audit(env, "verify").output


def test_a_seal_that_somebody_noted_is_found_again_or_missed(lived: list[int], env: dict[str, str]) -> None:
    with frozen(TODAY + timedelta(days=2)):
        said = tiepdan_audit(env, "verify").output
        noted = said.split("the newest seal is ")[1].split("\n")[0]
        assert tiepdan_audit(env, "verify", "--noted", noted).exit_code == 0
        as_superuser(env, "DELETE FROM audit_seals WHERE number = 3")
        as_superuser(env, f"DELETE FROM audit_entries WHERE id >= {lived[20]}")
        Path(env["TIEPDAN_AUDIT_ANCHOR"]).unlink()  # also the note beside the installation is gone
        assert tiepdan_audit(env, "verify").exit_code == 0  # this is what the note is for
        missed = tiepdan_audit(env, "verify", "--noted", noted)
        assert missed.exit_code == 1
        assert "seal 3, which was noted, is not in the record" in missed.output


def test_the_public_half_of_a_key_that_was_given_up_still_proves_its_seals(
    lived: list[int], env: dict[str, str], tmp_path: Path
) -> None:
    elder = tiepdan_audit(env, "key").output
    fresh = env | {"TIEPDAN_AUDIT_KEY": b64encode(bytes(range(32))).decode()}
    with frozen(TODAY + timedelta(days=2)):
        alone = tiepdan_audit(fresh, "verify")
        assert alone.exit_code == 1
        assert "seal 1 cannot be checked: signed with the key" in alone.output
        (tmp_path / "elder").write_text(elder)
        assert tiepdan_audit(fresh, "verify", "--key", str(tmp_path / "elder")).exit_code == 0
        refused = tiepdan_audit(fresh, "verify", "--key", "no key")
        assert (refused.exit_code, type(refused.exception).__name__) == (1, "Invalid")


def test_an_export_proves_itself_without_the_system(
    lived: list[int], env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "record.jsonl"
    with frozen(TODAY + timedelta(days=2)):
        made = tiepdan_audit(env, "export", "--from", "2026-11-17", "--to", "2026-11-18", str(file))
        assert made.exit_code == 0, made.output
        assert made.output.startswith(
            "sound: seals 2 to 4, 21 entries"
        )  # the export itself is the last entry
        again = tiepdan_audit(env, "export", "--from", "2026-11-17", "--to", "2026-11-18", str(file))
        assert (again.exit_code, type(again.exception).__name__) == (1, "Invalid")
        key = tiepdan_audit(env, "key").output.split()[0]
    assert file.stat().st_mode & 0o777 == 0o600
    assert tiepdan_audit({}, "check", str(file), "--key", key).output.startswith("sound: seals 2 to 4")
    keys = tmp_path / "keys.txt"
    keys.write_text(f"{key}  # the office's key\n")
    command = [sys.executable, "-I", str(CHECKER), str(file), "--key", str(keys)]
    alone = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert (alone.returncode, alone.stdout[:20], alone.stderr) == (0, "sound: seals 2 to 4,", "")
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:5] + lines[6:]))
    alone = subprocess.run(command, cwd=tmp_path, env={}, capture_output=True, text=True, check=False)
    assert alone.returncode == 1
    assert alone.stderr.startswith(
        f"NOT SOUND: line 6: entry {lived[13]} is missing: entry {lived[14]} stands there"
    )
    other = public_text(next(iter(AuditKeys((bytes(32),)).public.values())))
    refused = tiepdan_audit({}, "check", str(file), "--key", other)
    assert refused.exit_code == 1
    assert "which was not given" in refused.output
    assert tiepdan_audit({}, "check", str(file), "--key", "x").exit_code == 1


def test_an_export_of_days_without_entries_is_refused_and_leaves_no_file(
    lived: list[int], env: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "record.jsonl"
    for days in (("2026-01-01", "2026-01-02"), ("2027-01-01", "2027-01-02"), ("2026-11-18", "2026-11-17")):
        with frozen(TODAY + timedelta(days=2)):
            refused = tiepdan_audit(env, "export", "--from", days[0], "--to", days[1], str(file))
        assert (refused.exit_code, type(refused.exception).__name__) == (1, "Invalid")
        assert not file.exists()


def test_an_export_of_a_record_that_was_changed_says_so(
    lived: list[int], env: dict[str, str], tmp_path: Path
) -> None:
    as_superuser(env, f"UPDATE audit_entries SET detail = '{{}}' WHERE id = {lived[3]}")
    with frozen(TODAY + timedelta(days=2)):
        made = tiepdan_audit(
            env, "export", "--from", "2026-11-16", "--to", "2026-11-16", str(tmp_path / "record.jsonl")
        )
    assert made.exit_code == 1
    assert f"entry {lived[3]} was changed" in made.output


@pytest.fixture
def exported(live_world: World, env: dict[str, str], tmp_path: Path) -> tuple[bytes, dict[str, object]]:
    """A small exported file of three seals, and the keys to check it with."""
    for _ in range(3):
        leave_entries(live_world, 3)
        tiepdan_audit(env, "seal")
    with unit_of_work():
        audit.record(
            "sign_in.refused", actor=None, subject=("person", None), detail={"words": 'ệ \u2028 \\ " {}'}
        )
    file = tmp_path / "small.jsonl"
    day = date.isoformat(TODAY)
    assert tiepdan_audit(env, "export", "--from", day, "--to", day, str(file)).exit_code == 0
    return file.read_bytes(), dict(keys_from([public_text(k) for k in audit_keys().public.values()]))


def test_any_single_tampering_of_an_exported_file_is_found(
    exported: tuple[bytes, dict[str, object]],
) -> None:
    """Of its lines: changed, removed, repeated, swapped, cut off; of its bytes: changed, removed, inserted."""
    whole, keys = exported
    lines = whole.splitlines(keepends=True)

    def broken(changed: bytes) -> bool:
        try:
            check(io.BytesIO(changed), keys)  # type: ignore[arg-type]
        except BrokenRecord:
            return True
        return False

    assert not broken(whole)

    @how(max_examples=300, deadline=None, derandomize=True, database=None,
         suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
    @given(data=st.data())
    def of_lines(data: st.DataObject) -> None:
        first = data.draw(st.integers(0, len(lines) - 1))
        second = data.draw(st.integers(0, len(lines) - 1).filter(lambda n: n != first))
        act = data.draw(st.sampled_from(("remove", "repeat", "swap", "move", "cut")))
        changed = list(lines)
        if act == "remove":
            del changed[first]
        elif act == "repeat":
            changed.insert(second, lines[first])
        elif act == "swap":
            changed[first], changed[second] = changed[second], changed[first]
        elif act == "move":
            changed.insert(second, changed.pop(first))
        else:
            del changed[first:]
        assert broken(b"".join(changed)), (act, first, second)

    @how(max_examples=500, deadline=None, derandomize=True, database=None)
    @given(place=st.integers(0, len(whole) - 1), byte=st.binary(min_size=1, max_size=1),
           act=st.sampled_from(("change", "remove", "insert")))  # fmt: skip
    def of_bytes(place: int, byte: bytes, act: str) -> None:
        rest = whole[place:] if act == "insert" else whole[place + 1 :]
        changed = whole[:place] + (b"" if act == "remove" else byte) + rest
        assert changed == whole or broken(changed), (act, place, byte)

    of_lines()
    of_bytes()


def test_the_same_value_is_always_written_the_same_way() -> None:
    assert (
        canonical({"b": [1, None, True], "a": "Đơn\u2028"}) == '{"a":"Đơn\u2028","b":[1,null,true]}'.encode()
    )


def test_a_file_that_is_no_export_is_refused_in_one_line() -> None:
    for lines in (
        [],
        [b"\n"],
        [b"{}\n"],
        [b"[]\n"],
        [b"x"],
        [b'{"export":{"format":1},"signature":"00"}\n'],
        [b"[" * 99999],
    ):
        with pytest.raises(BrokenRecord):
            check(lines, {})


def test_the_seals_of_the_cron_come_from_the_job(live_world: World, env: dict[str, str]) -> None:
    leave_entries(live_world, 2)
    code = "from app.factory import create_app\napp = create_app()\nfrom app.core.audit_seals import seal_record\n"
    code += "with app.app_context():\n    seal_record()"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, check=True)
    assert "sound" in tiepdan_audit(env, "verify").output
    db.session.rollback()
