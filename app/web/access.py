"""Who may open which route: each view declares it, the factory refuses to start without, and nothing else decides.

`@access(Permission.X)` for a page behind sign-in, `@access.public` for the few that are open to all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from flask import Flask, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from app.core.errors import NotAllowed, NotFound
from app.core.permissions import Permission, Principal

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_MARK = "__tiepdan_access__"
PUBLIC = "public"
_OPEN_ENDPOINTS = frozenset({"static", "bootstrap.static"})


class UndeclaredRoute(RuntimeError):
    """A route declares no access: the application must not start."""


class _Access:
    """The decorator, and its variant for open routes."""

    def __call__(self, permission: Permission) -> Callable[[View], View]:
        def mark(view: View) -> View:
            setattr(view, _MARK, permission)
            return view

        return mark

    def public(self, view: View) -> View:
        """Open a route to everybody: sign-in, health, static files."""
        setattr(view, _MARK, PUBLIC)
        return view


access = _Access()


@dataclass(frozen=True)
class RouteAccess:
    """One line of the table of routes: what it is called, where it is, and what opens it."""

    endpoint: str
    rule: str
    methods: tuple[str, ...]
    permission: Permission | None  # None: open to all


def declared(app: Flask, endpoint: str) -> Permission | str | None:
    """Return what the view of an endpoint declares: a permission, PUBLIC, or None when it declares nothing."""
    if endpoint in _OPEN_ENDPOINTS or endpoint.endswith(".static"):
        return PUBLIC
    return cast("Permission | str | None", getattr(app.view_functions[endpoint], _MARK, None))


def route_table(app: Flask) -> list[RouteAccess]:
    """Return every route with its permission, in the order of the addresses. Raises UndeclaredRoute."""
    rows, undeclared = [], []
    for rule in app.url_map.iter_rules():
        mark = declared(app, rule.endpoint)
        if mark is None:
            undeclared.append(rule.endpoint)
            continue
        methods = tuple(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        permission = mark if isinstance(mark, Permission) else None
        rows.append(RouteAccess(rule.endpoint, rule.rule, methods, permission))
    if undeclared:
        raise UndeclaredRoute(f"routes without declared access: {', '.join(sorted(undeclared))}")
    return sorted(rows, key=lambda row: (row.rule, row.methods))


def current_principal() -> Principal:
    """Return who is signed in. Raises NotAllowed when nobody is: only for views behind `@access(...)`."""
    principal: Principal | None = getattr(current_user, "principal", None)
    if principal is None:
        raise NotAllowed
    return principal


def init_app(app: Flask) -> None:
    """Check each request against the table before any view runs; an unknown endpoint is left to the 404 page."""
    app.before_request(_check)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None:
        return None
    mark = declared(current_app, request.endpoint)
    if mark == PUBLIC:
        return None
    if not current_user.is_authenticated:
        if request.accept_mimetypes.best == "application/json" or request.path.endswith(".json"):
            raise NotAllowed(code="signed_out")
        target = request.full_path.rstrip("?") if request.method == "GET" else None
        return redirect(url_for("auth.sign_in", next=target))
    if not isinstance(mark, Permission) or not current_principal().may(mark):
        raise NotFound
    return None


def template_globals() -> dict[str, Any]:
    """Return what templates need to show only what the person may do."""
    return {
        "may": lambda permission: (
            current_user.is_authenticated and current_principal().may(Permission(permission))
        )
    }
