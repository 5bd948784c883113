"""Links to leave a mailing, who left one, and the state's way to the version that remembers them."""

import string
from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, text

from ouidire.mailing.delivery import recipient_key
from ouidire.mailing.unsubscribe import PATH, Subscription, read_token, token_for, unsubscribe_url
from ouidire.settings.serve import ServeSettings
from ouidire.state import open_state
from ouidire.state.migrate import upgrade
from ouidire.state.tables import metadata
from ouidire.state.unsubscribed import count_unsubscribed, is_unsubscribed, resubscribe, unsubscribe

SECRET = bytes(range(32))
NOW = datetime(2026, 3, 9, 6, tzinfo=UTC)
CLAIRE = Subscription(report="digest", recipient=recipient_key("claire@example.fr", secret=SECRET))


def test_a_link_names_its_reader_without_the_address():
    url = unsubscribe_url(
        "https://ouidire.example.fr/", report="digest", address=" Claire@Example.fr", secret=SECRET
    )
    assert url.startswith(f"https://ouidire.example.fr{PATH}digest.")
    assert "claire" not in url.lower().removeprefix("https://ouidire")
    assert len(url) < 160
    assert read_token(url.rpartition("/")[2], secret=SECRET) == CLAIRE


@pytest.mark.parametrize(
    ("report", "signature"), [("digest", "P6Sc3AJoatSP3yphZBQnmA"), ("alert", "H6qCsxVrGw2KL4LPZH2xQA")]
)
def test_a_link_of_a_mail_sent_by_a_former_version_still_works(report, signature):
    token = f"{report}.JTbCbEoJd_aBLQh46xtpmJzxEfGYOwIbNpykja5cfC8.{signature}"
    subscription = CLAIRE.model_copy(update={"report": report})
    assert read_token(token, secret=SECRET) == subscription
    assert token_for(subscription, secret=SECRET) != token
    assert read_token(token, secret=bytes(32)) is None
    assert read_token(token.replace(report, "measure"), secret=SECRET) is None
    for letter in set(string.ascii_letters + string.digits + "-_") - {token[-1]}:
        assert read_token(token[:-1] + letter, secret=SECRET) is None


def test_one_token_has_one_spelling():
    token = token_for(CLAIRE, secret=SECRET)
    for letter in set(string.ascii_letters + string.digits + "-_") - {token[-1]}:
        assert read_token(token[:-1] + letter, secret=SECRET) is None


def test_what_another_installation_signed_is_nothing_here():
    assert read_token(token_for(CLAIRE, secret=SECRET), secret=bytes(32)) is None


def test_a_token_holds_for_one_report_and_one_reader():
    report, recipient, signature = token_for(CLAIRE, secret=SECRET).split(".")
    _, other, _ = token_for(CLAIRE.model_copy(update={"recipient": "ab" * 32}), secret=SECRET).split(".")
    assert read_token(f"alert.{recipient}.{signature}", secret=SECRET) is None
    assert read_token(f"{report}.{other}.{signature}", secret=SECRET) is None


@given(st.integers(0, 93), st.sampled_from(string.ascii_letters + string.digits + "-_.~=/ é"))
def test_no_altered_token_is_read(place, letter):
    token = token_for(CLAIRE, secret=SECRET)
    altered = token[:place] + letter + token[place + 1 :]
    assert (read_token(altered, secret=SECRET) is not None) is (altered == token)


@given(st.text(max_size=120))
def test_anything_may_be_asked(token):
    assert read_token(token, secret=SECRET) is None


def test_who_left_stays_away_until_they_come_back(tmp_path):
    state = open_state(f"sqlite:///{tmp_path / 'state.db'}")
    alerts = CLAIRE.model_copy(update={"report": "alert"})
    for _ in range(2):
        with state.begin() as connection:
            unsubscribe(connection, CLAIRE, now=NOW)
    with state.read() as connection:
        assert is_unsubscribed(connection, CLAIRE)
        assert not is_unsubscribed(connection, alerts)
        assert count_unsubscribed(connection, "digest") == 1
    with state.begin() as connection:
        resubscribe(connection, CLAIRE)
        assert not is_unsubscribed(connection, CLAIRE)
    state.close()


def test_an_older_state_is_brought_up_to_date(tmp_path):
    url = f"sqlite:///{tmp_path / 'state.db'}"
    engine = create_engine(url)
    with engine.begin() as connection:
        from alembic import command
        from alembic.config import Config

        from ouidire.state import migrate

        config = Config()
        config.set_main_option("script_location", str(migrate.Path(migrate.__file__).parent / "migrations"))
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        connection.execute(
            text(
                'INSERT INTO runs (id, kind, source, source_key, entity, brands, "full", started_at, status,'
                " reason, sealed, new, updated, unchanged, vanished)"
                " VALUES ('r', 'collect', 's', 'k', 'e', '[]', 1, '2026-03-01', 'ok', '', 0, 0, 0, 0, 0)"
            )
        )
    upgrade(engine, "0002")
    with engine.begin() as connection:
        assert connection.execute(text("SELECT missed, due_at FROM runs")).one() == (0, None)
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()


@pytest.mark.parametrize("url", ["ftp://x.fr", "ouidire.example.fr", "https://x.fr/?a=b", "https://x fr"])
def test_the_address_of_the_service_is_a_web_address(url):
    with pytest.raises(ValueError, match="url"):
        ServeSettings(url=url)
