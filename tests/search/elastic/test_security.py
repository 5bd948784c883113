"""TLS, API keys and roles on a server with security on: our role can do its work and nothing else;
every refusal says what to do."""

import json
import time

import pytest
from elasticsearch import AuthorizationException, Elasticsearch

from ouidire.errors import IndexUnavailable
from ouidire.index import Query
from search.elastic.cluster import Cluster, Login
from search.elastic.index import ElasticIndex
from search.elastic.mappings import alias, write_alias
from service import cli
from tests.support import index_corpus
from tests.support.certificates import authority, server_certificate
from tests.support.elastic_server import Server, Unavailable

PASSWORD = "un-mot-de-passe-d-essai"  # noqa: S105 (of a server that lives as long as this test)
ADMIN = Login(user="elastic", password=PASSWORD)
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def signer():
    return authority()


@pytest.fixture(scope="module")
def server(signer):
    """Elasticsearch 8 with security and TLS on."""
    tls = {"enabled": "true", "key": "server.key", "certificate": "server.crt"}
    try:
        own = Server(
            "8",
            password=PASSWORD,
            heap="512m",
            settings={f"xpack.security.http.ssl.{key}": value for key, value in tls.items()},
        )
    except Unavailable as reason:
        pytest.skip(str(reason))
    pair = server_certificate(signer)
    own.add("server.crt", pair.certificate)
    own.add("server.key", pair.key)
    try:
        own.start()
    except Unavailable as reason:
        pytest.skip(str(reason))
    yield own
    own.stop()


@pytest.fixture
def ca_file(signer, tmp_path):
    path = tmp_path / "ca.crt"
    path.write_bytes(signer.certificate)
    return path


@pytest.fixture
def config(server, ca_file, tmp_path):
    """A configuration that names the server and a key that is not there yet."""
    path = tmp_path / "ouidire.toml"
    path.write_text(
        f'[index]\nbackend = "elasticsearch"\nurl = "{server.url}"\nca_file = "{ca_file}"\n'
        'prefix = "secured"\npatience = 20\n'
        'api_key_file = "elastic.key"\n[[brand]]\nslug = "jardivert"\nname = "Jardivert"\n'
    )
    return path


@pytest.fixture
def opened(server, ca_file, tmp_path):
    """Opens clusters and closes them: `opened(login)`."""
    made = []

    def new(login, file=ca_file, urls=None):
        made.append(Cluster(urls or (server.url,), login=login, ca_file=file, patience_s=20))
        return made[-1]

    yield new
    for each in made:
        each.close()


def test_one_command_makes_roles_and_a_key_that_work(config, opened, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ELASTIC_PASSWORD", PASSWORD)
    key_file = tmp_path / "elastic.key"
    asked = [
        "index",
        "roles",
        "--config",
        str(config),
        "--user",
        "elastic",
        "--key-file",
        str(key_file),
        "--json",
    ]
    assert cli.run(asked) == 0
    assert json.loads(capsys.readouterr().out) == {
        "writer": "secured-writer",
        "reader": "secured-reader",
        "key_file": str(key_file),
    }
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert cli.run(asked) == 1, "a key is never written over"
    assert "exists" in capsys.readouterr().err

    assert cli.run(["index", "status", "--config", str(config)]) == 0
    assert "nothing waits" in capsys.readouterr().out

    key = Login(api_key=key_file.read_text().strip())
    index = ElasticIndex(opened(key), prefix="secured", dead_letters=tmp_path / "refused.jsonl")
    index.ensure()
    assert index.upsert(index_corpus.everything(40)).refused == 0
    index.delete("mention", [("m00001", 9)])
    assert index.search(Query(text="content")).total > 0
    assert index.facet(Query(), "source")
    assert index.get("mention", "m00002") is not None
    assert index.get_many("mention", ["m00001", "m00002"]).keys() == {"m00002"}
    assert len(list(index.scan(Query(), ["id"]))) == index.status().counts["mention"]
    index.rebuild([index_corpus.mention(1)], expected={"mention": 1})
    index.ensure()
    assert index.status().counts["mention"] == 1

    own = index.cluster.client
    for forbidden in (
        lambda: own.indices.create(index="other"),
        lambda: own.search(index="private"),
        lambda: own.indices.delete(index="private"),
        lambda: own.cluster.put_settings(persistent={"search.max_buckets": 1}),
        lambda: own.indices.put_index_template(name="mine", index_patterns=["*"]),
        lambda: own.security.put_role(name="more", cluster=["all"]),
        own.security.get_user,
    ):
        with pytest.raises(AuthorizationException):
            forbidden()


def test_analysts_read_and_do_nothing_else(opened, ca_file, server, tmp_path):
    admin = opened(ADMIN)
    index = ElasticIndex(admin, prefix="secured", dead_letters=tmp_path / "refused.jsonl")
    index.ensure()
    index.upsert([index_corpus.mention(1)])
    index.delete("mention", [("m00002", 3)])
    admin.client.security.put_user(username="analyste", password=PASSWORD, roles=["secured-reader"])
    with Elasticsearch(server.url, basic_auth=("analyste", PASSWORD), ca_certs=str(ca_file)) as client:
        read, written = alias("secured", "mention"), write_alias("secured", "mention")
        assert client.count(index=read)["count"] == index.status().counts["mention"]
        assert client.indices.get_mapping(index=read)
        for forbidden in (
            lambda: client.index(index=read, document={}),
            lambda: client.delete(index=read, id="m00001"),
            lambda: client.search(index=written),
            lambda: client.indices.refresh(index=read),
        ):
            with pytest.raises(AuthorizationException):
                forbidden()


@pytest.mark.parametrize(
    ("login", "message"),
    [
        (Login(), "does not know our credentials, or they have expired"),
        (Login(user="elastic", password="faux"), "does not know our credentials"),  # noqa: S106 (a wrong one)
        (Login(api_key="bm9uOm5vbg=="), "does not know our credentials"),
    ],
)
def test_wrong_credentials(opened, login, message, tmp_path):
    index = ElasticIndex(opened(login), prefix="secured", dead_letters=tmp_path / "refused.jsonl")
    for ask in (index.ensure, lambda: index.upsert([index_corpus.mention(1)]), lambda: index.search(Query())):
        with pytest.raises(IndexUnavailable, match=message) as told:
            ask()
        assert len(str(told.value).splitlines()) == 1
    assert index.dead_letters.count() == 0


def test_an_api_key_that_expires(opened, tmp_path):
    made = opened(ADMIN).client.security.create_api_key(name="short", expiration="2s", role_descriptors={})
    index = ElasticIndex(
        opened(Login(api_key=made["encoded"])), prefix="secured", dead_letters=tmp_path / "refused.jsonl"
    )
    time.sleep(3)
    with pytest.raises(IndexUnavailable, match=r"expired: check index\.api_key_env"):
        index.status()


def test_credentials_that_may_not_write(opened, tmp_path):
    """What the server forbids is no fault of the documents: none becomes a dead letter."""
    admin = opened(ADMIN)
    ElasticIndex(admin, prefix="secured", dead_letters=tmp_path / "refused.jsonl").ensure()
    admin.client.security.put_user(username="lecteur", password=PASSWORD, roles=["secured-reader"])
    index = ElasticIndex(
        opened(Login(user="lecteur", password=PASSWORD)),
        prefix="secured",
        dead_letters=tmp_path / "refused.jsonl",
    )
    with pytest.raises(IndexUnavailable, match="`ouidire index roles`"):
        index.upsert([index_corpus.mention(1)])
    assert index.dead_letters.count() == 0


def test_a_certificate_of_somebody_else(opened, tmp_path):
    stranger = tmp_path / "stranger.crt"
    stranger.write_bytes(authority("A stranger").certificate)
    for file in (stranger, None):
        index = ElasticIndex(opened(ADMIN, file), prefix="secured", dead_letters=tmp_path / "refused.jsonl")
        begun = time.monotonic()
        with pytest.raises(
            IndexUnavailable, match=r"certificate is not one that we may trust: set index\.ca_file"
        ):
            index.upsert([index_corpus.mention(1)])
        assert time.monotonic() - begun < 15, "waiting does not make a certificate right"
    with pytest.raises(IndexUnavailable, match="is no file"):
        opened(ADMIN, tmp_path / "absent.crt")


def test_plain_http_to_a_server_that_speaks_tls(opened, server, tmp_path):
    cluster = Cluster((server.url.replace("https", "http"),), patience_s=0.5)
    index = ElasticIndex(cluster, prefix="secured", dead_letters=tmp_path / "refused.jsonl")
    with pytest.raises(IndexUnavailable, match="cannot be reached"):
        index.status()
    cluster.close()
