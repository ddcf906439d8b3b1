"""Vietnamese first, English second: the person's choice, then the session's."""

from collections.abc import Iterator
from contextlib import contextmanager

from babel.support import NullTranslations
from flask import Flask, g, has_request_context, session
from flask_babel import Babel, force_locale, get_locale, get_translations
from flask_login import current_user

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


def chosen_language() -> str:
    """Return the language of this request; jobs and commands have none and speak Vietnamese."""
    if not has_request_context():
        return "vi"
    chosen = session.get("locale") or getattr(current_user, "locale", None)
    return chosen if chosen in LANGUAGES else "vi"


def language() -> str:
    """Return 'vi' or 'en' for labels that live in data."""
    kept: str | None = g.get("language")
    if kept is None:
        locale = get_locale()
        kept = g.language = "en" if locale is not None and locale.language == "en" else "vi"
    return kept


@contextmanager
def speaking(chosen: str) -> Iterator[None]:
    """Speak a language for a while, whoever is signed in: for mail, in its recipient's."""
    before = g.pop("language", None), g.pop("catalogue", None)
    try:
        with force_locale(chosen if chosen in LANGUAGES else "vi"):
            yield
    finally:
        g.language, g.catalogue = before


def _catalogue() -> NullTranslations:
    """Return the texts of this request's language, looked up once: a page asks for a hundred of them."""
    kept: NullTranslations | None = g.get("catalogue")
    if kept is None:
        kept = g.catalogue = get_translations()
    return kept


def gettext(text: str) -> str:
    """Return a text in this request's language; like Flask-Babel's, for what a page asks for on every line."""
    said: str = _catalogue().ugettext(text)
    return said


def ngettext(one: str, many: str, number: int) -> str:
    """Return a text in this request's language with the number in the place of `%(num)s`."""
    said: str = _catalogue().ungettext(one, many, number)
    return said % {"num": number}


def init_app(app: Flask) -> None:
    """Give the application Flask-Babel and templates the language."""
    Babel(app, locale_selector=chosen_language, default_translation_directories="web/translations")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=gettext,
        ngettext=lambda one, many, number: _catalogue().ungettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"]
    app.jinja_env.globals.update(language=language, LANGUAGES=LANGUAGES)
