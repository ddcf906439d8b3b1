"""Secrets come from the environment or from files: neither the tree nor its history holds one; an audit says what it did."""

import re
import subprocess
from pathlib import Path

import pytest

from app.config import ROOT

KEYS = re.compile(
    rb"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----"
    rb"|\bAKIA[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{36}\b|\bxox[bapr]-[A-Za-z0-9-]{20,}"
    rb"|\bsk-[A-Za-z0-9_-]{32,}\b|\bAIza[0-9A-Za-z_-]{35}\b|\bglpat-[A-Za-z0-9_-]{20}\b"
    rb"|(?i:secret_key|seal_key|audit_key|smtp_password|client_secret)[\"']?\s*[:=]\s*[\"'][A-Za-z0-9+/_=-]{32,}[\"']"
    rb"|postgres(?:ql)?://[^\s:/\"'@]+:(?!password@|\$|\{)[^\s@\"'/]+@(?!localhost|127\.)[a-z0-9.-]+\.[a-z]{2,}"
)
# Keys that tests make up, said in the open.
MADE_UP = (b"test-secret-key-that-is-long-enough-for-anything", b"kJ8x2mQw9zLp4vBn7tRy1cFs6dGh3aXe", b"MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
           b"YXVkaXQta2V5LW9mLXRoZS10ZXN0LXN1aXRlLTMyYnk=")  # fmt: skip


def git(*words: str) -> bytes:
    return subprocess.run(["git", "-C", str(ROOT), *words], check=True, capture_output=True).stdout  # noqa: S607


def found(content: bytes) -> list[bytes]:
    return [hit[0] for hit in KEYS.finditer(content) if not any(known in hit[0] for known in MADE_UP)]


@pytest.fixture(scope="module")
def repository() -> None:
    try:
        git("rev-parse", "--git-dir")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git history here: an unpacked release")


@pytest.mark.usefixtures("repository")
def test_no_file_holds_a_key() -> None:
    for name in git("ls-files", "-z").decode().split("\0"):
        path = ROOT / name
        if name and path.is_file():
            assert not found(path.read_bytes()), name


@pytest.mark.usefixtures("repository")
def test_no_file_that_may_hold_a_key_is_kept() -> None:
    names = git("log", "--pretty=format:", "--name-only", "--diff-filter=A").decode().split("\n")
    bad = re.compile(
        r"(^|/)(\.env(\..+)?|id_[a-z0-9]+|.+\.(pem|key|p12|pfx|kdbx)|secret_key|seal_key|audit_key)$"
    )
    assert not [name for name in names if bad.search(name) and not name.endswith(".example")]


@pytest.mark.usefixtures("repository")
def test_no_commit_ever_brought_a_key() -> None:
    added = b"\n".join(
        line for line in git("log", "-p", "--no-color", "--unified=0", "--no-ext-diff", "--", "*", ":!*.po",
                             ":!requirements*.txt").split(b"\n")
        if line.startswith(b"+")
    )  # fmt: skip
    assert not found(added)


@pytest.mark.parametrize(
    "text",
    [b"-----BEGIN RSA " + b"PRIVATE KEY-----", b"AKIA" + b"A" * 16, b"ghp_" + b"a" * 36,
     b"SECRET_KEY = '" + b"x9" * 20 + b"'", b"postgresql://tiepdan:" + b"hunter2@db.example.vn/x"],
)  # fmt: skip
def test_the_search_would_find_one(text: bytes) -> None:
    assert found(b"something\n" + text + b"\n")


FAKE = """#!/bin/sh
printf '%s' '{answer}'
exit {code}
"""


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ('{"dependencies": [{"name": "flask", "version": "3", "vulns": []}]}', 0, "none with a known vulnerability"),
        ('{"dependencies": [{"name": "flask", "skip_reason": "Dependency not found"}]}', 2, "NOT DONE"),
        ('{"dependencies": []}', 2, "NOT DONE"),
        ("", 2, "no advisory database could be asked"),
        ('{"dependencies": [{"name": "flask", "version": "3", "vulns": [{"id": "CVE-1", "fix_versions": ["4"]}]}]}',
         1, "flask 3: CVE-1 (mended in 4)"),
    ],
)  # fmt: skip
def test_the_audit_says_plainly_whether_it_was_done(
    tmp_path: Path, answer: str, code: int, words: str
) -> None:
    """An advisory database that does not answer is no good news."""
    tool = tmp_path / "pip-audit"
    tool.write_text(FAKE.format(answer=answer, code=0))
    tool.chmod(0o755)
    (tmp_path / "python").symlink_to(ROOT / ".venv" / "bin" / "python")
    done = subprocess.run(
        [ROOT / "scripts" / "audit", tmp_path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    assert words in done.stdout
