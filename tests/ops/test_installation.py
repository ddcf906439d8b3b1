"""The folder of an installation: full disks, locks, and how a command finds the servers."""

from pathlib import Path

import pytest

from app.operations.installation import (
    AlreadyInUse,
    InstallationError,
    lock_folder,
    prepare_folder,
    reachable,
)


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(
        InstallationError, match=r"the disk is full: \d+ MiB are free for .* 999999999 MiB are needed"
    ):
        prepare_folder(tmp_path, need_mib=999_999_999)


def test_a_folder_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InstallationError, match="cannot be used"):
        prepare_folder(tmp_path / "file" / "var")


def test_a_second_holder_learns_who_the_first_is(tmp_path: Path) -> None:
    with lock_folder(tmp_path, "run") as lock:
        lock.tell(address="http://127.0.0.1:8000")
        with (
            pytest.raises(AlreadyInUse, match=r"already running at http://127\.0\.0\.1:8000 \(process \d+\)"),
            lock_folder(tmp_path, "run"),
        ):
            pass
    with lock_folder(tmp_path, "run"):
        pass


def test_a_lock_that_a_crash_left_behind_holds_nobody_up(tmp_path: Path) -> None:
    (tmp_path / ".tiepdan.lock").write_text(
        '{"pid": 1, "what": "run", "database_url": "gone", "redis_url": "gone"}'
    )
    with lock_folder(tmp_path, "command"):
        pass


def test_a_command_takes_the_servers_of_its_environment(tmp_path: Path) -> None:
    env = {"DATABASE_URL": "postgresql://db/x", "REDIS_URL": "redis://queue", "TIEPDAN_VAR": str(tmp_path)}
    with reachable(env) as found:
        assert found == env


def test_a_command_takes_the_servers_of_the_run_beside_it(tmp_path: Path) -> None:
    with lock_folder(tmp_path, "run") as lock:
        lock.tell(address="http://127.0.0.1:1", database_url="postgresql://own", redis_url="unix:///own")
        with reachable({"TIEPDAN_VAR": str(tmp_path)}) as found:
            assert (found["DATABASE_URL"], found["REDIS_URL"]) == ("postgresql://own", "unix:///own")
