"""Webhooks: signed, tried again, posted to public addresses alone."""

import base64
import hmac
import json
import ssl
import subprocess
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from ouidire.errors import DeliveryError
from ouidire.system.guard import Guard
from reports.delivery.smtp import InDoubt
from reports.delivery.webhook import Post, WebhookTransport, signing_key
from tests.support.alert_samples import NOW
from tests.support.webhook_receiver import WebhookReceiver


@pytest.fixture
def receiver():
    receiver = WebhookReceiver()
    yield receiver
    receiver.server.shutdown()
    receiver.server.server_close()


POST = Post(id="0" * 32, body={"été": "<b>"}, at=NOW)
HERE = Guard(allow_hosts=frozenset({"127.0.0.1"}))


def way(receiver, **more):
    return WebhookTransport(url=receiver.url, named="channel x", guard=HERE, wait=0.01, timeout=5, **more)


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        ("whsec_" + base64.b64encode(b"k" * 25).decode(), b"k" * 25),
        ("whsec_" + base64.b64encode(b"k" * 25).decode().rstrip("="), b"k" * 25),
        ("a secret of one's own, as former configurations have it", None),
    ],
)
def test_receivers_verify_it_by_the_library(receiver, secret, key):
    post = Post(id="m1", body={"été": "<b>"}, at=datetime.now(UTC).astimezone(ZoneInfo("Asia/Tokyo")))
    way(receiver, secret=signing_key(secret)).send(post)
    ((headers, body, _),) = receiver.got
    receives = Webhook(key or secret.encode())
    assert receives.verify(body, headers) == {"été": "<b>"}
    with pytest.raises(WebhookVerificationError):
        receives.verify(body + b" ", headers)
    with pytest.raises(WebhookVerificationError):
        receives.verify(body, {**headers, "webhook-id": "m2"})


@pytest.mark.parametrize("secret", ["whsec_", "whsec_===", "whsec_a", "whsec_YQ==YQ==", "whsec_é"])
def test_a_secret_that_is_cut_or_garbled_is_said(secret):
    with pytest.raises(DeliveryError, match="no base64"):
        signing_key(secret)


def test_a_webhook_is_signed_as_standard_webhooks_are(receiver):
    key = signing_key("whsec_" + base64.b64encode(b"k" * 24).decode())
    way(receiver, secret=key).send(POST)
    ((headers, body, path),) = receiver.got
    assert path == "/hook?x=1"
    assert json.loads(body) == POST.body
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    assert (
        headers["webhook-signature"]
        == "v1," + base64.b64encode(hmac.digest(b"k" * 24, signed, "sha256")).decode()
    )
    assert headers["webhook-id"] == POST.id
    assert int(headers["webhook-timestamp"]) == int(NOW.timestamp())
    with pytest.raises(DeliveryError, match="base64"):
        signing_key("whsec_é")


@pytest.mark.parametrize("answers", [[503, 500], [429, 408]])
def test_what_passes_is_tried_again(receiver, answers):
    receiver.answers = list(answers)
    way(receiver).send(POST)
    assert len(receiver.got) == 3


@pytest.mark.parametrize("status", [302, 400, 404, 410])
def test_what_does_not_pass_is_told_at_once(receiver, status):
    receiver.answers = [status]
    with pytest.raises(DeliveryError, match=f"refused it: {status}"):
        way(receiver).send(POST)
    assert len(receiver.got) == 1


def test_a_line_that_breaks_is_in_doubt_unless_repeats_are_told_by_their_id(receiver):
    receiver.answers = ["hang up"]
    with pytest.raises(InDoubt, match="may have arrived"):
        way(receiver).send(POST)
    receiver.answers = ["hang up"]
    way(receiver, repeatable=True).send(POST)
    assert len(receiver.got) == 3


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "http://169.254.169.254/latest/",
        "http://[::1]:9/",
        "file:///etc/passwd",
    ],
)
def test_private_addresses_get_nothing(url):
    with pytest.raises(DeliveryError, match=r"private address|only http"):
        WebhookTransport(url=url, named="channel x", attempts=1).send(POST)


def test_the_address_is_a_secret():
    assert "s3cret" not in repr(WebhookTransport(url="https://example.fr/s3cret", named="channel x"))


def test_what_a_receiver_says_is_told_without_the_address(receiver):
    receiver.answers = [404]
    path = "/services/T00000000/B00000000/s3cr3ts3cr3ts3cr3t?token=0123456789"
    address = receiver.url.replace("/hook?x=1", path)
    with pytest.raises(DeliveryError, match="404 no hook at …") as caught:
        WebhookTransport(url=address, named="channel x", guard=HERE).send(POST)
    assert not [part for part in ("s3cr3t", "0123456789", "T00000000") if part in str(caught.value)]


def test_over_https_the_certificate_is_checked(receiver, tmp_path):
    command = "req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost"
    named = ("-addext", "subjectAltName=IP:127.0.0.1")
    subprocess.run(["openssl", *command.split(), *named], cwd=tmp_path, check=True, capture_output=True)
    served = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    served.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    plain, receiver.server.socket = (
        receiver.server.socket,
        served.wrap_socket(receiver.server.socket, server_side=True),
    )
    url = receiver.url.replace("http:", "https:")
    trusted = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    WebhookTransport(url=url, named="channel x", guard=HERE, timeout=5, context=trusted).send(POST)
    with pytest.raises(DeliveryError, match="certificate"):
        WebhookTransport(url=url, named="channel x", guard=HERE, timeout=5, attempts=1).send(POST)
    assert len(receiver.got) == 1
    plain.close()
