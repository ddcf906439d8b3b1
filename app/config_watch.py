"""Settings of who watches the product: what opens the metrics, and how long a message may wait."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from app.config_reading import ConfigError, at_least_one

_TOKEN_MIN = 16


@dataclass(frozen=True)
class WatchSettings:
    """What an operator may say about health and metrics."""

    metrics_token: str = field(default="", repr=False)  # empty: /metrics is not there
    outbox_limit_minutes: int = 60

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "WatchSettings":
        """Return the settings of an environment. Raises ConfigError with one line for the operator."""
        token = env.get("METRICS_TOKEN", "").strip()
        if token and len(token) < _TOKEN_MIN:
            raise ConfigError(f"METRICS_TOKEN is too short: set at least {_TOKEN_MIN} random characters")
        return cls(token, at_least_one(env, "OUTBOX_LIMIT_MINUTES", 60))

    def flask_config(self) -> dict[str, Any]:
        """Return the part of the mapping that Flask reads."""
        return {
            "METRICS_TOKEN": self.metrics_token,
            "OUTBOX_LIMIT": timedelta(minutes=self.outbox_limit_minutes),
        }
