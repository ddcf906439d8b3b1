"""Tries the mutants of one module: each is imported and tested in a process of its own, forked before any of it was there."""

import gc
import importlib
import importlib.abc
import importlib.util
import inspect
import itertools
import json
import os
import resource
import sys
from collections.abc import Iterator, Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

import pytest
from _pytest.mark import ParameterSet

from tests.mutants.changes import Change, Module

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 10  # of the processor's time, ten times what the tests take: a mutant that needs more runs for ever
SURVIVED, KILLED, BROKEN = 0, 1, 3
# What this tool needs itself, and what of ours imports it: a trial forgets both and imports them anew.
AGAIN = {"complaints.clock_words": ("complaints.clock_words", "complaints.clocks")}


Codes = dict[str, tuple[str, CodeType]]  # by the name of a module: its file, and its text compiled


class _Handed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Hands the changed text of one module to the import, and what is compiled already of the others."""

    def __init__(self, codes: Codes) -> None:
        self.codes = codes

    def find_spec(self, name: str, _path: object = None, _target: object = None) -> ModuleSpec | None:
        """Return the specification of a module that is compiled, and of no other."""
        if name not in self.codes:
            return None
        return importlib.util.spec_from_file_location(name, self.codes[name][0], loader=self)

    def exec_module(self, module: ModuleType) -> None:
        """Run the text."""
        exec(self.codes[module.__name__][1], module.__dict__)  # noqa: S102


def name_of(path: Path) -> str:
    """Return the name by which a file is imported."""
    return ".".join(path.with_suffix("").parts)


def attempt(name: str, path: Path, text: str, tests: Sequence[str], codes: Codes | None = None) -> int:
    """Import the changed module and run the tests in this process; tell whether one of them failed."""
    for module in AGAIN.get(name, ()):
        sys.modules.pop(module, None)
    assert name not in sys.modules, f"{name} was imported before it was changed"
    try:
        changed = (str(ROOT / path), compile(text, str(path), "exec"))
        sys.meta_path.insert(0, _Handed({**(codes or {}), name: changed}))
        importlib.import_module(name)
        for test in tests:
            call_tests(importlib.import_module(name_of(Path(test))))
    except (Exception, pytest.fail.Exception):  # noqa: BLE001 - whatever is raised is noticed
        return KILLED
    return SURVIVED


def call_tests(module: ModuleType) -> None:
    """Call the tests of a module with each of their parameters, which takes a tenth of the time that pytest needs.

    Tests that draw at random (luck holds nothing) or ask for a fixture are not called: what they alone notice survives.
    """
    for name, test in vars(module).items():
        if not name.startswith("test_") or hasattr(test, "hypothesis"):
            continue
        marks = [mark for mark in getattr(test, "pytestmark", ()) if mark.name == "parametrize"]
        names = [[word.strip() for word in mark.args[0].split(",")] for mark in marks]
        if set(inspect.signature(test).parameters) != {word for words in names for word in words}:
            continue
        for rows in itertools.product(*(mark.args[1] for mark in marks)):
            given: dict[str, object] = {}
            for words, row in zip(names, rows, strict=True):
                values = row.values if isinstance(row, ParameterSet) else row if len(words) > 1 else (row,)
                given.update(zip(words, values, strict=True))
            test(**given)


def _forked(
    name: str, path: Path, text: str, tests: Sequence[str], codes: Codes, told: int | None = None
) -> int:
    """Start one trial and return its process. What it imported of ours is written to the file `told`."""
    child = os.fork()
    if child:
        return child
    code = BROKEN
    try:
        gc.disable()
        sys.dont_write_bytecode = True
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        before = set(sys.modules)
        code = attempt(name, path, text, tests, codes)
        if told is not None:
            files = {new: getattr(sys.modules[new], "__file__", None) for new in set(sys.modules) - before}
            os.write(told, json.dumps({new: file for new, file in files.items() if file}).encode())
    finally:
        os._exit(code)


def _compiled(name: str, path: Path, text: str, tests: Sequence[str]) -> Codes:
    """Try the module without any change; return what that imports, compiled once for all. Raises when a test fails."""
    reads, writes = os.pipe()
    unchanged = os.waitpid(_forked(name, path, text, tests, {}, writes), 0)[1]
    os.close(writes)
    with os.fdopen(reads, "rb") as told:
        files: dict[str, str] = json.loads(told.read() or b"{}")
    if unchanged:
        raise RuntimeError(f"the tests of {name} fail before anything is changed: {' '.join(tests)}")
    return {
        new: (file, compile(Path(file).read_bytes(), file, "exec"))
        for new, file in files.items()
        if file.endswith(".py") and not file.endswith("__init__.py")  # a package is found with its folder
    }


def trials(path: Path, tests: Sequence[str], workers: int) -> Iterator[tuple[Change, bool]]:
    """Yield each change of a module and whether it survived. Raises when the tests fail without any change."""
    name, module = name_of(path), Module((ROOT / path).read_text(encoding="utf-8"))
    codes = _compiled(name, path, module.tree.code, tests)
    waiting, running = module.changes()[::-1], dict[int, Change]()
    gc.freeze()
    while waiting or running:
        while waiting and len(running) < workers:
            change = waiting.pop()
            running[_forked(name, path, module.changed(change), tests, codes)] = change
        child, status = os.wait()
        change = running.pop(child)
        ended = os.waitstatus_to_exitcode(status)
        if ended == BROKEN:
            raise RuntimeError(f"{name}: the trial of {change} broke")
        yield change, ended == SURVIVED
