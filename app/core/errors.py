"""What can go wrong in the office: errors of the domain, which app/web/errors.py turns into pages."""


class DomainError(Exception):
    """A refusal with a message for the person at the screen and a stable code for programs."""

    code = "error"

    def __init__(self, message: str = "", *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(str(message))
        self.message = message
        self.field = field
        if code is not None:
            self.code = code


class NotFound(DomainError):
    """There is no such thing, or this person may not know that there is: both look alike."""

    code = "not_found"


class NotAllowed(DomainError):
    """The person may see this, but not do that."""

    code = "not_allowed"


class Conflict(DomainError):
    """Somebody else was here first: the state or version is not the one the form was made from."""

    code = "conflict"


class Invalid(DomainError):
    """The input breaks a rule of the domain; `field` names the form field it belongs beside."""

    code = "invalid"
