"""Delivery reports as servers write them, and as nobody should."""

from base64 import b64encode
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.delivery.bounces import LARGEST, Bounce, Unreadable, read_bounce

NAME = "0123456789abcdef0123456789abcdef"
HEAD = (
    "From: <>\nMIME-Version: 1.0\n"
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
)
STATUS = (
    "--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx\n\n"
    "Final-Recipient: rfc822; a@b\n{said}\n\n"
)
HEADERS = "--b\nContent-Type: text/rfc822-headers\n\nTo: a@b\nMessage-ID: {id}\n\n"
WHOLE = (
    "--b\nContent-Type: message/rfc822\n\nSubject: x\nMessage-ID: {id}\nContent-Type: text/plain\n\nhello\n\n"
)
END = "--b--\n"


def report(said="Action: failed\nStatus: 5.1.1", quoted=HEADERS, name=f"<{NAME}@example.fr>"):
    return (HEAD + STATUS.format(said=said) + quoted.format(id=name) + END).encode()


@pytest.mark.parametrize("quoted", [HEADERS, WHOLE])
@pytest.mark.parametrize(
    ("said", "action", "status"),
    [
        ("Action: failed\nStatus: 5.1.1", "failed", "5.1.1"),
        ("Action: FAILED (no mailbox)\nStatus: 5.2.2 (mailbox full)", "failed", "5.2.2"),
        ("action: delayed\nstatus: 4.4.7", "delayed", "4.4.7"),
        ("Action: failed", "failed", ""),
        ("Action: failed\nStatus: <b>5", "failed", ""),
        (
            "Action: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; c@d\nAction: failed\nStatus: 5.0.0",
            "failed",
            "5.0.0",
        ),
    ],
)
def test_what_a_report_says(said, action, status, quoted):
    assert read_bounce(report(said, quoted)) == Bounce(name=NAME, action=action, status=status)


def test_a_report_with_accents():
    data = report().replace(b"message/delivery-status", b"message/global-delivery-status")
    assert read_bounce(data) == Bounce(name=NAME, action="failed", status="5.1.1")
    data = report().replace(b"text/rfc822-headers", b"message/global-headers")
    assert read_bounce(data) == Bounce(name=NAME, action="failed", status="5.1.1")


def test_headers_that_were_encoded():
    encoded = b64encode(f"Message-ID: <{NAME}@example.fr>\n".encode()).decode()
    part = f"--b\nContent-Type: text/rfc822-headers\nContent-Transfer-Encoding: base64\n\n{encoded}\n\n"
    assert read_bounce(report(quoted=part)).name == NAME


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no delivery report"),
        (b"Subject: hi\n\n550 5.1.1 user unknown", "no delivery report"),
        (report("Action: exploded\nStatus: 5.1.1"), "no delivery report"),
        (report(name="<somebody@example.fr>"), "no message of ours"),
        (report(name=f"<{NAME[:-1]}@example.fr>"), "no message of ours"),
        (report(name="=?utf-8?q?x?="), "no message of ours"),
        (
            f"Message-ID: <{NAME}@example.fr>\n".encode() + report(quoted=""),
            "no message of ours",
        ),  # its own, not the one it quotes
        (b"a" * (LARGEST + 1), "larger"),
    ],
)
def test_what_is_none(data, why):
    with pytest.raises(Unreadable, match=why):
        read_bounce(data)


def test_a_mail_within_a_mail_ten_thousand_deep():
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(10_000))
    with pytest.raises(Unreadable):
        read_bounce(deep + report())


@given(
    st.lists(
        st.sampled_from(
            [
                HEAD,
                STATUS,
                HEADERS,
                WHOLE,
                END,
                "--b\n",
                "\x00",
                "\udcff",
                "Action: failed\n",
                f"<{NAME}@x>",
                "é\r\n",
            ]
        )
    )
)
def test_whatever_it_is_it_is_read_or_refused(parts):
    data = "".join(parts).encode("utf-8", "surrogateescape")
    with suppress(Unreadable):
        assert read_bounce(data).name == NAME
