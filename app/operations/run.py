"""`tiepdan run`: starts servers, database, web, workers and cron in order, says where it is, and stops them all."""

import http.client
import json
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from app.config import ROOT, Launch, Settings, environment
from app.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from app.embedded import servers
from app.operations.installation import InstallationError, lock_folder, prepare_folder, server_environment
from app.operations.supervisor import Child, StopRequested, Supervisor, SupervisorError, stop_signals

READY_SECONDS = 60
_LOOPBACK = ("127.", "::1", "localhost")


def run_everything() -> int:
    """Start everything, print where it is, and stay until Ctrl-C or a signal; then stop every process.

    Returns the exit code. Raises InstallationError, ConfigError, EmbeddedError or SupervisorError with one line.
    """
    launch = Launch.from_env(environment())
    prepare_folder(launch.var_dir)
    Settings.from_env(
        {"DATABASE_URL": "later", "REDIS_URL": "later"} | environment()
    )  # refuse at once what is unsafe
    with stop_signals(), lock_folder(launch.var_dir, "run") as lock, _listening(launch) as listener:
        own_postgres, own_redis = not launch.database_url, not launch.redis_url
        try:
            _say("starting ...")
            with servers(launch.var_dir, postgres=own_postgres, redis=own_redis) as urls:
                urls_for_all = server_environment(launch, urls.database_url, urls.redis_url, urls.owner_url)
                address = _address(launch, listener)
                lock.tell(
                    address=address,
                    database_url=urls_for_all["DATABASE_URL"],
                    redis_url=urls_for_all["REDIS_URL"],
                    owner_url=urls.owner_url,  # of the first run: the operator's own has a password
                )
                supervisor = Supervisor(ROOT, urls.processes)
                try:
                    env = {**environment(), **urls_for_all, "PYTHONUNBUFFERED": "1"}
                    return _serve(supervisor, launch, env, listener, address)
                finally:
                    supervisor.stop()
        except StopRequested:
            _say("stopped")
            return 0


def _serve(
    supervisor: Supervisor, launch: Launch, env: dict[str, str], listener: socket.socket, address: str
) -> int:
    """Bring the database up to date, start the children and watch over them; return only when the first step fails."""
    python = [sys.executable, "-m"]
    code, facts = supervisor.run_once([*python, "app.commands.main", "prepare"], env)
    if code != 0:
        return code  # it has said why
    has_demo = bool(json.loads(facts)["demo"])
    env = {name: value for name, value in env.items() if name != "DATABASE_OWNER_URL"}  # not for who serves
    web = [
        *python,
        "gunicorn",
        "--config",
        "python:app.operations.gunicorn_config",
        "--bind",
        f"fd://{listener.fileno()}",
    ]
    supervisor.add(Child("web", [*web, "wsgi:application"], env, keep_open=[listener.fileno()]))
    if not supervisor.watch(until=lambda: _is_ready(launch, listener), seconds=READY_SECONDS):
        raise SupervisorError(
            f"the web server is not ready after {READY_SECONDS} seconds: everything is stopped"
        )
    for number in range(1, launch.job_workers + 1):
        supervisor.add(Child(f"worker {number}", [*python, "app.worker"], env))
    supervisor.add(Child("cron", [*python, "app.cron"], env))
    _announce(launch, address, has_demo=has_demo)
    supervisor.watch()
    return 0


@contextmanager
def _listening(launch: Launch) -> Iterator[socket.socket]:
    """Hold the port from the first moment on, so that nobody takes it while the database starts."""
    try:
        family, kind, protocol, _name, target = socket.getaddrinfo(
            launch.host, launch.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise InstallationError(
            f"HOST={launch.host} is not an address of this machine ({error.strerror})"
        ) from None
    with listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(target)
            listener.listen(1024)
        except OSError as error:
            where = f"port {launch.port} of {launch.host}"
            raise InstallationError(
                f"{where} is taken ({error.strerror}): choose another, PORT=8001"
            ) from None
        yield listener


def _address(launch: Launch, listener: socket.socket) -> str:
    host = f"[{launch.host}]" if ":" in launch.host else launch.host
    return f"http://{host}:{listener.getsockname()[1]}"


def _is_ready(launch: Launch, listener: socket.socket) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(launch.host, launch.host)  # noqa: S104 - compared, not bound
    connection = http.client.HTTPConnection(host, listener.getsockname()[1], timeout=1)
    try:
        connection.request("GET", "/readyz", headers={"Host": "localhost"})
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _announce(launch: Launch, address: str, *, has_demo: bool) -> None:
    lines = ["", f"  Tiếp Dân đang chạy (is running):  {address}", ""]
    if has_demo:
        lines += [f"  Tài khoản thử (demo log-ins), mật khẩu (password): {DEMO_PASSWORD}"]
        lines += [f"    {username:<16} {what}" for username, what in DEMO_ACCOUNTS]
        lines += ["", f"  {_second_factor_words()}", ""]
        if not launch.host.startswith(_LOOPBACK):
            lines += [
                "  Cẩn thận: máy khác vào được với mật khẩu thử. (Others can reach it with demo passwords.)",
                "",
            ]
    lines += ["  Dừng (stop): Ctrl-C", ""]
    _say("\n".join(lines), bare=True)


def _second_factor_words() -> str:
    if environment().get("TIEPDAN_SECOND_FACTOR") == "required":
        return "Xác thực hai lớp: phải thiết lập ở lần đăng nhập đầu (a second factor is set up at the first sign-in)."
    return (
        "Xác thực hai lớp: ở đây tuỳ chọn, khi vận hành thật là bắt buộc (a second factor is optional here; "
        "production demands it, so does TIEPDAN_SECOND_FACTOR=required)."
    )


def _say(text: str, *, bare: bool = False) -> None:
    sys.stdout.write(text + "\n" if bare else f"tiepdan: {text}\n")
    sys.stdout.flush()
