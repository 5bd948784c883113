"""Handing an e-mail to an SMTP server: TLS, login, time limits, and a clear word on what became of it.

Final is only what a server says of this recipient or of this message: a 5xx to `RCPT TO` or to `DATA` that
does not speak of the connection, the sender or a policy. Everything else before the message is handed over is
tried again: at once where it looks like a passing fault, at the next pass where our own settings may be at
fault. When the line breaks after the message was sent, or the answer to it makes no sense, nobody knows
whether it left: that is `InDoubt`, never tried again by itself.
"""

import re
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
_ACCEPTED = range(200, 300)
_GO_AHEAD = 354
_END = b"\r\n.\r\n"
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
"""What must be doubled in a message, so that its lines do not end it (RFC 5321, 4.5.2)."""
_OURS = frozenset({500, 501, 502, 503, 504, 521, 530, 534, 535, 538, 555})
"""Answers about a command, a login or a host, never a recipient (RFC 5321, 4.2.3; RFC 4954, 6; RFC 7504)."""
_ENHANCED = re.compile(r"(?<!\s)\s*+5\.(\d{1,3})\.\d{1,3}\b")
_ABOUT_SERVER = frozenset({"3", "4", "5", "7"})
"""Subjects of enhanced status codes (RFC 3463): mail system, network, protocol, and security or policy."""
_TEMPORARY = range(400, 500)
_PERMANENT = range(500, 600)
_SHOWN = 200


class InDoubt(DeliveryError):  # noqa: N818 (a name for what is known, as in ouidire.errors)
    """The message was handed over and no answer came: it may have left."""


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
            self._check(self._ask(lambda: line.mail(sender, options)), "the sender")
            self._check(self._ask(lambda: line.rcpt(recipient)), "the recipient", may_be_final=True)
            data = mail.as_bytes(policy=SMTPUTF8 if unicode else SMTP)
            answer = self._ask(lambda: line.docmd("data"))
            if answer[0] != _GO_AHEAD:
                self._check(answer, "the message", may_be_final=True)
                raise Temporary(f"{self.host} did not ask for the message: {_words(answer)}")
            self._hand_over(line, data)

    def _hand_over(self, line: smtplib.SMTP, data: bytes) -> None:
        """Send the message and read what became of it. Raises InDoubt where nobody can know."""
        try:
            line.send(_LEADING_DOT.sub(b"..", data).removesuffix(b"\r\n") + _END)
            answer = line.getreply()
        except (smtplib.SMTPException, OSError) as error:
            raise InDoubt(
                f"{self.host}: the line broke while the message was handed over ({_brief(error)}); "
                "it may have left"
            ) from error
        if answer[0] not in (*_ACCEPTED, *_TEMPORARY, *_PERMANENT):
            raise InDoubt(
                f"{self.host}: the answer to the message makes no sense ({_words(answer)}); it may have left"
            )
        self._check(answer, "the message", may_be_final=True)

    @contextmanager
    def _line(self) -> Iterator[smtplib.SMTP]:
        """Open a line, ready to take a message; hang up politely, whatever the server thinks of it."""
        context = self.context or ssl.create_default_context()
        line = self._ask(lambda: self._connected(context))
        try:
            self._check(self._ask(line.ehlo), "the connection")
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
                f"{self.host}: no encrypted line ({_brief(error)}); "
                "check smtp.security and the server's certificate"
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Temporary(f"{self.host}: no encrypted line ({_brief(error)})") from error
        self._check(self._ask(line.ehlo), "the connection")

    def _log_in(self, line: smtplib.SMTP) -> None:
        try:
            line.login(self.user or "", self.password or "")
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code in _TEMPORARY:
                raise Temporary(f"{self.host} cannot check the password now ({error.smtp_code})") from error
            # Not final: the message is not at fault, and it can go once the password is right.
            raise DeliveryError(
                f"{self.host} refused the user and password ({error.smtp_code}); "
                "check smtp.user and its password"
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise DeliveryError(f"{self.host}: cannot log in ({_brief(error)})") from error

    def _ask(self, ask: Callable[[], T]) -> T:
        """Return an answer given before the message is sent: whatever breaks then, it has not left."""
        try:
            return ask()
        except smtplib.SMTPResponseException as error:
            words = error.smtp_error
            answer = (error.smtp_code, words if isinstance(words, bytes) else str(words).encode())
            try:
                self._check(answer, "the connection")
            except DeliveryError as refusal:
                raise refusal from error
            raise Temporary(f"{self.host}: {_words(answer)}") from error
        except ssl.SSLError as error:
            raise DeliveryError(
                f"{self.host}: no encrypted line ({_brief(error)}); check smtp.security and the certificate"
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise Temporary(f"{self.host}:{self.port} does not answer ({_brief(error)})") from error

    def _check(self, answer: tuple[int, bytes], what: str, *, may_be_final: bool = False) -> None:
        """Check an answer: Temporary is raised where it is tried again at once, DeliveryError for a refusal.

        A refusal is `final` where the answer may be about this recipient or message (`may_be_final`) and its
        code does not say that it is about something else.
        """
        code, words = answer
        if code in _ACCEPTED:
            return
        if code not in _PERMANENT:
            raise Temporary(f"{self.host} cannot take {what} now: {_words(answer)}")
        enhanced = _ENHANCED.match(words.decode("utf-8", "replace"))
        ours = code in _OURS or (enhanced is not None and enhanced[1] in _ABOUT_SERVER)
        if may_be_final and not ours:
            raise DeliveryError(f"{self.host} refused {what}: {_words(answer)}", final=True)
        raise DeliveryError(
            f"{self.host} refused {what}: {_words(answer)}; this is about the server or our settings: "
            "check [smtp] and digest.sender; it is tried again at the next pass"
        )


def _words(answer: tuple[int, bytes]) -> str:
    """Return an SMTP answer as text: its code and its words, on one line, cut at 200 characters."""
    words = answer[1].decode("utf-8", "replace").replace("\n", " ")
    return f"{answer[0]} {words}"[:_SHOWN]


def _brief(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_SHOWN]
