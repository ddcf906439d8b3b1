"""The set-up: locked dependencies, and one clear line where a machine lacks something."""

import re
import subprocess
from pathlib import Path

import pytest

from app.config import ROOT


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_pins_every_file_and_names_no_place_to_fetch_it_from(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert not re.search(
        r"https?:/|file:/|--(extra-)?index-url|--find-links|--trusted-host", text, re.IGNORECASE
    )
    for entry in re.split(r"\n(?=[a-z])", text, flags=re.IGNORECASE):
        if entry and not entry.startswith("#"):
            assert re.match(r"[a-z0-9._-]+(\[[a-z,]+\])?==\S+", entry, re.IGNORECASE), entry[:60]
            assert "--hash=sha256:" in entry, entry[:60]


def test_the_lock_for_development_holds_the_same_versions() -> None:
    def pins(lock: str) -> set[str]:
        return set(
            re.findall(r"^([a-z0-9._-]+==[^\s;]+)", (ROOT / lock).read_text(), re.MULTILINE | re.IGNORECASE)
        )

    assert pins("requirements.txt") <= pins("requirements-dev.txt")


def setup(tmp_path: Path, python: str) -> "subprocess.CompletedProcess[str]":
    """Call the set-up script as the Makefile does."""
    words = [ROOT / "scripts" / "setup", tmp_path / "venv", "requirements.txt", python]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


def fake_python(path: Path, script: str) -> str:
    """Write a program that behaves like some Python."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    "script, words",
    [
        ('case "$1" in -V) echo "Python 3.9.2";; *) exit 1;; esac', "Python 3.11 or newer is needed"),
        ('case "$2" in *ensurepip*) exit 1;; *) echo python3.11-venv;; esac', "apt-get install python3-venv"),
    ],
)
def test_a_python_that_will_not_do_is_one_clear_line(tmp_path: Path, script: str, words: str) -> None:
    done = setup(tmp_path, fake_python(tmp_path / "python", script))
    assert done.returncode == 1
    assert words in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "venv").exists()


def test_no_python_at_all_is_one_clear_line(tmp_path: Path) -> None:
    done = setup(tmp_path, "no-such-python")
    assert done.returncode == 1
    assert done.stderr == "tiepdan: PYTHON=no-such-python is not a program on this machine\n"
