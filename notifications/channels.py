"""How a message leaves: by SMTP, with a stable Message-ID so that a mail sent twice can be recognised."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Protocol

from app.config import Settings
from app.core.clock import now
from notifications.models import OutboundMessage

TIMEOUT_SECONDS = 20


class Channel(Protocol):
    """Something that delivers a message or raises OSError / SMTPException."""

    def send(self, letter: EmailMessage) -> None:
        """Deliver one letter."""


class SmtpChannel:
    """Plain SMTP, STARTTLS or TLS as the settings say."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def send(self, letter: EmailMessage) -> None:
        """Deliver one letter. Raises OSError or smtplib.SMTPException."""
        s = self._settings
        if s.smtp_tls == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                s.smtp_host, s.smtp_port, timeout=TIMEOUT_SECONDS, context=ssl.create_default_context()
            )
        else:
            server = smtplib.SMTP(s.smtp_host, s.smtp_port, timeout=TIMEOUT_SECONDS)
        with server:
            if s.smtp_tls == "starttls":
                server.starttls(context=ssl.create_default_context())
            if s.smtp_user:
                server.login(s.smtp_user, s.smtp_password)
            server.send_message(letter)


def letter_of(message: OutboundMessage, settings: Settings) -> EmailMessage:
    """Return the letter of an outbox row."""
    letter = EmailMessage()
    letter["From"] = settings.mail_from
    letter["To"] = message.address
    letter["Subject"] = message.subject
    letter["Message-ID"] = message.message_id
    letter["Date"] = format_datetime(now())
    letter["Auto-Submitted"] = "auto-generated"
    letter.set_content(message.body)
    return letter
