"""Settings of signing in: second factor, how long sessions last, single sign-on; unsafe ones are refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

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
        """Return the settings of an environment. Raises ValueError with one line for the operator."""
        settings = cls(
            second_factor=env.get("TIEPDAN_SECOND_FACTOR") or ("required" if production else "offered"),
            idle_minutes=_positive(env, "SESSION_IDLE_MINUTES", cls.idle_minutes),
            absolute_hours=_positive(env, "SESSION_HOURS", cls.absolute_hours),
            fresh_minutes=_positive(env, "FRESH_SIGN_IN_MINUTES", cls.fresh_minutes),
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
            raise ValueError("TIEPDAN_SECOND_FACTOR must be required or offered")
        if self.oidc_issuer and not (self.oidc_client_id and self.oidc_client_secret):
            raise ValueError("OIDC_ISSUER is set: OIDC_CLIENT_ID and OIDC_CLIENT_SECRET are needed too")
        if not production:
            return
        if self.second_factor != "required":
            raise ValueError(
                "TIEPDAN_SECOND_FACTOR must be required: identities are opened with a second factor"
            )
        limits = (
            ("SESSION_IDLE_MINUTES", self.idle_minutes, _IDLE_MAX_MINUTES),
            ("SESSION_HOURS", self.absolute_hours, _ABSOLUTE_MAX_HOURS),
            ("FRESH_SIGN_IN_MINUTES", self.fresh_minutes, _FRESH_MAX_MINUTES),
        )
        for name, value, most in limits:
            if value > most:
                raise ValueError(f"{name} must be at most {most} in production, not {value}")
        if self.oidc_issuer and not self.oidc_issuer.startswith("https://"):
            raise ValueError("OIDC_ISSUER must be https in production")

    def flask_config(self) -> dict[str, Any]:
        """Return the part of the mapping that Flask reads."""
        return {
            "SECOND_FACTOR_REQUIRED": self.second_factor == "required",
            "SESSION_IDLE": timedelta(minutes=self.idle_minutes),
            "SESSION_ABSOLUTE": timedelta(hours=self.absolute_hours),
            "FRESH_FOR": timedelta(minutes=self.fresh_minutes),
            "PERMANENT_SESSION_LIFETIME": timedelta(hours=self.absolute_hours),
        }


def _positive(env: Mapping[str, str], name: str, default: int) -> int:
    try:
        number = int(env.get(name) or default)
    except ValueError:
        raise ValueError(f"{name} must be a number, not {env[name]!r}") from None
    if number < 1:
        raise ValueError(f"{name} must be at least 1, not {number}")
    return number
