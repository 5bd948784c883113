"""Whatever a mail server answers, and when: sent once, tried again, refused for good, or in doubt."""

import socket
import threading

import pytest

from ouidire.errors import DeliveryError
from tests.reports.delivery.test_deliver import KEY, Memory, send
from tests.reports.delivery.test_deliver import transport as way_to

STEPS = ("greeting", "ehlo", "mail", "rcpt", "data", "message")
GOOD = {
    "greeting": "220 hello",
    "ehlo": "250 fine",
    "mail": "250 OK",
    "rcpt": "250 OK",
    "data": "354 go on",
    "message": "250 taken",
}
DROP = None
"""The line is closed in place of an answer."""


class ScriptedServer:
    """A mail server on loopback that answers each step as it is told: once, or always."""

    def __init__(self, step=None, answer=DROP, *, once=False):
        self.step, self.answer, self.once = step, answer, once
        self.mails = []
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)  # close alone does not wake a waiting accept
        self.socket.close()
        self.thread.join(5)

    def _serve(self):
        while True:
            try:
                line, _ = self.socket.accept()
            except OSError:
                return
            with line, line.makefile("rwb") as file:
                try:
                    self._talk(file)
                except (OSError, ValueError):
                    continue

    def _say(self, file, step):
        """Answer a step. Returns whether the line stays open."""
        text = GOOD[step]
        if step == self.step:
            text = self.answer
            if self.once:
                self.step = None
        if text is DROP:
            return False
        file.write(text.encode() + b"\r\n")
        file.flush()
        return True

    def _talk(self, file):
        if not self._say(file, "greeting"):
            return
        verbs = {b"EHLO": "ehlo", b"HELO": "ehlo", b"MAIL": "mail", b"RCPT": "rcpt", b"DATA": "data"}
        while command := file.readline():
            step = verbs.get(command[:4].upper())
            if step is None:
                file.write(b"221 bye\r\n" if command[:4].upper() == b"QUIT" else b"250 OK\r\n")
                file.flush()
                if command[:4].upper() == b"QUIT":
                    return
                continue
            asked = step == "data" and (self.step != "data" or (self.answer or "").startswith("354"))
            if not self._say(file, step):
                return
            if asked:
                self.mails.append(b"".join(iter(file.readline, b".\r\n")))
                if not self._say(file, "message"):
                    return


@pytest.fixture
def scripted():
    made = []

    def make(*arguments, **options):
        made.append(ScriptedServer(*arguments, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


def outcome(server, ledger=None, **options):
    """What becomes of one delivery: its outcome, or `failed` and `refused` for what is raised."""
    try:
        return send(ledger or Memory(), way_to(server, **{"attempts": 2, **options})).outcome
    except DeliveryError as error:
        return "refused" if error.final else "failed"


TOO_LONG = "250 " + "x" * 10_000
NOT_OURS_TO_GIVE_UP = [
    ("greeting", "554 no service for you"),
    ("greeting", "521 does not accept mail"),
    ("greeting", TOO_LONG),
    ("ehlo", "550 go away"),
    ("mail", "550 sender not allowed"),
    ("mail", "530 authentication required"),
    ("mail", "553 5.7.1 sender rejected"),
    ("mail", TOO_LONG),
    ("rcpt", "530 5.7.0 must issue a STARTTLS command first"),
    ("rcpt", "550 5.7.1 relaying denied"),
    ("rcpt", "554 5.3.2 system not accepting messages"),
    ("rcpt", "503 bad sequence"),
    ("rcpt", "junk"),
    ("rcpt", DROP),
    ("rcpt", "451 greylisted"),
    ("data", DROP),
    ("data", "451 later"),
    ("data", "550 5.7.26 unauthenticated mail"),
    ("data", "250 what?"),
    ("message", "451 not now"),
    ("message", "554 5.7.1 blocked by policy of the sender's domain"),
]


@pytest.mark.parametrize(("step", "answer"), NOT_OURS_TO_GIVE_UP)
def test_what_is_not_about_the_recipient_is_tried_again_and_arrives_once(scripted, step, answer):
    server = scripted(step, answer)
    ledger = Memory()
    assert outcome(server, ledger) == "failed"
    assert ledger.rows[KEY] == "failed"
    before = len(server.mails)
    server.step = None  # mended
    assert outcome(server, ledger) == "sent"
    assert len(server.mails) == before + 1


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("rcpt", "550 5.1.1 no such user"),
        ("rcpt", "550 no such user"),
        ("rcpt", "552 mailbox full"),
        ("message", "554 5.6.0 message refused"),
        ("message", "550 looks like spam"),
    ],
)
def test_what_is_about_the_recipient_or_the_message_is_final(scripted, step, answer):
    assert outcome(scripted(step, answer)) == "refused"


@pytest.mark.parametrize("answer", [DROP, "junk", "", "999 what", "354 again", TOO_LONG])
def test_an_answer_to_the_message_that_makes_no_sense_leaves_doubt(scripted, answer):
    server = scripted("message", answer)
    ledger = Memory()
    assert outcome(server, ledger, attempts=4) == "in_doubt"
    assert len(server.mails) == 1, "handed over once"
    server.step = None
    assert outcome(server, ledger) == "in_doubt", "until a person decides"
    assert len(server.mails) == 1


@pytest.mark.parametrize("step", STEPS[:5])
def test_a_line_that_drops_once_before_the_message_is_tried_again_at_once(scripted, step):
    server = scripted(step, DROP, once=True)
    assert outcome(server) == "sent"
    assert len(server.mails) == 1


def test_words_of_a_server_are_shown_as_words(scripted):
    with pytest.raises(DeliveryError) as caught:
        send(Memory(), way_to(scripted("greeting", "554 busy"), attempts=1))
    assert "554 busy" in str(caught.value)
    assert "b'" not in str(caught.value)
