"""Settings of signing in: second factor, how long sessions last, single sign-on; unsafe ones are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.config_reading import ConfigError, at_least_one

_IDLE_MAX_MINUTES, _ABSOLUTE_MAX_HOURS, _FRESH_MAX_MINUTES = 240, 24, 60


@dataclass(frozen=True)
class SignInSettings:
    """What an operator may say about signing in."""

    second_factor: str = "required"  # or 'offered': for a demo; production demands it
    idle_minutes: int = 60
    absolute_hours: int = 12
    fresh_minutes: int = 10
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: str = field(default="", repr=False)
    oidc_name: str = ""
    oidc_second_factor: bool = False  # whether the single sign-on's own second factor counts as one here

    @classmethod
    def from_env(cls, env: Mapping[str, str], *, production: bool) -> "SignInSettings":
        """Return the settings of an environment. Raises ConfigError with one line for the operator."""
        settings = cls(
            second_factor=env.get("TIEPDAN_SECOND_FACTOR") or ("required" if production else "offered"),
            idle_minutes=at_least_one(env, "SESSION_IDLE_MINUTES", cls.idle_minutes),
            absolute_hours=at_least_one(env, "SESSION_HOURS", cls.absolute_hours),
            fresh_minutes=at_least_one(env, "FRESH_SIGN_IN_MINUTES", cls.fresh_minutes),
            oidc_issuer=env.get("OIDC_ISSUER", "").rstrip("/"),
            oidc_client_id=env.get("OIDC_CLIENT_ID", ""),
            oidc_client_secret=env.get("OIDC_CLIENT_SECRET", ""),
            oidc_name=env.get("OIDC_NAME", "") or "SSO",
            oidc_second_factor=env.get("OIDC_SECOND_FACTOR", "") == "trusted",
        )
        settings._check(production=production)
        return settings

    def _check(self, *, production: bool) -> None:
        if self.second_factor not in {"required", "offered"}:
            raise ConfigError("TIEPDAN_SECOND_FACTOR must be required or offered")
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret):
            raise ConfigError("OIDC_ISSUER is set: OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed too")
        if not production:
            return
        if self.second_factor != "required":
            raise ConfigError(
                "TIEPDAN_SECOND_FACTOR must be required: identities are opened with a second factor"
            )
        limits = (
            ("SESSION_IDLE_MINUTES", self.idle_minutes, _IDLE_MAX_MINUTES),
            ("SESSION_HOURS", self.absolute_hours, _ABSOLUTE_MAX_HOURS),
            ("FRESH_SIGN_IN_MINUTES", self.fresh_minutes, _FRESH_MAX_MINUTES),
        )
        for name, value, most in limits:
            if value > most:
                raise ConfigError(f"{name} must be at most {most} in production, not {value}")
        if self.oidc_issuer and not self.oidc_issuer.startswith("https://"):
            raise ConfigError("OIDC_ISSUER must be https in production")

    def flask_config(self) -> dict[str, Any]:
        """Return the part of the mapping that Flask reads."""
        return {
            "SECOND_FACTOR_REQUIRED": self.second_factor == "required",
            "SESSION_IDLE": timedelta(minutes=self.idle_minutes),
            "SESSION_ABSOLUTE": timedelta(hours=self.absolute_hours),
            "FRESH_FOR": timedelta(minutes=self.fresh_minutes),
            "PERMANENT_SESSION_LIFETIME": timedelta(hours=self.absolute_hours),
        }
