from ipaddress import ip_address

import pytest

from crawlers.engine.resolver import GuardedResolver
from ouidire.settings.fetch import FetchSettings
from ouidire.system.guard import AddressRefused, Guard, is_public, literal_address

PRIVATE = [
    "127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.127.255.255", "0.1.2.3", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1",
    "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1",
    "fd12:3456::1", "ff02::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1",
    "2002:7f00:1::", "2002:c0a8:101::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2001:db8::1", "100::1",
    "168.63.129.16", "192.0.0.192", "192.88.99.1", "3fff::1", "fd00:ec2::254", "::ffff:168.63.129.16",
    "64:ff9b::a83f:8110",
]  # fmt: skip
PUBLIC = [
    "93.184.216.34",
    "8.8.8.8",
    "2606:2800:220:1::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
    "2002:808:808::",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_private(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "0x7f000001", "2130706433", "017700000001", "::1", "fe80::1%eth0"]
)
def test_every_spelling_of_an_address(host):
    assert literal_address(host) is not None


@pytest.mark.parametrize("host", ["avis.example", "localhost", "1.2.3.example", ""])
def test_names_are_no_addresses(host):
    assert literal_address(host) is None


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://avis.example/", "data:text/html,x", "javascript:alert(1)",
        "//avis.example/", "avis.example", "http://", "http:///x", "http://[::1",
        "http://avis.example:99999/", "http://127.0.0.1/", "https://[::ffff:10.0.0.1]/",
        "http://user@127.0.0.1/", "http://127.0.0.1./", "gopher://avis.example/", "",
    ],
)  # fmt: skip
def test_refused_urls(url):
    with pytest.raises(AddressRefused):
        Guard().check_url(url)


@pytest.mark.parametrize(
    "url",
    ["http://avis.example/", "https://avis.example:8443/x?y#z", "HTTP://AVIS.EXAMPLE/", "http://8.8.8.8/"],
)
def test_allowed_urls(url):
    assert Guard().check_url(url) is None


def test_what_the_configuration_allows():
    guard = Guard.of(FetchSettings(allow_hosts=("Intranet", "10.0.0.1:8080")))
    assert guard.may_connect("intranet", 80, "10.9.9.9")
    assert guard.may_connect("INTRANET.", 443, "10.9.9.9")
    assert not guard.may_connect("intranet.example", 80, "10.9.9.9")
    guard.check_url("http://10.0.0.1:8080/")
    with pytest.raises(AddressRefused):
        guard.check_url("http://10.0.0.1/")


def test_the_proxy_may_be_private_but_is_no_page():
    guard = Guard.of(FetchSettings(proxy="http://10.0.0.9:3128"))
    assert guard.may_connect("10.0.0.9", 3128, "10.0.0.9")
    assert not guard.may_connect("10.0.0.9", 80, "10.0.0.9")
    with pytest.raises(AddressRefused):
        guard.check_url("http://10.0.0.9:3128/")
    for name in ("localhost", "nas.local", "db.internal", "box.home.arpa", "api.localhost"):
        with pytest.raises(AddressRefused):
            guard.check_url(f"http://{name}/")


class Rebinding:
    """A resolver that answers a public address first, then a private one, as a rebinding attack does."""

    def __init__(self):
        self.answers = [["93.184.216.34"], ["127.0.0.1"], ["10.0.0.1", "93.184.216.34"]]

    def resolveHostName(self, receiver, _name, port=0, *_):  # noqa: N802 (Twisted's name)
        from twisted.internet.address import IPv4Address

        receiver.resolutionBegan(None)
        for host in self.answers.pop(0):
            receiver.addressResolved(IPv4Address("TCP", host, port))
        receiver.resolutionComplete()
        return receiver


class Receiver:
    def __init__(self):
        self.found, self.complete = [], False

    def resolutionBegan(self, _):  # noqa: N802
        pass

    def addressResolved(self, address):  # noqa: N802
        self.found.append(address.host)

    def resolutionComplete(self):  # noqa: N802
        self.complete = True


def test_each_answer_of_a_name_is_judged():
    resolver = GuardedResolver(Rebinding(), Guard())
    seen = []
    for _ in range(3):
        receiver = Receiver()
        resolver.resolveHostName(receiver, "avis.example", 80)
        assert receiver.complete
        seen.append(receiver.found)
    assert seen == [["93.184.216.34"], [], ["93.184.216.34"]]
    assert resolver.refused == {"avis.example"}
