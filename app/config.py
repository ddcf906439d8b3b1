"""Settings: read once from the environment, checked, and refused with one clear line when unsafe."""

import os
import secrets
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from app.core.seal import SealKey, key_from_base64

ROOT = Path(__file__).resolve().parent.parent
_SECRET_MIN = 32


class ConfigError(Exception):
    """A setting is missing or unsafe; the message is one line for the operator."""


@dataclass(frozen=True)
class Settings:
    """Everything the application may be told from outside."""

    env: str
    database_url: str
    redis_url: str
    secret_key: str
    seal_keys: tuple[SealKey, ...]
    files_dir: Path
    var_dir: Path
    host: str = "127.0.0.1"
    port: int = 8000
    max_upload_mb: int = 25
    base_url: str = ""
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_tls: str = "starttls"
    mail_from: str = "tiepdan@localhost"
    insecure_cookies: bool = False

    @property
    def production(self) -> bool:
        """Tell whether this is a production installation."""
        return self.env == "production"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Return the settings of an environment (by default the process's). Raises ConfigError with one line."""
        env = os.environ if env is None else env
        kind = env.get("TIEPDAN_ENV", "development")
        if kind not in {"development", "production", "test"}:
            raise ConfigError(f"TIEPDAN_ENV must be development, production or test, not {kind!r}")
        var = Path(env.get("TIEPDAN_VAR", ROOT / "var"))
        for name in ("DATABASE_URL", "REDIS_URL"):
            if not env.get(name):
                raise ConfigError(f"{name} is not set: start with 'tiepdan run' (or 'make run'), or set it")
        settings = cls(
            env=kind,
            database_url=_psycopg(env["DATABASE_URL"]),
            redis_url=env["REDIS_URL"],
            secret_key=_secret(env, kind, var),
            seal_keys=_seal_keys(env, kind, var),
            files_dir=Path(env.get("FILES_DIR", var / "files")),
            var_dir=var,
            host=env.get("HOST", "127.0.0.1"),
            port=_number(env, "PORT", 8000),
            max_upload_mb=_number(env, "MAX_UPLOAD_MB", 25),
            base_url=env.get("BASE_URL", "").rstrip("/"),
            smtp_host=env.get("SMTP_HOST", ""),
            smtp_port=_number(env, "SMTP_PORT", 25),
            smtp_user=env.get("SMTP_USER", ""),
            smtp_password=env.get("SMTP_PASSWORD", ""),
            smtp_tls=env.get("SMTP_TLS", "starttls"),
            mail_from=env.get("MAIL_FROM", "tiepdan@localhost"),
            insecure_cookies=env.get("TIEPDAN_INSECURE_COOKIES", "") == "yes",
        )
        settings._check()
        return settings

    def _check(self) -> None:
        if self.smtp_tls not in {"none", "starttls", "tls"}:
            raise ConfigError("SMTP_TLS must be none, starttls or tls")
        if not self.production:
            return
        if not self.base_url:
            raise ConfigError("BASE_URL is not set: production needs its public address, such as https://tiepdan.example.vn")
        if not self.base_url.startswith("https://") and not self.insecure_cookies:
            raise ConfigError("BASE_URL is not https: set TIEPDAN_INSECURE_COOKIES=yes only if you accept cookies over http")

    def flask_config(self) -> dict[str, Any]:
        """Return the mapping that Flask and its extensions read."""
        secure = self.production and not self.insecure_cookies
        return {
            "ENV_NAME": self.env,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": {"pool_pre_ping": True, "pool_size": 5, "max_overflow": 5},
            "SESSION_COOKIE_NAME": "__Host-tiepdan" if secure else "tiepdan",
            "SESSION_COOKIE_SECURE": secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "PERMANENT_SESSION_LIFETIME": timedelta(hours=12),
            "MAX_FILE_BYTES": self.max_upload_mb * 2**20,
            "MAX_CONTENT_LENGTH": 4 * self.max_upload_mb * 2**20 // 2,
            "MAX_FORM_MEMORY_SIZE": 2 * 2**20,
            "FILES_DIR": str(self.files_dir),
            "BOOTSTRAP_SERVE_LOCAL": True,
            "BABEL_DEFAULT_LOCALE": "vi",
            "BABEL_DEFAULT_TIMEZONE": "Asia/Ho_Chi_Minh",
            "RATELIMIT_ENABLED": self.env != "test",
            "RATELIMIT_STORAGE_URI": self.redis_url.replace("unix://", "redis+unix://", 1),
            "RATELIMIT_SWALLOW_ERRORS": True,
            "WTF_CSRF_TIME_LIMIT": None,
            "WTF_CSRF_ENABLED": self.env != "test",
            "TEMPLATES_AUTO_RELOAD": False,
        }


def _psycopg(url: str) -> str:
    """Return a database address with the driver named, whatever the operator wrote."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _number(env: Mapping[str, str], name: str, default: int) -> int:
    try:
        return int(env.get(name, default))
    except ValueError:
        raise ConfigError(f"{name} must be a number, not {env[name]!r}") from None


def _secret(env: Mapping[str, str], kind: str, var: Path) -> str:
    secret = env.get("SECRET_KEY", "")
    if kind == "production":
        if len(secret) < _SECRET_MIN or secret.startswith("change-me"):
            raise ConfigError(f"SECRET_KEY is missing or too short: set at least {_SECRET_MIN} random characters")
        return secret
    return secret or _kept(var / "secret_key", lambda: secrets.token_urlsafe(48))


def _seal_keys(env: Mapping[str, str], kind: str, var: Path) -> tuple[SealKey, ...]:
    """Return the seal keys, newest first: TIEPDAN_SEAL_KEY holds them in base64, separated by commas."""
    text = env.get("TIEPDAN_SEAL_KEY", "")
    if not text and env.get("TIEPDAN_SEAL_KEY_FILE"):
        try:
            text = Path(env["TIEPDAN_SEAL_KEY_FILE"]).read_text(encoding="ascii").strip()
        except OSError as error:
            raise ConfigError(f"TIEPDAN_SEAL_KEY_FILE cannot be read: {error.strerror}") from None
    if not text:
        if kind == "production":
            raise ConfigError("TIEPDAN_SEAL_KEY is not set: denouncers' identities need a key (32 bytes in base64)")
        text = _kept(var / "seal_key", lambda: b64encode(secrets.token_bytes(32)).decode())
    try:
        return tuple(key_from_base64(part.strip()) for part in text.replace("\n", ",").split(",") if part.strip())
    except ValueError:
        raise ConfigError("TIEPDAN_SEAL_KEY must be 32 bytes in base64 (several: separated by commas)") from None


def _kept(path: Path, make: Any) -> str:
    """Return the text kept in a file that only its owner can read, made on first use."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True)
    text: str = make()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
    return text
