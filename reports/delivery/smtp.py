"""Handing an e-mail to an SMTP server: TLS, login, time limits, and a clear word on what became of it.

An answer 4xx is tried again, 5xx is final. When the line breaks after the message was sent and before it was
accepted, nobody knows whether it left: that is `InDoubt`, never tried again by itself.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from typing import ClassVar, Literal, TypeVar

import stamina

from ouidire.errors import DeliveryError

T = TypeVar("T")
_ACCEPTED = 250
_FORWARDED = 251
_TEMPORARY = range(400, 500)
_PERMANENT = range(500, 600)
_SHOWN = 200


class InDoubt(DeliveryError):  # noqa: N818 (a name for what is known, as in ouidire.errors)
    """The message was handed over and its acceptance was not heard: it may have left."""


class Temporary(DeliveryError):  # noqa: N818 (same)
    """The server cannot take the message now; it has not left."""


@dataclass(frozen=True)
class SmtpTransport:
    """A mail server.

    `security`: "starttls" upgrades a plain line and refuses to go on without, "tls" is encrypted from the
    start, "none" is for a server on the same machine. `timeout` is in seconds, for each answer. `attempts`
    counts tries of one message, with waits from `wait` seconds on, doubling. `bounces` is the address to
    which servers report what they could not deliver (the envelope's sender); that of the From line without
    it.
    """

    host: str
    port: int = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    timeout: float = 30.0
    attempts: int = 4
    wait: float = 2.0
    bounces: str | None = None
    context: ssl.SSLContext | None = field(default=None, repr=False)
    idempotent: ClassVar[bool] = False

    def send(self, mail: EmailMessage) -> None:
        """Send one message to its To address.

        Raises:
            InDoubt: the message may have left.
            DeliveryError: it has not left; `final` where the server refused it for good.
        """
        for attempt in stamina.retry_context(
            on=Temporary,
            attempts=self.attempts,
            timeout=None,
            wait_initial=self.wait,
            wait_max=60.0,
            wait_jitter=self.wait / 2,
        ):
            with attempt:
                self._send_once(mail)

    def _send_once(self, mail: EmailMessage) -> None:
        sender, recipient = (mail[name].addresses[0].addr_spec for name in ("From", "To"))
        sender = self.bounces or sender
        with self._line() as line:
            unicode = not (sender + recipient).isascii()
            if unicode and not line.has_extn("smtputf8"):
                raise DeliveryError(
                    f"{self.host} cannot send to addresses with accents (no SMTPUTF8)", final=True
                )
            options = ["SMTPUTF8", "BODY=8BITMIME"] if unicode else []
            self._accepted(self._heard(lambda: line.mail(sender, options)), "the sender")
            self._accepted(self._heard(lambda: line.rcpt(recipient)), "the recipient")
            data = mail.as_bytes(policy=SMTPUTF8 if unicode else SMTP)
            try:
                answer = line.data(data)
            except smtplib.SMTPDataError as error:  # refused before the message was sent
                answer = (
                    error.smtp_code,
                    error.smtp_error if isinstance(error.smtp_error, bytes) else error.smtp_error.encode(),
                )
            except (smtplib.SMTPException, OSError) as error:
                raise InDoubt(
                    f"{self.host}: the line broke while the message was handed over ({_brief(error)}); it may have left"
                ) from error
            self._accepted(answer, "the message")

    @contextmanager
    def _line(self) -> Iterator[smtplib.SMTP]:
        """Open a line, ready to take a message; hang up politely, whatever the server thinks of it."""
        context = self.context or ssl.create_default_context()
        line = self._heard(lambda: self._connected(context))
        try:
            self._heard(line.ehlo)
            if self.security == "starttls":
                self._begin_tls(line, context)
            if self.user is not None:
                self._log_in(line)
            yield line
        finally:
            try:
                line.quit()
            except (smtplib.SMTPException, OSError):
                line.close()

    def _connected(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self.security == "tls":
            return smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=context)
        return smtplib.SMTP(self.host, self.port, timeout=self.timeout)

    def _begin_tls(self, line: smtplib.SMTP, context: ssl.SSLContext) -> None:
        try:
            line.starttls(context=context)
        except (smtplib.SMTPNotSupportedError, ssl.SSLError) as error:
            raise DeliveryError(
                f"{self.host}: no encrypted line ({_brief(error)}); check smtp.security and the server's certificate"
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Temporary(f"{self.host}: no encrypted line ({_brief(error)})") from error
        self._heard(line.ehlo)

    def _log_in(self, line: smtplib.SMTP) -> None:
        try:
            line.login(self.user or "", self.password or "")
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code in _TEMPORARY:
                raise Temporary(f"{self.host} cannot check the password now ({error.smtp_code})") from error
            # Not final: the message is not at fault, and it can go once the password is right.
            raise DeliveryError(
                f"{self.host} refused the user and password ({error.smtp_code}); check smtp.user and its password"
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"{self.host}: cannot log in ({_brief(error)})") from error

    def _heard(self, ask: Callable[[], T]) -> T:
        """Ask something before the message is sent: whatever breaks then, the message has not left."""
        try:
            return ask()
        except smtplib.SMTPResponseException as error:
            self._accepted((error.smtp_code, str(error.smtp_error).encode()), "the connection")
            raise Temporary(f"{self.host}: {_brief(error)}") from error
        except ssl.SSLError as error:
            raise DeliveryError(
                f"{self.host}: no encrypted line ({_brief(error)}); check smtp.security and the certificate"
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Temporary(f"{self.host}:{self.port} does not answer ({_brief(error)})") from error

    def _accepted(self, answer: tuple[int, bytes], what: str) -> None:
        code, words = answer
        if code in (_ACCEPTED, _FORWARDED):
            return
        said = words.decode("utf-8", "replace").replace("\n", " ")[:_SHOWN]
        if code in _PERMANENT:
            raise DeliveryError(f"{self.host} refused {what}: {code} {said}", final=True)
        raise Temporary(f"{self.host} cannot take {what} now: {code} {said}")


def _brief(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_SHOWN]
