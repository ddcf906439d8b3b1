"""What every answer carries: policies, cookies, caches; of pages, pictures, files, errors and refusals alike."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.config import ROOT, Settings
from app.factory import create_app
from app.web.security import POLICY
from tests.access.test_every_route import objects, sign_in  # noqa: F401 - a fixture
from tests.factories import World

EVERYWHERE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow",
}
NAME = "tiepdan.example.vn"


def production(settings: Settings) -> Flask:
    """Return the application as a province runs it."""
    return create_app(
        replace(settings, env="production", base_url=f"https://{NAME}", secret_key="a1b2c3d4e5" * 4)
    )


@pytest.mark.parametrize(
    ("path", "status"),
    [("/", 200), ("/account", 200), ("/rules/", 200), ("/nowhere", 404), ("/admin/people", 404), ("/sign-out", 405),
     ("/static/css/app.css", 200), ("/notifications/count.json", 200), ("/static/nothing", 404)],
)  # fmt: skip
def test_every_answer_carries_the_policies(client: FlaskClient, world: World, path: str, status: int) -> None:
    sign_in(client, world, "chutich.lb")
    with client.get(path) as answer:
        assert answer.status_code == status
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert "camera=()" in answer.headers["Permissions-Policy"]
        if not path.startswith("/static/"):
            assert answer.headers["Cache-Control"] == "private, no-store"


def test_pages_of_strangers_are_not_kept_either(client: FlaskClient, world: World) -> None:
    for path in ("/sign-in", "/sign-in/forgotten", "/sign-in/link/nothing", "/"):
        assert client.get(path).headers["Cache-Control"] == "private, no-store", path


def test_the_policy_lets_no_inline_code_run() -> None:
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    assert "http" not in POLICY


def test_a_picture_of_ours_loads_nothing(client: FlaskClient, world: World) -> None:
    sign_in(client, world, "chutich.lb")
    answer = client.get("/supervision/on-time.svg")
    assert answer.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; style-src 'unsafe-inline'"
    )
    assert (
        "script-src" not in answer.headers["Content-Security-Policy"]
    )  # so that none runs: default-src 'none'


def test_in_production_cookies_go_over_https_only_and_belong_to_one_host(settings: Settings) -> None:
    client = production(settings).test_client()
    answer = client.get("/sign-in", base_url=f"https://{NAME}")
    cookies = answer.headers.getlist("Set-Cookie")
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        for flag in ("Secure", "HttpOnly", "Path=/", "SameSite=Lax"):
            assert flag in cookie
        assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize(
    "host", ["evil.example", f"evil.{NAME}", f"{NAME}.evil.example", f"{NAME}@evil", "a b", ""]
)
def test_a_forged_host_gets_no_page(settings: Settings, host: str) -> None:
    client = production(settings).test_client()
    for path in ("/sign-in", "/sign-in/forgotten", "/"):
        answer = client.get(path, headers={"Host": host, "X-Forwarded-Host": "evil.example"})
        assert answer.status_code in ({400} if host else {400, 302, 200}), path
        assert "evil" not in answer.text
        assert "evil" not in str(answer.headers)


def test_a_production_answers_under_its_name_and_on_the_machine_itself(settings: Settings) -> None:
    client = production(settings).test_client()
    for host in (NAME, f"{NAME}:443", "127.0.0.1:8000", "localhost"):
        assert client.get("/healthz", headers={"Host": host}).status_code == 200
    # Without a proxy that is named in TIEPDAN_PROXIES nobody's word about a host is taken.
    forwarded = client.get("/sign-in", headers={"Host": NAME, "X-Forwarded-Host": "evil.example"})
    assert "evil" not in forwarded.text


def test_files_lie_where_no_address_leads(settings: Settings, app: Flask) -> None:
    served = [Path(app.static_folder or "")] + [
        Path(b.static_folder) for b in app.blueprints.values() if b.static_folder
    ]
    default = Settings.from_env({"DATABASE_URL": "postgresql:///x", "REDIS_URL": "unix:///x"}).files_dir
    for folder in (settings.files_dir, default):
        assert not any(folder.is_relative_to(place) or place.is_relative_to(folder) for place in served)
    assert default == ROOT / "var" / "files"
