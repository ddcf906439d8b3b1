"""First-run servers: sockets only, whatever the path and whatever the last run left behind."""

import os
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from redis import Redis
from sqlalchemy import create_engine, text

from app.config import ROOT
from app.embedded import EmbeddedError, ServerUrls, servers


def ask(urls: ServerUrls) -> tuple[str, str]:
    """Return what both servers answer: letters in lower case, and a value."""
    engine = create_engine(urls.database_url)
    with engine.connect() as connection:
        lower = connection.execute(text("SELECT lower('ĐẶNG THỊ ỨNG')")).scalar_one()
    engine.dispose()
    with Redis.from_url(urls.redis_url) as redis:
        redis.set("word", "kept")
        return lower, redis.get("word").decode()


def test_no_address_is_listened_on_and_a_second_user_is_turned_away(tmp_path: Path) -> None:
    with servers(tmp_path, durable=False) as urls:
        assert ask(urls) == ("đặng thị ứng", "kept")
        for server in urls.processes.values():
            for process in (psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)):
                with suppress(psutil.NoSuchProcess):  # a helper of PostgreSQL that has just ended
                    assert process.net_connections(kind="inet") == []
        assert (tmp_path / "run").stat().st_mode & 0o077 == 0
        with pytest.raises(EmbeddedError, match="in use by another process"), servers(tmp_path):
            pass
        pids = [server.pid for server in urls.processes.values()]
    assert not any(psutil.pid_exists(pid) for pid in pids)


def test_data_in_a_folder_whose_name_is_too_long_for_a_socket(tmp_path: Path) -> None:
    with servers(tmp_path / ("đường-dẫn-dài-" * 9), durable=False) as urls:
        assert ask(urls) == ("đặng thị ứng", "kept")


def test_what_a_crash_left_behind_does_not_keep_them_from_starting(tmp_path: Path) -> None:
    with servers(tmp_path, durable=False) as urls:
        ask(urls)
    # A pid file whose number another process has by now, and a queue's file cut and spoilt.
    (tmp_path / "postgres" / "postmaster.pid").write_text(
        f"{os.getpid()}\n{tmp_path}\n0\n5432\n\n\n0 0\nready\n"
    )
    (tmp_path / "redis" / "appendonly.aof").write_bytes(b"*2\r\nnonsense")
    with servers(tmp_path, durable=False) as urls:
        assert ask(urls) == ("đặng thị ứng", "kept")
    assert [file for file in (tmp_path / "redis").iterdir() if file.name.startswith("broken-")]


@pytest.mark.crash
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process of its parent's death")
def test_they_do_not_outlive_a_killed_parent(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from app.embedded import servers\n"
        f"with servers(Path({str(tmp_path)!r}), durable=False) as urls:\n"
        "    print(*(p.pid for p in urls.processes.values()), flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    children = [psutil.Process(int(pid)) for pid in parent.stdout.readline().split()]
    parent.kill()
    parent.communicate()
    _gone, alive = psutil.wait_procs(children, 10)
    assert not alive
