"""Settings: read once from the environment, checked, and refused with one clear line when unsafe."""

import os
import secrets
import shlex
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import make_url

from app.config_files import UploadSettings
from app.config_reading import PORT_MAX, ConfigError, at_least_one, number
from app.config_sign_in import SignInSettings
from app.config_watch import WatchSettings
from app.core.audit_keys import AuditKeys
from app.core.seal import SealKey, WrappingKey
from app.core.seal_kms import KmsKey

ROOT = Path(__file__).resolve().parent.parent
_KINDS = ("development", "production", "test")
_SECRET_MIN = 32
_SECRET_VARIETY = 10
_DEFAULT_SECRETS = ("change", "dev", "secret", "default", "example")
_KEY_BYTES = 32


def environment() -> dict[str, str]:
    """Return a copy of the process's environment: nothing else in the product reads it."""
    return dict(os.environ)


@dataclass(frozen=True)
class Launch:
    """What `tiepdan run` must know before a database is there: where to listen, how many processes, whose servers."""

    env: str
    var_dir: Path
    host: str
    port: int
    web_processes: int
    web_threads: int
    job_workers: int
    database_url: str = field(repr=False)  # empty: the first-run PostgreSQL
    redis_url: str = field(repr=False)  # empty: the first-run Redis
    owner_url: str = field(default="", repr=False)  # the database as the role that owns the tables

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Launch":
        """Return the launch settings of an environment. Raises ConfigError with one line."""
        port = number(env, "PORT", 8000)
        if not 0 <= port <= PORT_MAX:
            raise ConfigError(f"PORT must be between 0 and {PORT_MAX}, not {port}")
        return cls(
            env=_kind(env),
            var_dir=_var(env),
            host=env.get("HOST") or "127.0.0.1",
            port=port,
            web_processes=at_least_one(env, "WEB_PROCESSES", 2),
            web_threads=at_least_one(env, "WEB_THREADS", 4),
            job_workers=at_least_one(env, "JOB_WORKERS", 2),
            database_url=env.get("DATABASE_URL", ""),
            redis_url=env.get("REDIS_URL", ""),
            owner_url=env.get("DATABASE_OWNER_URL", ""),
        )


@dataclass(frozen=True)
class Settings:
    """Everything the application may be told from outside."""

    env: str
    # What must not stand in a traceback, a log or a failed test is left out of the settings' own words.
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    seal_keys: tuple[WrappingKey, ...] = field(repr=False)
    audit_keys: AuditKeys = field(repr=False)
    files_dir: Path
    var_dir: Path
    owner_url: str = field(default="", repr=False)  # the database as its owner: for migrations only
    app_url: str = field(
        default="", repr=False
    )  # in a process that works as the owner: the application's address
    host: str = "127.0.0.1"
    port: int = 8000
    max_upload_mb: int = 25
    base_url: str = ""
    smtp_host: str = ""
    smtp_port: int = 25
    smtp_user: str = ""
    smtp_password: str = field(default="", repr=False)
    smtp_tls: str = "starttls"
    mail_from: str = "tiepdan@localhost"
    insecure_cookies: bool = False
    proxies: int = 0
    sign_in: SignInSettings = field(default_factory=SignInSettings)
    uploads: UploadSettings = field(default_factory=UploadSettings)
    watch: WatchSettings = field(default_factory=WatchSettings)

    @property
    def production(self) -> bool:
        """Tell whether this is a production installation."""
        return self.env == "production"

    @property
    def own_hosts(self) -> tuple[str, ...]:
        """Return the hosts under which a production installation answers: that of BASE_URL; empty: under any."""
        host = urlsplit(self.base_url).hostname if self.production else None
        return (host,) if host else ()

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Return the settings of an environment (by default the process's). Raises ConfigError with one line."""
        env = os.environ if env is None else env
        kind, var = _kind(env), _var(env)
        for name in ("DATABASE_URL", "REDIS_URL"):
            if not env.get(name):
                raise ConfigError(f"{name} is not set: start with 'tiepdan run' (or 'make run'), or set it")
        settings = cls(
            env=kind,
            database_url=_psycopg(env["DATABASE_URL"]),
            redis_url=env["REDIS_URL"],
            secret_key=_secret(env, kind, var),
            seal_keys=(*_kms_keys(env), *local_seal_keys(env, kind, var)),
            audit_keys=_audit_keys(env, kind, var),
            files_dir=Path(env.get("FILES_DIR") or var / "files").resolve(),
            var_dir=var,
            owner_url=_psycopg(env.get("DATABASE_OWNER_URL", "")),
            host=env.get("HOST") or "127.0.0.1",
            port=number(env, "PORT", 8000),
            max_upload_mb=at_least_one(env, "MAX_UPLOAD_MB", 25),
            base_url=env.get("BASE_URL", "").rstrip("/"),
            smtp_host=env.get("SMTP_HOST", ""),
            smtp_port=number(env, "SMTP_PORT", 25),
            smtp_user=env.get("SMTP_USER", ""),
            smtp_password=env.get("SMTP_PASSWORD", ""),
            smtp_tls=env.get("SMTP_TLS", "starttls"),
            mail_from=env.get("MAIL_FROM", "tiepdan@localhost"),
            insecure_cookies=env.get("TIEPDAN_INSECURE_COOKIES", "") == "yes",
            proxies=number(env, "TIEPDAN_PROXIES", 0),
            sign_in=SignInSettings.from_env(env, production=kind == "production"),
            uploads=UploadSettings.from_env(env),
            watch=WatchSettings.from_env(env),
        )
        settings._check()
        return settings

    def as_owner(self) -> "Settings":
        """Return the settings of a process that works on the database as its owner.

        Without DATABASE_OWNER_URL that is DATABASE_URL, which production refuses. Raises ConfigError.
        """
        if not self.owner_url and self.production:
            raise ConfigError(
                "DATABASE_OWNER_URL is not set: migrations need the role that owns the tables (docs/operations.md)"
            )
        return replace(self, database_url=self.owner_url or self.database_url, app_url=self.database_url)

    @property
    def app_role(self) -> str:
        """Return the name of the database role by which the application signs in."""
        name = make_url(self.app_url or self.database_url).username
        if not name:
            raise ConfigError("DATABASE_URL names no user: it needs the application's role")
        return name

    def _check(self) -> None:
        if self.smtp_tls not in {"none", "starttls", "tls"}:
            raise ConfigError("SMTP_TLS must be none, starttls or tls")
        if not self.production:
            return
        if not self.base_url:
            raise ConfigError(
                "BASE_URL is not set: production needs its public address, such as https://tiepdan.example.vn"
            )
        if not self.base_url.startswith("https://") and not self.insecure_cookies:
            raise ConfigError(
                "BASE_URL is not https: set TIEPDAN_INSECURE_COOKIES=yes only if you accept cookies over http"
            )

    def refuse_demo(self, has_demo_accounts: bool) -> None:
        """Raise ConfigError when a production installation holds demo accounts, whose passwords everybody knows."""
        if self.production and has_demo_accounts:
            raise ConfigError(
                "the database holds demo accounts: production needs a database without the demo"
            )

    def flask_config(self) -> dict[str, Any]:
        """Return the mapping that Flask and its extensions read."""
        secure = self.production and not self.insecure_cookies
        return {
            "ENV_NAME": self.env,
            "SECRET_KEY": self.secret_key,
            "SQLALCHEMY_DATABASE_URI": self.database_url,
            "SQLALCHEMY_ENGINE_OPTIONS": {
                "pool_pre_ping": True,
                "pool_size": 5,
                "max_overflow": 5,
                "connect_args": {"connect_timeout": 5},
                "hide_parameters": True,  # what people typed never stands in an error, a log or a failed job
            },
            "SESSION_COOKIE_NAME": "__Host-tiepdan" if secure else "tiepdan",
            "SESSION_COOKIE_SECURE": secure,
            "SESSION_COOKIE_HTTPONLY": True,
            "SESSION_COOKIE_SAMESITE": "Lax",
            "OWN_HOSTS": self.own_hosts,
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
            **self.sign_in.flask_config(),
            **self.uploads.flask_config(),
            **self.watch.flask_config(),
        }


def _psycopg(url: str) -> str:
    """Return a database address with the driver named, whatever the operator wrote."""
    for prefix in ("postgres://", "postgresql://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _kind(env: Mapping[str, str]) -> str:
    kind = env.get("TIEPDAN_ENV") or "development"
    if kind not in _KINDS:
        raise ConfigError(f"TIEPDAN_ENV must be development, production or test, not {kind!r}")
    return kind


def _var(env: Mapping[str, str]) -> Path:
    return Path(env.get("TIEPDAN_VAR") or ROOT / "var").resolve()


def _secret(env: Mapping[str, str], kind: str, var: Path) -> str:
    secret = env.get("SECRET_KEY", "")
    if kind == "production":
        if not secret:
            raise ConfigError(
                f"SECRET_KEY is not set: production needs at least {_SECRET_MIN} random characters"
            )
        if len(secret) < _SECRET_MIN or len(set(secret)) < _SECRET_VARIETY:
            raise ConfigError(
                f"SECRET_KEY is too short or too simple: set at least {_SECRET_MIN} random characters"
            )
        if secret.lower().startswith(_DEFAULT_SECRETS):
            raise ConfigError("SECRET_KEY is a default: set random characters of your own")
        return secret
    return secret or _kept(var / "secret_key", lambda: secrets.token_urlsafe(48))


def _keys(env: Mapping[str, str], kind: str, var: Path, name: str, what_for: str) -> tuple[bytes, ...]:
    """Return the keys that a variable, or the file of NAME_FILE, holds in base64, the newest first.

    Outside production one is made and kept on first use.
    """
    text, file = env.get(name, ""), env.get(f"{name}_FILE")
    if not text and file:
        try:
            text = Path(file).read_text(encoding="ascii", errors="replace").strip()
        except OSError as error:
            raise ConfigError(f"{name}_FILE cannot be read: {error.strerror}") from None
    if not text:
        if kind == "production":
            raise ConfigError(f"{name} is not set: {what_for} (32 bytes in base64)")
        kept = var / name.removeprefix("TIEPDAN_").lower()
        text = _kept(kept, lambda: b64encode(secrets.token_bytes(_KEY_BYTES)).decode())
    parts = [part.strip() for part in text.replace("\n", ",").split(",") if part.strip()]
    try:
        keys = tuple(b64decode(part, validate=True) for part in parts)
    except ValueError:
        keys = ()
    if not keys or any(len(key) != _KEY_BYTES for key in keys):
        raise ConfigError(f"{name} must be 32 bytes in base64 (several: separated by commas)")
    return keys


def _kms_keys(env: Mapping[str, str]) -> tuple[KmsKey, ...]:
    """Return the keys of a KMS, newest first: TIEPDAN_SEAL_KMS is the command, TIEPDAN_SEAL_KMS_KEY names them."""
    command = env.get("TIEPDAN_SEAL_KMS", "")
    names = [name.strip() for name in env.get("TIEPDAN_SEAL_KMS_KEY", "").split(",") if name.strip()]
    if bool(command.strip()) != bool(names):
        raise ConfigError(
            "TIEPDAN_SEAL_KMS (a command) and TIEPDAN_SEAL_KMS_KEY (names) are set together or not at all"
        )
    try:
        words = tuple(shlex.split(command))
    except ValueError:
        raise ConfigError("TIEPDAN_SEAL_KMS is no command line: a quotation mark is open") from None
    return tuple(KmsKey(words, name) for name in names)


def local_seal_keys(env: Mapping[str, str], kind: str, var: Path) -> tuple[SealKey, ...]:
    """Return the seal keys of the settings, newest first; none when a KMS keeps them all. Raises ConfigError.

    TIEPDAN_SEAL_KEY holds them in base64, separated by commas. Beside a KMS they only open what is older.
    """
    given = env.get("TIEPDAN_SEAL_KEY") or env.get("TIEPDAN_SEAL_KEY_FILE")
    if not given and env.get("TIEPDAN_SEAL_KMS"):
        return ()
    keys = _keys(env, kind, var, "TIEPDAN_SEAL_KEY", "denouncers' identities need a key")
    return tuple(SealKey(key) for key in keys)


def _audit_keys(env: Mapping[str, str], kind: str, var: Path) -> AuditKeys:
    keys = _keys(env, kind, var, "TIEPDAN_AUDIT_KEY", "the record of who did what is signed by a key")
    return AuditKeys(keys, Path(env.get("TIEPDAN_AUDIT_ANCHOR") or var / "audit_anchor").resolve())


def _kept(path: Path, make: Callable[[], str]) -> str:
    """Return the text kept in a file that only its owner can read, made on first use (also by two at once)."""
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    fresh = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
        ) as file:
            file.write(make())
        # A link appears whole or not at all, and only once: whoever comes second takes what is there.
        with suppress(FileExistsError):
            os.link(fresh, path)
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        fresh.unlink(missing_ok=True)
