"""Secrets where they do not belong, letters that nobody sees, addresses that break out of a header."""

from functools import partial
from pathlib import Path

from ouidire.errors import ConfigError, UsageError
from ouidire.settings.configuration import settings_from
from reports.rendering.templating import Templates
from service.pipeline.configured_sources import configured_sources
from service.pipeline.index.kibana import import_objects
from tests.attacks.attack import Attack, refused_by

SECRETS_WRITTEN = {
    "token": "https://a.example/feed?token=T",
    "access token": "https://a.example/feed?lang=fr&access_token=abc",
    "refresh token": "https://a.example/feed?refresh_token=abc",
    "private token": "https://a.example/feed.atom?private_token=glpat-1",
    "feed token": "https://a.example/feed?feed_token=glft-1",
    "token in capitals": "https://a.example/feed?TOKEN=abc",
    "key": "https://a.example/feed?key=K3yK3y",
    "api key": "https://a.example/feed?api_key=abc",
    "api key in one word": "https://a.example/feed?apiKey=abc",
    "auth": "https://a.example/feed?auth=abc",
    "signature": "https://a.example/feed?sig=abc",
    "signature, whole word": "https://a.example/feed?signature=abc",
    "Amazon's signature": "https://a.example/feed?X-Amz-Signature=abc",
    "password": "https://a.example/feed?password=abc",
    "session": "https://a.example/feed?PHPSESSID=abc",
    "JWT": "https://a.example/feed?jwt=eyJh.eyJz.c2ln",
    "percent-encoded name": "https://a.example/feed?%74oken=abc",
    "fragment": "https://a.example/feed#access_token=abc",
    "path parameter": "https://a.example/feed;jsessionid=abc",
    "part of the path": "https://a.example/token=abc/feed",
    "user and password": "https://moi:mdp@a.example/feed",
    "token for a user": "https://ghp_16C7e42F292c69@a.example/feed",
}
HONEST = {
    "a plain feed": "https://a.example/feed.xml",
    "a named secret": "https://a.example/feed?token={secret:FEED_TOKEN}",
    "a named secret in the path": "https://a.example/{secret:FEED}/rss",
    "a named password": "https://moi:{secret:FEED}@a.example/feed",
    "a page and an order": "https://a.example/avis?page=2&sort=recent&languages=all",
    "a key that is a word": "https://a.example/tag?key=jardinage",
    "an author": "https://a.example/feed?author=marie",
    "a monkey": "https://a.example/feed?monkey=1",
    "an empty token": "https://a.example/feed?token=",
}
CLEAR = {
    "a mail server far away": {
        "smtp": {"host": "mail.example", "security": "none", "user": "a", "password_env": "P"}
    },
    "a mail server by its number": {
        "smtp": {"host": "203.0.113.9", "security": "none", "password_file": "p"}
    },
    "a host that begins as ours": {
        "smtp": {"host": "127.0.0.1.example", "security": "none", "user": "a", "password_env": "P"}
    },
    "Elasticsearch far away": {
        "index": {
            "backend": "elasticsearch",
            "url": "http://es.example:9200",
            "user": "a",
            "password_env": "P",
        }
    },
    "Elasticsearch with a key": {
        "index": {"backend": "elasticsearch", "url": "http://10.0.0.3:9200", "api_key_env": "K"}
    },
    "the second node": {
        "index": {
            "backend": "elasticsearch",
            "url": ["https://a.example:9200", "http://b.example:9200"],
            "api_key_file": "k",
        }
    },
    "a webhook with a token": {
        "channel": [{"name": "w", "kind": "webhook", "url": "https://h.example/?token=abc"}]
    },
    "a webhook with a password": {
        "channel": [{"name": "w", "kind": "webhook", "url": "https://a:b@h.example/"}]
    },
    "Slack's address": {
        "channel": [{"name": "s", "kind": "slack", "url": "https://hooks.slack.com/services/T/B/x"}]
    },
}
CLEAR_ENOUGH = {
    "a mail server on this machine": {
        "smtp": {"host": "127.0.0.1", "security": "none", "user": "a", "password_env": "P"}
    },
    "a mail server without a password": {"smtp": {"host": "mail.example", "security": "none"}},
    "a mail server with TLS": {"smtp": {"host": "mail.example", "user": "a", "password_env": "P"}},
    "a mail server beside us, said so": {
        "smtp": {"host": "mail", "security": "none", "user": "a", "password_env": "P", "clear_text": True}
    },
    "Elasticsearch on this machine": {
        "index": {"backend": "elasticsearch", "url": "http://[::1]:9200", "user": "a", "password_env": "P"}
    },
    "Elasticsearch without a password": {
        "index": {"backend": "elasticsearch", "url": "http://es.example:9200"}
    },
    "a webhook": {
        "channel": [{"name": "w", "kind": "webhook", "url": "https://h.example/alerts?brand=pousse"}]
    },
}
UNSEEN = {
    "NUL": "Pousse\0",
    "a line break": "Pousse\nBcc: x@evil.example",
    "a carriage return": "Pousse\r",
    "an escape": "Pousse\x1b[2J",
    "right-to-left override": "Pousse\u202eerbra",
    "right-to-left isolate": "Pousse\u2067x",
    "a line separator": "Pousse\u2028x",
    "a C1 control": "Pousse\x85",
}
URLS = {
    "angle brackets": "https://a.example>,<https://evil.example",
    "a quote": 'https://a.example"x',
    "an apostrophe": "https://a.example'x",
    "a comma": "https://a.example,https://b.example",
    "a blank": "https://a.example x",
    "user and password": "https://a:b@a.example",
    "a query": "https://a.example?x",
    "a backslash": "https://a.example\\x",
    "a bracket in the path": "https://a.example/<x>",
    "another scheme": "javascript:alert(1)",
}
TEMPLATES = {
    "a huge text": "{{ 'a' * 1000000000 }}",
    "a huge text, the other way": "{{ 1000000000 * 'a' }}",
    "a huge list": "{{ [0] * 1000000000 }}",
    "a huge number": "{{ 9 ** 999999999 }}",
    "a huge range": "{% for i in range(1000000000) %}x{% endfor %}",
    "classes": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "globals": "{{ cycler.__init__.__globals__ }}",
    "a file outside": "{% include '../../ouidire.toml' %}",
    "an absolute file": "{% include '/etc/passwd' %}",
    "attributes by filter": "{{ '' | attr('__class__') | attr('__mro__') }}",
    "a format string": "{{ '{0.__class__.__mro__}'.format('') }}",
}
KIBANAS = {
    "Kibana far away": "http://kibana.example:5601",
    "Kibana by its number": "http://10.0.0.3:5601",
    "a password in Kibana's address": "https://a:b@kibana.example:5601",
}
BASE = Path("/nowhere")


def settings(**more):
    """Return settings with a brand and what is given."""
    return settings_from({"brand": [{"slug": "pousse", "name": "Pousse"}], **more}, base=BASE)


def source_refused(url):
    """Return whether a source of this address is refused."""
    given = settings(source=[{"source": "feed", "brands": ["pousse"], "params": {"url": url}}])
    return refused_by(lambda: configured_sources(given), ConfigError)


def settings_refused(more):
    """Return whether settings are refused."""
    return refused_by(lambda: settings(**more), ConfigError)


def kibana_refused(url):
    """Return whether objects are not sent to a Kibana at this address."""
    given = settings(
        index={"backend": "elasticsearch", "url": "https://a.example", "user": "u", "password_env": "HOME"}
    )
    call = partial(import_objects, given, url, language="fr", space="", user="u", password_env="HOME")  # noqa: S106 (a variable that is always there)
    return refused_by(call, UsageError)


def name_refused(name):
    """Return whether a brand of this name is refused."""
    given = {"brand": [{"slug": "pousse", "name": name}]}
    return refused_by(lambda: settings_from(given, base=BASE), ConfigError)


def template_refused(text):
    """Return whether a template ends as an error that is told by file and line."""
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        (Path(folder) / "alert.txt.j2").write_text(text)
        own = Templates(Path(folder))
        try:
            shown = own.text("alert.txt.j2", {})
        except ConfigError:
            return "refused"
        return "refused" if "class" not in shown and len(shown) < 100 else "admitted"


def attacks():
    """Return the attacks by configuration."""
    tables = (
        ("secrets in addresses", SECRETS_WRITTEN, "refused", source_refused),
        ("honest sources", HONEST, "admitted", source_refused),
        ("secrets in the clear", CLEAR, "refused", settings_refused),
        ("secrets to Kibana", KIBANAS, "refused", kibana_refused),
        ("encrypted or local", CLEAR_ENOUGH, "admitted", settings_refused),
        ("letters unseen", UNSEEN, "refused", name_refused),
        (
            "serve.url",
            {name: {"serve": {"url": url}} for name, url in URLS.items()},
            "refused",
            settings_refused,
        ),
        ("templates", TEMPLATES, "refused", template_refused),
    )
    return [
        Attack(kind, name, repr(given), right, partial(play, given))
        for kind, table, right, play in tables
        for name, given in table.items()
    ]
