"""Where the front end's parts are: Bootstrap's style sheet and icons come from the installed wheel."""

from flask import Flask, url_for


def init_app(app: Flask) -> None:
    """Give templates the addresses of the installed parts, built once a request."""

    @app.context_processor
    def _addresses() -> dict[str, str]:
        return {
            "bootstrap_css": url_for("bootstrap.static", filename="css/bootstrap.min.css"),
            "icon_sprite": url_for("bootstrap.static", filename="icons/bootstrap-icons.svg"),
        }
