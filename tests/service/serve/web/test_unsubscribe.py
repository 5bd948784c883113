"""The pages behind the links of mails, over real HTTP on this machine."""

import re

import pytest

from ouidire.mailing.delivery import recipient_key
from ouidire.mailing.unsubscribe import PATH, Subscription, token_for
from ouidire.state.unsubscribed import is_unsubscribed
from tests.service.serve.conftest import PASSWORD


@pytest.fixture
def claire(installation):
    return Subscription(
        report="digest", recipient=recipient_key("claire@example.fr", secret=installation.secret)
    )


def gone(installation, subscription):
    with installation.state.read() as connection:
        return is_unsubscribed(connection, subscription)


def test_one_click_takes_a_reader_off(served, installation, claire):
    link = PATH + token_for(claire, secret=installation.secret)
    multipart = (
        b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n'
    )
    with served(password=PASSWORD) as browser:  # a mail program has no cookie, no session and no Host of ours
        assert (
            browser.ask(
                link, multipart, Content_Type="multipart/form-data; boundary=x", Host="ouidire.example.fr"
            )[0]
            == 200
        )
        assert gone(installation, claire)
        assert browser.ask(link, {"List-Unsubscribe": "One-Click"})[0] == 200
        assert not gone(installation, claire.model_copy(update={"report": "alert"}))


def test_opening_a_link_changes_nothing_and_the_button_can_be_undone(served, installation, claire):
    link = PATH + token_for(claire, secret=installation.secret)
    with served() as browser:
        status, headers, shown = browser.ask(link, Host="ouidire.example.fr")
        assert status == 200
        assert "Ne plus recevoir ces messages" in shown
        assert "bilan périodique" in shown
        assert headers["Referrer-Policy"] == "no-referrer"
        assert not gone(installation, claire)
        action = re.search(r'action="([^"]+)"', shown)[1]
        _, _, shown = browser.ask(action, b"")
        assert "C’est fait." in shown
        assert gone(installation, claire)
        back = re.search(r'action="([^"]+)"', shown)[1]
        assert "Vous êtes de retour." in browser.ask(back, b"")[2]
        assert not gone(installation, claire)


@pytest.mark.parametrize(
    "token", ["x", "digest.AAAA.BBBB", "%2e%2e%2fetc", "digest." + "A" * 43 + "." + "A" * 22]
)
def test_a_link_that_is_not_ours_takes_nobody_off(served, token):
    with served() as browser:
        for body in (None, b"List-Unsubscribe=One-Click"):
            status, _, shown = browser.ask(PATH + token, body)
            assert status == 404
            assert "lien est incomplet" in shown or "rien ici" in shown
