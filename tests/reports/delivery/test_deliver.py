"""Deliveries against a real SMTP server: sent once, failed clearly, or in doubt; never twice."""

import email
import socket
import ssl
import subprocess
from contextlib import contextmanager
from email.policy import default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from ouidire.errors import DeliveryError
from ouidire.mailing.delivery import DeliveryKey
from reports.data.message import Message, Picture
from reports.delivery.deliver import Outbox, Sender, SmtpTransport, deliver
from reports.delivery.mime import compose
from reports.samples import NOW

KEY = DeliveryKey(
    report="digest", edition="brand", brand="pousse", period="2026-W10", recipient="claire@example.fr"
)
MESSAGE = Message(
    subject="Pousse & Compagnie : rien de notable — l’été",
    text="Rien de notable cette semaine.\n",
    html='<p>Rien de notable.<img src="cid:history" alt="x"></p>',
    language="fr",
    pictures=(Picture(cid="history", png=b"\x89PNG\r\n\x1a\nzzz", alt="x"),),
)
SENDER = Sender(address="Ouï-dire <digest@example.fr>", unsubscribe="stop@example.fr")


class Memory:
    """A ledger that forgets nothing, in memory; `crash_on` names the mark at which the process dies."""

    def __init__(self, crash_on=None):
        self.rows = {}
        self.crash_on = crash_on

    def claim(self, key):
        state = self.rows.get(key)
        if state in (None, "failed"):
            self.rows[key] = "claimed"
            self.step("claim")
            return "claimed"
        return {"claimed": "in_doubt", "refused": "refused"}.get(state, "already_sent")

    def mark_sent(self, key):
        self.step("mark_sent")
        self.rows[key] = "sent"

    def mark_failed(self, key, reason, *, final):
        self.step("mark_failed")
        self.rows[key] = "refused" if final else "failed"
        self.reason = reason

    def step(self, name):
        if self.crash_on == name:
            raise KeyboardInterrupt(name)


class Server:
    """What the server does: answers for each RCPT and DATA in turn, then accepts."""

    def __init__(self):
        self.mails = []
        self.rcpt = []
        self.data = []
        self.hang_up = False

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        answer = self.rcpt.pop(0) if self.rcpt else "250 OK"
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, _session, envelope):  # noqa: N802
        if self.hang_up:
            self.mails.append(envelope)
            server.transport.close()
            return "250 lost"
        answer = self.data.pop(0) if self.data else "250 OK"
        if answer.startswith("250"):
            self.mails.append(envelope)
        return answer


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(handler):
    """A real SMTP server on loopback for a block; its `port` is on the handler that takes the mails."""
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    controller.start()
    handler.port = controller.port
    yield handler
    controller.stop()


@pytest.fixture
def server():
    with serving(Server()) as handler:
        yield handler


def transport(server, **options):
    return SmtpTransport(host="127.0.0.1", port=server.port, security="none", timeout=5, wait=0.01, **options)


def send(ledger, way, key=KEY):
    return deliver(MESSAGE, key, ledger=ledger, transport=way, sender=SENDER, now=NOW)


def test_sent_once_and_only_once(server):
    ledger = Memory()
    assert send(ledger, transport(server)).outcome == "sent"
    assert send(ledger, transport(server)).outcome == "already_sent"
    assert len(server.mails) == 1
    assert server.mails[0].rcpt_tos == ["claire@example.fr"]
    mail = email.message_from_bytes(server.mails[0].original_content, policy=default)
    assert mail["Subject"] == MESSAGE.subject
    assert mail["List-Unsubscribe"] == "<mailto:stop@example.fr?subject=unsubscribe>"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "multipart/related",
        "text/html",
        "image/png",
    ]
    assert mail.get_body(("plain",)).get_content().replace("\r\n", "\n") == MESSAGE.text
    assert list(mail.walk())[-1]["Content-ID"] == "<history>"
    assert not mail.defects


LINK = "https://ouidire.maison-de-nom-bien-long.example.fr/desabonnement/digest." + "A" * 43 + "." + "b" * 22


@pytest.mark.parametrize("recipient", ["claire@example.fr", "claire@café.example"])
def test_a_link_by_which_to_leave_arrives_whole_however_long(server, recipient):
    sender = SENDER.model_copy(update={"unsubscribe_url": LINK})
    key = KEY.model_copy(update={"recipient": recipient})
    deliver(MESSAGE, key, ledger=Memory(), transport=transport(server), sender=sender, now=NOW)
    raw = server.mails[0].original_content
    mail = email.message_from_bytes(raw, policy=default)
    assert mail["List-Unsubscribe"] == f"<{LINK}>, <mailto:stop@example.fr?subject=unsubscribe>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (
        LINK.encode() in raw
    )  # as it stands, and not as an encoded word, in which no mail program looks for a link


@pytest.mark.parametrize("length", range(1, 90))
def test_a_subject_arrives_as_it_is_written_however_long(length):
    """A blank between an encoded and a plain word was lost at some lengths."""
    for subject in (
        f"{'a' * length} ▲ 25\u202f% (11\u202f% d’habitude) · Pousse & Compagnie, du 9 au 15 février",
        f"{'é ' * length}(11\u202f%) · Ö & L’Équipe",
        "x " * length + "· 1",
    ):
        mail = compose(MESSAGE.model_copy(update={"subject": subject}), KEY, sender=SENDER.address, now=NOW)
        sent = mail.as_bytes()
        assert email.message_from_bytes(sent, policy=default)["Subject"] == subject.strip()
        headers = sent.split(b"\r\n\r\n")[0]
        assert headers.isascii()
        assert max(len(line) for line in headers.split(b"\r\n")) <= 78


def test_without_https_no_button_is_promised():
    sender = {"sender": SENDER.address, "now": NOW, "unsubscribe_url": LINK.replace("https", "http")}
    mail = compose(MESSAGE, KEY, **sender)
    assert mail["List-Unsubscribe"] == f"<{sender['unsubscribe_url']}>"
    assert mail["List-Unsubscribe-Post"] is None
    assert compose(MESSAGE, KEY, sender=SENDER.address, now=NOW)["List-Unsubscribe"] is None


def test_bounces_go_where_they_are_asked_to(server):
    send(Memory(), transport(server, bounces="retours@example.fr"))
    assert server.mails[0].mail_from == "retours@example.fr"
    assert b"From: =?utf-8?q?Ou=C3=AF-dire?= <digest@example.fr>" in server.mails[0].original_content


@pytest.mark.parametrize("words", ["550 <claire@example.fr>: no such user", "451 later, claire@example.fr"])
def test_an_address_is_left_out_of_what_is_remembered(server, words):
    server.rcpt = [words]
    ledger = Memory()
    with pytest.raises(DeliveryError, match=r"claire@example\.fr"):
        send(ledger, transport(server, attempts=1))
    assert "claire" not in ledger.reason
    assert words[:3] in ledger.reason


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_4xx_is_tried_again(server, where):
    setattr(server, where, ["451 greylisted", "451 greylisted"])
    assert send(Memory(), transport(server)).outcome == "sent"
    assert len(server.mails) == 1


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_4xx_without_end_may_be_tried_another_day(server, where):
    setattr(server, where, ["451 later"] * 2)
    ledger = Memory()
    with pytest.raises(DeliveryError, match="451 later") as caught:
        send(ledger, transport(server, attempts=2))
    assert not caught.value.final
    assert send(ledger, transport(server)).outcome == "sent"


@pytest.mark.parametrize("where", ["rcpt", "data"])
def test_5xx_is_final(server, where):
    setattr(server, where, ["550 no such user"])
    ledger = Memory()
    with pytest.raises(DeliveryError, match="550 no such user") as caught:
        send(ledger, transport(server))
    assert caught.value.final
    assert ledger.rows[KEY] == "refused"
    again = send(ledger, transport(server))
    assert (again.outcome, "refused for good" in again.problem) == ("refused", True)
    assert server.mails == []


def test_a_line_that_breaks_after_the_message_leaves_doubt_and_no_second_mail(server):
    server.hang_up = True
    ledger = Memory()
    first = send(ledger, transport(server))
    assert first.outcome == "in_doubt"
    assert "may have left" in first.problem
    server.hang_up = False
    assert send(ledger, transport(server)).outcome == "in_doubt"
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("point", "mails", "again"), [("claim", 0, "in_doubt"), ("mark_sent", 1, "in_doubt")]
)
def test_a_crash_between_claim_and_mark_is_reported_and_never_resent(server, point, mails, again):
    ledger = Memory(crash_on=point)
    with pytest.raises(KeyboardInterrupt):
        send(ledger, transport(server))
    ledger.crash_on = None
    assert send(ledger, transport(server)).outcome == again
    assert len(server.mails) == mails


def test_a_crash_before_a_failure_is_marked_leaves_doubt(server):
    server.rcpt = ["550 no"]
    ledger = Memory(crash_on="mark_failed")
    with pytest.raises(KeyboardInterrupt):
        send(ledger, transport(server))
    ledger.crash_on = None
    assert send(ledger, transport(server)).outcome == "in_doubt"
    assert server.mails == []


def test_no_server_is_temporary_and_says_where():
    ledger = Memory()
    way = SmtpTransport(host="127.0.0.1", port=1, security="none", attempts=2, wait=0.01, timeout=2)
    with pytest.raises(DeliveryError, match=r"127\.0\.0\.1:1") as caught:
        send(ledger, way)
    assert not caught.value.final
    assert ledger.rows[KEY] == "failed"


def test_a_server_without_tls_gets_nothing(server):
    way = SmtpTransport(host="127.0.0.1", port=server.port, timeout=5, attempts=1)
    with pytest.raises(DeliveryError, match=r"smtp\.security"):
        send(Memory(), way)
    assert server.mails == []


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 "
        "-subj /CN=localhost -addext subjectAltName=DNS:localhost"
    )
    subprocess.run(["openssl", *command.split()], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.mark.parametrize(("password", "outcome"), [("right", "sent"), ("wrong", "failed")])
def test_starttls_and_login(certificate, password, outcome):
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    handler = Server()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=free_port(),
        tls_context=served,
        require_starttls=True,
        auth_required=True,
        authenticator=lambda *given: AuthResult(success=given[-1].password == b"right", handled=False),
    )
    controller.start()
    try:
        way = SmtpTransport(
            host="localhost",
            port=controller.port,
            user="moi",
            password=password,
            timeout=5,
            wait=0.01,
            context=ssl.create_default_context(cafile=str(certificate / "cert.pem")),
        )
        ledger = Memory()
        if outcome == "sent":
            assert send(ledger, way).outcome == "sent"
        else:
            with pytest.raises(DeliveryError, match="password") as caught:
                send(ledger, way)
            assert not caught.value.final
        assert ledger.rows[KEY] == outcome
    finally:
        controller.stop()


def test_an_untrusted_certificate_is_refused(certificate):
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    handler = Server()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port(), tls_context=served)
    controller.start()
    try:
        way = SmtpTransport(host="localhost", port=controller.port, timeout=5, attempts=1)
        with pytest.raises(DeliveryError, match="certificate"):
            send(Memory(), way)
    finally:
        controller.stop()
    assert handler.mails == []


def test_the_same_delivery_is_the_same_bytes_and_another_recipient_another_id(tmp_path: Path):
    one, two = (compose(MESSAGE, KEY, sender=SENDER.address, now=NOW).as_bytes() for _ in range(2))
    other = compose(
        MESSAGE, KEY.model_copy(update={"recipient": "bob@example.fr"}), sender=SENDER.address, now=NOW
    )
    assert one == two
    assert other["Message-ID"] != email.message_from_bytes(one)["Message-ID"]
    assert all(len(line) <= 998 for line in one.split(b"\r\n"))


def test_the_outbox_keeps_whole_messages_without_addresses_in_their_names(tmp_path: Path):
    delivery = send(Memory(), Outbox(tmp_path / "outbox"))
    assert [path.name for path in (tmp_path / "outbox").iterdir()] == [delivery.place.name]
    assert "claire" not in delivery.place.name
    mail = email.message_from_bytes(delivery.place.read_bytes(), policy=default)
    assert mail["To"] == "claire@example.fr"


def test_an_outbox_that_cannot_be_written_fails_and_may_be_tried_again(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    ledger = Memory()
    with pytest.raises(DeliveryError, match="cannot be written"):
        send(ledger, Outbox(tmp_path / "file" / "outbox"))
    assert ledger.rows[KEY] == "failed"


@pytest.mark.parametrize("recipient", ["", "nobody", "a@b\r\nBcc: c@d", "x@y z"])
def test_what_is_no_address_is_refused_before_the_ledger_is_asked(recipient):
    ledger = Memory()
    with pytest.raises(DeliveryError, match="not an e-mail address"):
        send(ledger, Outbox(Path("never")), KEY.model_copy(update={"recipient": recipient}))
    assert ledger.rows == {}
