"""Settings: what is unsafe is refused with one line, what is missing in development is made once."""

import stat
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from app.config import Launch, Settings
from app.config_reading import ConfigError

SECRET = "k3Vq9-xT7wLr2_Zp8mNb4cHd6sFj1gYa0uEi5oQ"
SEAL = b64encode(bytes(range(32))).decode()
AUDIT = b64encode(bytes(range(1, 33))).decode()
PRODUCTION = {
    "TIEPDAN_ENV": "production",
    "DATABASE_URL": "postgresql://db/tiepdan",
    "REDIS_URL": "redis://queue",
    "SECRET_KEY": SECRET,
    "TIEPDAN_SEAL_KEY": SEAL,
    "TIEPDAN_AUDIT_KEY": AUDIT,
    "BASE_URL": "https://tiepdan.example.vn",
}
DEVELOPMENT = {"DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://queue"}


def test_production_starts_with_everything_set() -> None:
    settings = Settings.from_env(PRODUCTION)
    assert settings.database_url == "postgresql+psycopg://db/tiepdan"
    config = settings.flask_config()
    assert config["SESSION_COOKIE_SECURE"]
    assert config["SESSION_COOKIE_NAME"].startswith("__Host-")


@pytest.mark.parametrize(
    "change, words",
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY is not set"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY is too short"),
        ({"SECRET_KEY": "a" * 64}, "too simple"),
        ({"SECRET_KEY": "change-me-" + SECRET}, "SECRET_KEY is a default"),
        ({"TIEPDAN_SEAL_KEY": ""}, "TIEPDAN_SEAL_KEY is not set"),
        ({"TIEPDAN_SEAL_KEY": "dG9vIHNob3J0"}, "32 bytes in base64"),
        ({"TIEPDAN_SEAL_KEY": ","}, "32 bytes in base64"),
        ({"TIEPDAN_SEAL_KEY": "", "TIEPDAN_SEAL_KEY_FILE": "/nowhere/key"}, "cannot be read"),
        ({"TIEPDAN_AUDIT_KEY": ""}, "TIEPDAN_AUDIT_KEY is not set"),
        ({"TIEPDAN_AUDIT_KEY": "dG9vIHNob3J0"}, "32 bytes in base64"),
        ({"TIEPDAN_AUDIT_KEY": ","}, "32 bytes in base64"),
        ({"TIEPDAN_AUDIT_KEY": "", "TIEPDAN_AUDIT_KEY_FILE": "/nowhere/key"}, "cannot be read"),
        ({"BASE_URL": ""}, "BASE_URL is not set"),
        ({"BASE_URL": "http://tiepdan.example.vn"}, "cookies over http"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is not set"),
        ({"REDIS_URL": ""}, "REDIS_URL is not set"),
        ({"TIEPDAN_ENV": "staging"}, "TIEPDAN_ENV must be"),
        ({"PORT": "http"}, "PORT must be a number"),
        ({"SMTP_TLS": "perhaps"}, "SMTP_TLS must be"),
        ({"MAX_UPLOAD_MB": "0"}, "MAX_UPLOAD_MB must be at least 1"),
        ({"TIEPDAN_SECOND_FACTOR": "offered"}, "TIEPDAN_SECOND_FACTOR must be required"),
        ({"TIEPDAN_SECOND_FACTOR": "never"}, "required or offered"),
        ({"SESSION_IDLE_MINUTES": "241"}, "SESSION_IDLE_MINUTES must be at most 240"),
        ({"SESSION_IDLE_MINUTES": "an hour"}, "SESSION_IDLE_MINUTES must be a number"),
        ({"SESSION_HOURS": "25"}, "SESSION_HOURS must be at most 24"),
        ({"FRESH_SIGN_IN_MINUTES": "61"}, "FRESH_SIGN_IN_MINUTES must be at most 60"),
        ({"FRESH_SIGN_IN_MINUTES": "0"}, "FRESH_SIGN_IN_MINUTES must be at least 1"),
        ({"OIDC_ISSUER": "https://sso.example.vn"}, "OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed"),
        (
            {"OIDC_ISSUER": "http://sso.example.vn", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "y"},
            "OIDC_ISSUER must be https",
        ),
    ],
)
def test_production_refuses_what_is_unsafe_or_senseless_with_one_line(
    change: dict[str, str], words: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        Settings.from_env(PRODUCTION | change)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)
    assert SECRET not in str(refused.value)


def test_production_takes_http_cookies_only_when_told_so() -> None:
    plain = PRODUCTION | {"BASE_URL": "http://10.0.0.5", "TIEPDAN_INSECURE_COOKIES": "yes"}
    assert not Settings.from_env(plain).flask_config()["SESSION_COOKIE_SECURE"]


def test_production_refuses_demo_accounts() -> None:
    settings = Settings.from_env(PRODUCTION)
    settings.refuse_demo(False)
    with pytest.raises(ConfigError, match="demo accounts"):
        settings.refuse_demo(True)


def test_development_lives_with_demo_accounts(tmp_path: Path) -> None:
    Settings.from_env(DEVELOPMENT | {"TIEPDAN_VAR": str(tmp_path)}).refuse_demo(True)


def test_development_makes_its_keys_once_and_keeps_them_to_itself(tmp_path: Path) -> None:
    env = DEVELOPMENT | {"TIEPDAN_VAR": str(tmp_path / "var")}
    with ThreadPoolExecutor(8) as pool:
        at_once = list(pool.map(lambda _n: Settings.from_env(env), range(16)))
    assert len({s.secret_key for s in at_once}) == 1
    assert len({s.seal_keys for s in at_once}) == 1
    assert len({s.audit_keys for s in at_once}) == 1
    names = ["audit_key", "seal_key", "secret_key"]
    assert sorted(path.name for path in (tmp_path / "var").iterdir()) == names
    for name in names:
        assert stat.S_IMODE((tmp_path / "var" / name).stat().st_mode) == 0o600


def test_the_seal_key_may_lie_in_a_file_and_have_elder_ones_beside_it(tmp_path: Path) -> None:
    elder = b64encode(bytes(32)).decode()
    (tmp_path / "keys").write_text(f"{SEAL}\n{elder}\n")
    env = PRODUCTION | {"TIEPDAN_SEAL_KEY": "", "TIEPDAN_SEAL_KEY_FILE": str(tmp_path / "keys")}
    assert [key.key for key in Settings.from_env(env).seal_keys] == [bytes(range(32)), bytes(32)]


def test_the_key_of_the_record_may_lie_in_a_file_and_have_elder_ones_beside_it(tmp_path: Path) -> None:
    elder = b64encode(bytes(32)).decode()
    (tmp_path / "keys").write_text(f"{AUDIT}\n{elder}\n")
    env = PRODUCTION | {"TIEPDAN_AUDIT_KEY": "", "TIEPDAN_AUDIT_KEY_FILE": str(tmp_path / "keys")}
    assert Settings.from_env(env).audit_keys.seeds == (bytes(range(1, 33)), bytes(32))


@pytest.mark.parametrize("name", ["TIEPDAN_SEAL_KEY", "TIEPDAN_AUDIT_KEY"])
def test_a_file_that_holds_the_bare_bytes_of_a_key_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "key").write_bytes(bytes(range(224, 256)))
    with pytest.raises(ConfigError, match=f"{name} must be 32 bytes in base64"):
        Settings.from_env(PRODUCTION | {name: "", f"{name}_FILE": str(tmp_path / "key")})


def test_settings_do_not_tell_their_secrets() -> None:
    settings = Settings.from_env(
        PRODUCTION
        | {"SMTP_PASSWORD": "smtp-password", "DATABASE_URL": "postgresql://u:pw@db/x"}
        | {"OIDC_ISSUER": "https://sso.vn", "OIDC_CLIENT_ID": "x", "OIDC_CLIENT_SECRET": "oidc-secret"}
    )
    for secret in (SECRET, "smtp-password", ":pw@", "SealKey", "AuditKeys", "oidc-secret"):
        assert secret not in repr(settings)


def test_production_demands_a_second_factor_and_the_demo_offers_it(tmp_path: Path) -> None:
    assert Settings.from_env(PRODUCTION).flask_config()["SECOND_FACTOR_REQUIRED"]
    env = DEVELOPMENT | {"TIEPDAN_VAR": str(tmp_path)}
    assert not Settings.from_env(env).flask_config()["SECOND_FACTOR_REQUIRED"]
    demanded = Settings.from_env(env | {"TIEPDAN_SECOND_FACTOR": "required"}).flask_config()
    assert demanded["SECOND_FACTOR_REQUIRED"]
    assert (demanded["SESSION_IDLE"], demanded["SESSION_ABSOLUTE"]) == (
        timedelta(hours=1),
        timedelta(hours=12),
    )
    assert demanded["FRESH_FOR"] == timedelta(minutes=10)


@pytest.mark.parametrize("port", ["-1", "65536", "x"])
def test_a_senseless_port_is_refused(port: str) -> None:
    with pytest.raises(ConfigError, match="PORT must be"):
        Launch.from_env({"PORT": port})
