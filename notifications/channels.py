"""How a message leaves: by SMTP where a server is set, else not at all."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from app.config import Settings

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Letter:
    """What is handed to a channel: no row, so that no transaction is open while a slow server thinks."""

    address: str
    subject: str
    body: str
    html: str
    message_id: str
    at: datetime


class NotDelivered(Exception):
    """The other side did not take the letter; the message is a short reason without addresses or words of it."""


class Channel(Protocol):
    """A way out."""

    leaves: bool

    def send(self, letter: Letter) -> None:
        """Deliver one letter. Raises NotDelivered."""


class HeldChannel:
    """No way out: messages stay in the outbox as 'held', to be read on the page 'Thư đã gửi'."""

    leaves = False

    def send(self, letter: Letter) -> None:  # noqa: ARG002 - as the protocol has it
        """Refuse: what is held was never claimed."""
        raise NotDelivered("mail is off")


class SmtpChannel:
    """Plain SMTP, STARTTLS or TLS from the start, as the settings say; certificates are checked."""

    leaves = True

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, letter: Letter) -> None:
        """Deliver one letter. Raises NotDelivered."""
        try:
            message = mime(letter, self._settings.mail_from)
            with self._connect() as server:
                if self._settings.smtp_tls == "starttls":
                    server.starttls(context=ssl.create_default_context())
                if self._settings.smtp_user:
                    server.login(self._settings.smtp_user, self._settings.smtp_password)
                server.send_message(message)
        except smtplib.SMTPResponseException as error:
            raise NotDelivered(f"{type(error).__name__} {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException, ValueError) as error:
            # ValueError: an address or subject that cannot stand in a header must not block the queue for ever.
            raise NotDelivered(type(error).__name__) from None

    def _connect(self) -> smtplib.SMTP:
        s = self._settings
        if s.smtp_tls == "tls":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(s.smtp_host, s.smtp_port, timeout=TIMEOUT_SECONDS, context=context)
        return smtplib.SMTP(s.smtp_host, s.smtp_port, timeout=TIMEOUT_SECONDS)


def channel_for(settings: Settings) -> Channel:
    """Return the way out that the settings open."""
    return SmtpChannel(settings) if settings.smtp_host else HeldChannel()


def mime(letter: Letter, sender: str) -> EmailMessage:
    """Return a letter as mail: plain text, with an HTML part beside it. Raises ValueError for a broken header."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = letter.address
    message["Subject"] = letter.subject
    message["Message-ID"] = letter.message_id
    message["Date"] = format_datetime(letter.at)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.body)
    if letter.html:
        message.add_alternative(letter.html, subtype="html")
    return message
