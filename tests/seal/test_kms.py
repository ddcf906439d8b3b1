"""A key in a KMS, played by a process on this machine that keeps to the contract, and by some that do not."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import ConfigError, Settings
from app.core import seal, seal_kms
from app.core.db import unit_of_work
from app.core.seal import SealError
from app.core.seal_kms import KmsKey
from complaints.models.parties import SealedIdentity
from complaints.services import identity
from tests.conftest import sealed_bytes
from tests.factories import World
from tests.seal.conftest import FRESH
from tests.seal.test_rotation import WHO, keys_in_use, rotate

Turn = Callable[..., None]
# What an operator would write around the command line of their KMS.
SERVICE = """
import base64, hashlib, hmac, json, os, sys
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
asked = json.load(sys.stdin)
master = hashlib.sha256(b"hsm:" + asked["key"].encode()).digest()
data, context = base64.b64decode(asked["data"]), asked["context"].encode()
act = sys.argv[1]
if act == "wrap":
    nonce = os.urandom(12)
    answer = b"vault:v1:" + nonce + AESGCM(master).encrypt(nonce, data, context)
elif act == "unwrap":
    answer = AESGCM(master).decrypt(data[9:21], data[21:], context)
else:
    answer = hmac.digest(master, data, "sha256")
print(base64.b64encode(answer).decode())
"""


@pytest.fixture
def service(tmp_path: Path) -> tuple[str, ...]:
    (tmp_path / "kms.py").write_text(SERVICE)
    return sys.executable, str(tmp_path / "kms.py")


def test_a_key_that_never_leaves_the_kms_seals_opens_and_is_rotated(
    service: tuple[str, ...], world: World, session: Session, turn: Turn
) -> None:
    old, kms, newer = seal.keys()[0], KmsKey(service, "tiepdan-2026"), KmsKey(service, "tiepdan-2027")
    with unit_of_work():
        identity.seal_senders(WHO, actor=world.principal("donthu.lb"))
    for keys in ((kms, old), (newer, kms), (FRESH, newer)):
        turn(*keys)
        with unit_of_work():
            identity.seal_senders(WHO, actor=world.principal("donthu.lb"))
        rotate()
        session.expire_all()
        assert keys_in_use() == {keys[0].key_id}
        for row in session.scalars(select(SealedIdentity)):
            opened = seal.decrypt_json(sealed_bytes(row, "ciphertext"), context=row.context)
            assert opened[0]["full_name"] == WHO[0].full_name


def test_what_the_kms_wrapped_opens_for_its_own_record_and_key_alone(
    service: tuple[str, ...], app: Flask, turn: Turn
) -> None:
    turn(KmsKey(service, "one"))
    with app.app_context():
        sealed = seal.encrypt(b"secret", context="identity:a")
        assert seal.decrypt(sealed, context="identity:a") == b"secret"
        with pytest.raises(SealError):
            seal.decrypt(sealed, context="identity:b")
        turn(KmsKey(service, "two"))
        with pytest.raises(SealError, match="no key opens"):
            seal.decrypt(sealed, context="identity:a")


def test_it_derives_the_same_bytes_for_a_label_each_time(service: tuple[str, ...]) -> None:
    one, two = KmsKey(service, "one"), KmsKey(service, "two")
    assert one.derive("names") == KmsKey(service, "one").derive("names") != one.derive("phones")
    assert len(one.derive("names")) == 32 and one.derive("names") != two.derive("names")


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ("exit 3", "refused to wrap"),
        ("echo 'not base64!'", "no base64"),
        ("sleep 5", "within 0.3 seconds"),
        ("true", "too long"),
    ],
)
def test_a_kms_that_refuses_is_told_in_one_line(
    script: str, says: str, app: Flask, turn: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seal_kms, "SECONDS", 0.3 if "sleep" in script else 10)
    turn(KmsKey(("/bin/sh", "-c", script), "k"))
    with app.app_context(), pytest.raises(SealError, match=says):
        seal.encrypt(b"secret", context="identity:a")


def test_a_command_that_is_not_there_and_answers_of_a_wrong_length_are_told(app: Flask) -> None:
    with pytest.raises(SealError, match="cannot be started"):
        KmsKey(("/no/such/command",), "k").wrap(bytes(32), "x")
    short = KmsKey(("/bin/sh", "-c", "echo AAAA"), "k")
    with pytest.raises(SealError, match="no data key"):
        short.unwrap(b"x", "x")
    with pytest.raises(SealError, match="32 bytes"):
        short.derive("x")


def test_settings_name_the_command_and_its_keys_together(tmp_path: Path) -> None:
    env = {
        "TIEPDAN_ENV": "test", "DATABASE_URL": "postgresql:///x", "REDIS_URL": "redis://x", "TIEPDAN_VAR": str(tmp_path),
        "TIEPDAN_SEAL_KMS": f"{sys.executable} 'my kms.py'", "TIEPDAN_SEAL_KMS_KEY": "new, old",
    }  # fmt: skip
    keys = Settings.from_env(env).seal_keys
    assert keys == (
        KmsKey((sys.executable, "my kms.py"), "new"),
        KmsKey((sys.executable, "my kms.py"), "old"),
    )
    assert not (tmp_path / "seal_key").exists(), "no key of ours is made beside a KMS"
    both = Settings.from_env(
        env | {"TIEPDAN_SEAL_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="}
    ).seal_keys
    assert len(both) == 3 and isinstance(both[0], KmsKey) and not isinstance(both[2], KmsKey)
    for wrong in (
        {"TIEPDAN_SEAL_KMS": ""},
        {"TIEPDAN_SEAL_KMS_KEY": " ,"},
        {"TIEPDAN_SEAL_KMS": "kms 'open"},
    ):
        with pytest.raises(ConfigError, match="TIEPDAN_SEAL_KMS"):
            Settings.from_env(env | wrong)
