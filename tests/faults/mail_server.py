"""A mail server on loopback that answers as scripted, and keeps what it takes."""

import email
import email.policy
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import NamedTuple, Self

import stamina

GOOD = {
    "greeting": "220 hello",
    "ehlo": "250 fine",
    "mail": "250 OK",
    "rcpt": "250 OK",
    "data": "354 go on",
    "message": "250 taken",
}
STEPS = tuple(GOOD)
DROP = ""
"""The line is closed in place of an answer."""
LOST = "lost"
"""At the message: it is taken, and the line closes before the answer."""


STEP_OF = {"EHLO": "ehlo", "HELO": "ehlo", "MAIL": "mail", "RCPT": "rcpt", "DATA": "data"}
PLAIN = {"QUIT": "221 bye", "RSET": "250 OK", "NOOP": "250 OK"}


class Taken(NamedTuple):
    """One message that was handed over whole, whatever was answered."""

    to: str
    mail: EmailMessage
    accepted: bool

    @property
    def text(self) -> str:
        """Its plain text."""
        body = self.mail.get_body(("plain",))
        return "" if body is None else str(body.get_content())

    @property
    def subject(self) -> str:
        """Its subject."""
        return str(self.mail["Subject"])


class MailServer:
    """Answers each step of SMTP well, but for those in `script`, for the recipient `only` or for all."""

    def __init__(self) -> None:
        self.script: dict[str, str] = {}
        self.only = ""
        self.once = False
        self.taken: list[Taken] = []

    def __enter__(self) -> Self:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.shutdown(socket.SHUT_RDWR)  # close alone does not wake a waiting accept
        self.socket.close()

    def mended(self) -> None:
        """Answer well from now on."""
        self.script, self.only, self.once = {}, "", False

    def received(self) -> Counter[tuple[str, str]]:
        """Return how often each (recipient, subject) was handed over and not refused."""
        return Counter((each.to, each.subject) for each in self.taken if each.accepted)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._line, args=(line,), daemon=True).start()

    def _line(self, line: socket.socket) -> None:
        line.settimeout(20)
        with line, line.makefile("rwb") as file:
            try:
                self._talk(file)
            except (OSError, ValueError):
                return

    def _answer(self, step: str, to: str) -> str:
        if step not in self.script or (self.only and self.only != to):
            return GOOD[step]
        answer = self.script[step]
        if self.once:
            self.script = {}
        return answer

    def _talk(self, file) -> None:
        to = ""
        if not _say(file, self._answer("greeting", to)):
            return
        while line := file.readline():
            word = line.split(None, 1)[0].decode().upper() if line.strip() else ""
            if word == "RCPT":
                to = re.sub(r".*<(.*)>.*", r"\1", line.decode().strip())
            step = STEP_OF.get(word)
            answer = PLAIN.get(word, "502 unknown") if step is None else self._answer(step, to)
            if not _say(file, answer) or word == "QUIT":
                return
            if step == "data" and answer.startswith("354") and not self._message(file, to):
                return

    def _message(self, file, to: str) -> bool:
        lines: list[bytes] = []
        while (line := file.readline()) not in {b".\r\n", b""}:
            lines.append(line[1:] if line.startswith(b"..") else line)
        answer = self._answer("message", to)
        parsed = email.message_from_bytes(b"".join(lines), policy=email.policy.default)
        refused = answer[:1] in {"4", "5"}
        self.taken.append(Taken(to, parsed, not refused))  # type: ignore[arg-type]
        return answer != LOST and _say(file, answer)


@contextmanager
def without_waits() -> Iterator[None]:
    """Try again as often as the product does, without waiting in between."""
    stamina.set_testing(True, attempts=4)
    try:
        yield
    finally:
        stamina.set_testing(False)


def _say(file, answer: str) -> bool:
    """Write an answer; return whether the line stays open."""
    if answer == DROP:
        return False
    file.write(answer.encode() + b"\r\n")
    file.flush()
    return True
