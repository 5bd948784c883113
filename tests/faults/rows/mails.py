"""Faults of a mail server: each answer at each step, for both readers or for one."""

from collections.abc import Callable

from tests.faults.fault import UNTRUE, Fault, Right
from tests.faults.lab import READERS, Lab
from tests.faults.mail_server import DROP, LOST

PAUL = READERS[1]
JUNK = "busy"
LONG = "250 " + "x" * 10_000


def answering(step: str, answer: str, *, only: str = "", once: bool = False) -> Callable[[Lab], None]:
    """Return what makes the mail server answer so."""

    def breaks(lab: Lab) -> None:
        lab.post.script, lab.post.only, lab.post.once = {step: answer}, only, once

    return breaks


AGAIN = Right(now=(0,), mails=(1,), never=UNTRUE, hides=(r"b'",))
"""Nothing has left; once mended, each reader gets the week once."""
DOUBT = Right(now=(0, 1), mails=(0, 1), later=(3,), never=UNTRUE, shows=("settle|doubt",), hides=(r"b'",))
"""It may have left: handed over once at most, and a person is asked at every pass until it is settled."""
FINAL = Right(now=(0, 1), mails=(0, 1), later=(3,), never=UNTRUE, hides=(r"b'",))
"""The server refused this recipient or message for good, as every pass tells until it is sent again."""
_DROPPED = "closes the line at"

PASSING: tuple[tuple[str, str], ...] = (
    ("greeting", "421 4.3.2 going down"),
    ("greeting", "554 5.3.2 no service here"),
    ("greeting", DROP),
    ("greeting", JUNK),
    ("greeting", LONG),
    ("ehlo", "421 4.3.2 later"),
    ("ehlo", "550 5.7.1 go away"),
    ("ehlo", DROP),
    ("ehlo", JUNK),
    ("mail", "451 4.3.0 local error"),
    ("mail", "452 4.3.1 no space"),
    ("mail", "530 5.7.0 authentication required"),
    ("mail", "535 5.7.8 credentials invalid"),
    ("mail", "550 5.7.1 sender not allowed"),
    ("mail", "550 no such sender here"),
    ("mail", "552 5.3.4 too large"),
    ("mail", "553 5.1.8 bad sender"),
    ("mail", DROP),
    ("mail", JUNK),
    ("rcpt", "450 4.2.1 mailbox busy"),
    ("rcpt", "451 4.7.1 greylisted"),
    ("rcpt", "452 4.5.3 too many"),
    ("rcpt", "550 5.7.1 relaying denied"),
    ("rcpt", "530 5.7.0 authentication required"),
    ("rcpt", DROP),
    ("rcpt", JUNK),
    ("data", "451 4.3.0 try later"),
    ("data", "503 5.5.1 bad sequence"),
    ("data", DROP),
    ("data", JUNK),
    ("message", "451 4.3.0 try later"),
    ("message", "452 4.3.1 no space"),
    ("message", "554 5.7.1 policy: your address is on a list"),
)
UNKNOWN: tuple[tuple[str, str], ...] = (
    ("message", DROP),
    ("message", JUNK),
    ("message", LONG),
    ("message", "99 what"),
    ("message", ""),
)
REFUSED: tuple[tuple[str, str], ...] = (
    ("rcpt", "550 5.1.1 no such user"),
    ("rcpt", "553 5.1.3 bad address"),
    ("message", "554 5.6.0 message refused"),
    ("message", "552 5.2.3 too large for this mailbox"),
)


def _name(step: str, answer: str) -> str:
    if answer == DROP:
        return f"{step}_drop"
    if answer == LONG:
        return f"{step}_long"
    return f"{step}_{'_'.join(answer.split()[:2]).replace('.', '')}"


def _rows(
    kind: str, listed: tuple[tuple[str, str], ...], right: Right, *, only: str = "", once: bool = False
) -> list[Fault]:
    ends = ("_paul" if only else "") + ("_once" if once else "")
    return [
        Fault(
            _name(step, answer) + ends,
            kind,
            f"the mail server answers {answer[:30]!r} at {step}"
            if answer
            else f"it closes the line at {step}",
            answering(step, answer, only=only, once=once),
            right,
            start="collected",
        )
        for step, answer in dict.fromkeys(listed)
    ]


def _away(lab: Lab) -> None:
    text = (lab.folder / "ouidire.toml").read_text()
    (lab.folder / "ouidire.toml").write_text(text.replace(f"port = {lab.post.port}", "port = 9"))


def _twice(lab: Lab) -> None:
    lab.run()
    lab.run()


FAULTS = (
    *_rows("D1", PASSING, AGAIN),
    *_rows(
        "D1",
        tuple(each for each in PASSING if each[0] in {"rcpt", "data"}),
        Right(now=(0, 1), never=UNTRUE, hides=(r"b'",)),
        only=PAUL,
    ),
    *_rows(
        "D1",
        tuple(each for each in PASSING if each[1].startswith("4")),
        Right(codes=(0, 1, 3), never=UNTRUE),
        once=True,
    ),
    *_rows("D2", UNKNOWN, DOUBT),
    *_rows("D2", UNKNOWN, DOUBT, only=PAUL),
    *_rows("D1", REFUSED, FINAL),
    Fault(
        "message_taken_then_dropped",
        "D3",
        "the message is taken, the line closes before the answer",
        answering("message", LOST),
        DOUBT,
        start="collected",
    ),
    Fault("server_away", "D1", "no mail server listens", _away, AGAIN, mends=Lab.write, start="collected"),
    Fault(
        "two_passes_on_a_junk_answer",
        "D2",
        "two passes, and a junk answer after the message",
        answering("message", JUNK),
        DOUBT,
        start="collected",
        passes=_twice,
    ),
    Fault(
        "two_passes_on_a_good_server",
        "control",
        "two passes on one day",
        lambda _: None,
        Right(codes=(0,), now=(1,), never=UNTRUE),
        start="collected",
        passes=_twice,
    ),
)
