"""`tiepdan seal`: what the operator reads and does when a key is changed, lost or kept in parts."""

from base64 import b64decode, b64encode

import pytest
from click.testing import CliRunner, Result

from app.commands.main import tiepdan
from app.config_reading import ConfigError
from app.core.db import unit_of_work
from app.core.errors import Invalid
from app.core.seal import SealKey
from complaints.services import identity
from tests.factories import World
from tests.seal.conftest import FRESH
from tests.seal.test_rotation import WHO

NEW = b64encode(FRESH.key).decode()


def call(env: dict[str, str], *words: str, typed: str = "") -> Result:
    return CliRunner(env=env).invoke(tiepdan, ["seal", *words], input=typed)


def test_an_operator_changes_the_key_and_is_told_when_the_old_one_may_go(
    live_world: World, command_environment: dict[str, str]
) -> None:
    old = command_environment["TIEPDAN_SEAL_KEY"]
    with unit_of_work():
        identity.seal_senders(WHO, actor=live_world.principal("donthu.lb"))
    env = command_environment | {"TIEPDAN_SEAL_KEY": f"{NEW},{old}"}
    old_id = SealKey(b64decode(old)).key_id.hex()
    before = call(env, "status")
    assert before.exit_code == 0
    assert f"key {old_id} (settings, elder, only opens): 2 sealed values" in before.output
    assert (
        "identities: 1" in before.output
        and "keys_of_leak_marks: 1" in before.output
        and "must stay" in before.output
    )
    done = call(env, "rotate", "--batch", "1")
    assert done.exit_code == 0 and "identities: 1 re-wrapped" in done.output
    after = call(env, "status")
    assert "may be dropped" in after.output and "Backups" in after.output
    alone = call(command_environment | {"TIEPDAN_SEAL_KEY": NEW}, "status")
    assert alone.exit_code == 0 and "2 sealed values" in alone.output and "MISSING" not in alone.output


def test_a_lost_key_is_named_with_what_is_lost_with_it(
    live_world: World, command_environment: dict[str, str]
) -> None:
    with unit_of_work():
        identity.seal_senders(WHO, actor=live_world.principal("donthu.lb"))
    env = command_environment | {"TIEPDAN_SEAL_KEY": NEW}
    told = call(env, "status")
    assert told.exit_code == 1
    assert "MISSING: key" in told.output and "2 sealed values do not open" in told.output
    tried = call(env, "rotate")
    assert tried.exit_code == 1 and "identities: 0 re-wrapped, 1 do not open" in tried.output
    assert WHO[0].full_name not in told.output + tried.output


def test_a_key_is_split_for_five_keepers_and_three_of_them_bring_it_back(
    command_environment: dict[str, str],
) -> None:
    env = {
        **dict.fromkeys(("DATABASE_URL", "REDIS_URL"), ""),
        "TIEPDAN_ENV": "test",
        "TIEPDAN_SEAL_KEY": f"{NEW},x",
    }
    refused = call(env, "split")
    assert isinstance(refused.exception, ConfigError)
    env["TIEPDAN_SEAL_KEY"] = NEW
    lines = call(env, "split", "--parts", "5", "--needed", "3").output.splitlines()
    assert len(lines) == 5 and not any(NEW in line for line in lines)
    assert call(env, "join", typed="\n".join((lines[4], lines[0], lines[2]))).output == f"{NEW}\n"
    for typed in ("", "nonsense", "\n".join(lines[:2])):
        assert isinstance(call(env, "join", typed=typed).exception, Invalid)


def test_a_key_of_a_kms_cannot_be_split(command_environment: dict[str, str]) -> None:
    env = {
        "TIEPDAN_ENV": "test",
        "TIEPDAN_SEAL_KMS": "kms",
        "TIEPDAN_SEAL_KMS_KEY": "k",
        "TIEPDAN_SEAL_KEY": "",
    }
    with pytest.raises(ConfigError, match="the KMS keeps the key"):
        raise call(env, "split").exception or AssertionError
