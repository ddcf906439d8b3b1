"""Reads the small tables that stand beside the rules: typed rows of a TOML file, each misfit named. Pure."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
# Files of the folder that hold no rules.
BESIDE = frozenset({"transitions.toml", "competing.toml", "uncertain.toml", "counting.toml"})


class TableError(Exception):
    """A table beside the rules does not hold together; `findings` lists everything."""

    def __init__(self, findings: list[str]) -> None:
        super().__init__("\n".join(findings))
        self.findings = tuple(findings)


def read_tables(
    text: str, tables: Mapping[str, Mapping[str, type]], optional: Mapping[str, frozenset[str]]
) -> tuple[dict[str, list[dict[str, Any]]], list[str]]:
    """Return the rows by table of a TOML text, and what is wrong with the others."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return {}, [str(error)]
    findings = [f"unknown table {name!r}" for name in document if name not in tables]
    found: dict[str, list[dict[str, Any]]] = {}
    for name, types in tables.items():
        rows = document.get(name, [])
        if not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            findings.append(f"{name} is no list of [[{name}]]")
            continue
        for number, row in enumerate(rows, start=1):
            wrong = misfits(row, types, optional.get(name, frozenset()))
            findings += [f"{name} {row.get('code', number)}: {finding}" for finding in wrong]
            if not wrong:
                found.setdefault(name, []).append(row)
    return found, findings


def misfits(row: Mapping[str, Any], types: Mapping[str, type], optional: frozenset[str]) -> list[str]:
    """Return which words of a row are missing, unknown, or of another type than said (exactly: true is no 1)."""
    return [
        *(f"{word} is missing" for word in types if word not in row and word not in optional),
        *(f"{word} is no word of this row" for word in row if word not in types),
        *(
            f"{word} is no {types[word].__name__}"
            for word in row
            if word in types and type(row[word]) is not types[word]
        ),
    ]
