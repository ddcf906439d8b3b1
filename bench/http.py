"""Pages as a browser gets them: gunicorn in a process of its own, one connection kept open, cookies."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from app.demo.accounts import DEMO_PASSWORD

# The product's own kind of worker; one thread, since one browser asks.
_GUNICORN = [
    "-m",
    "gunicorn",
    "-k",
    "gthread",
    "-w",
    "1",
    "--threads",
    "1",
    "--keep-alive",
    "30",
    "--log-level",
    "warning",
]
START_SECONDS = 30


class Browser:
    """A client with cookies on one kept connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        """Return a page. Raises RuntimeError unless the answer is 200."""
        return self._ask("GET", path, None, 200)

    def post(self, path: str, fields: Mapping[str, str], *, expect: int = 302) -> str:
        """Send a form. Raises RuntimeError unless the answer is the expected one."""
        return self._ask("POST", path, urlencode(fields), expect)

    def sign_in(self, username: str) -> "Browser":
        """Sign in as one of the demo's people."""
        fields = {"username": username, "password": DEMO_PASSWORD, "csrf_token": token(self.get("/sign-in"))}
        self.post("/sign-in", fields)
        return self

    def _ask(self, method: str, path: str, body: str | None, expect: int) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        for line in answer.headers.get_all("Set-Cookie", ()):
            self._cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        if answer.status != expect:
            words = re.sub(r"<[^>]+>|\s+", " ", page)[:1500]
            raise RuntimeError(f"{method} {path}: {answer.status} {words}")
        return page


def token(page: str) -> str:
    """Return the CSRF token of a page with a form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("the page has no form")
    return found[1]


@contextmanager
def serving(application: str, env: Mapping[str, str]) -> Iterator[int]:
    """Serve an application ('module:name') with gunicorn on a free port of loopback, and yield the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    command = [sys.executable, *_GUNICORN, "-b", f"127.0.0.1:{port}", application]
    child = subprocess.Popen(command, env={**os.environ, **env})  # noqa: S603 - our own command
    try:
        _wait_for(port, child)
        yield port
    finally:
        child.terminate()
        child.wait(timeout=20)


def _wait_for(port: int, child: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and child.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("gunicorn did not start")
