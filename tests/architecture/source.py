"""Reads our own source as syntax trees for the guards of this folder."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("app", "complaints", "reception", "notifications")


@dataclass(frozen=True)
class Module:
    """One module of ours."""

    name: str
    path: Path
    tree: ast.Module
    text: str

    @property
    def is_package(self) -> bool:
        """Tell whether it is an __init__."""
        return self.path.name == "__init__.py"


@lru_cache(maxsize=1)
def modules() -> tuple[Module, ...]:
    """Return every module of our packages."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            text = path.read_text(encoding="utf-8")
            found.append(Module(name, path, ast.parse(text), text))
    return tuple(found)


def imports(module: Module, *, nested: bool | None = None) -> Iterator[tuple[str, int]]:
    """Yield (imported module, line) of imports of our own code; `nested` True only those inside functions."""
    names = {m.name for m in modules()}
    inside = {
        id(node)
        for function in ast.walk(module.tree)
        if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef))
        for node in ast.walk(function)
    }
    for node in ast.walk(module.tree):
        if nested is not None and (id(node) in inside) is not nested:
            continue
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            deep = [f"{node.module}.{alias.name}" for alias in node.names]
            targets = [name if name in names else node.module for name in deep]
        else:
            continue
        for target in dict.fromkeys(targets):
            if target.split(".")[0] in PACKAGES:
                yield target, node.lineno
