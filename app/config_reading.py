"""How settings are read from an environment: numbers, and the refusal that names what is wrong in one line."""

from collections.abc import Mapping

PORT_MAX = 65535


class ConfigError(Exception):
    """A setting is missing or unsafe; the message is one line for the operator."""


def number(env: Mapping[str, str], name: str, default: int) -> int:
    """Return a whole number. Raises ConfigError for what is none."""
    try:
        return int(env.get(name) or default)
    except ValueError:
        raise ConfigError(f"{name} must be a number, not {env[name]!r}") from None


def at_least_one(env: Mapping[str, str], name: str, default: int) -> int:
    """Return a whole number from 1 on. Raises ConfigError for what is none."""
    found = number(env, name, default)
    if found < 1:
        raise ConfigError(f"{name} must be at least 1, not {found}")
    return found
