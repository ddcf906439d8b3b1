"""Settings of uploads: the virus scanner, and what happens while it is away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.config_reading import PORT_MAX, ConfigError


@dataclass(frozen=True)
class UploadSettings:
    """What an operator may say about files that are handed in."""

    clamd_address: str = ""  # 'host:3310' or 'unix:/run/clamav/clamd.ctl'; empty: no scanner
    clamd_when_down: str = "refuse"

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "UploadSettings":
        """Return the settings of an environment. Raises ConfigError with one line for the operator."""
        settings = cls(
            clamd_address=env.get("CLAMD_ADDRESS", "").strip(),
            clamd_when_down=env.get("CLAMD_WHEN_DOWN") or "refuse",
        )
        if settings.clamd_when_down not in {"refuse", "accept"}:
            raise ConfigError("CLAMD_WHEN_DOWN must be refuse or accept")
        address = settings.clamd_address
        if address and not address.startswith("unix:/"):
            host, _colon, port = address.rpartition(":")
            if not host or not port.isdigit() or not 0 < int(port) <= PORT_MAX:
                raise ConfigError("CLAMD_ADDRESS must be host:port or unix:/path of the socket")
        return settings

    def flask_config(self) -> dict[str, Any]:
        """Return the part of the mapping that Flask reads."""
        return {
            "CLAMD_ADDRESS": self.clamd_address,
            "CLAMD_ACCEPT_WHEN_DOWN": self.clamd_when_down == "accept",
        }
