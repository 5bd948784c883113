"""Addresses that lead inside, written so that one parser reads a public host and another a private one."""

from functools import partial
from ipaddress import ip_address
from urllib.parse import urlsplit

from ouidire.system.guard import AddressRefused, Guard, plain_host
from tests.attacks.attack import Attack, refused_by

REFUSED = {
    "loopback": "http://127.0.0.1/",
    "loopback, another of its net": "http://127.255.255.254/",
    "this host": "http://0.0.0.0/",
    "one number": "http://2130706433/",
    "two parts": "http://127.1/",
    "three parts": "http://127.0.1/",
    "hexadecimal": "http://0x7f000001/",
    "hexadecimal parts": "http://0x7f.0.0x0.1/",
    "octal": "http://0177.0.0.1/",
    "octal number": "http://017700000001/",
    "zero": "http://0/",
    "full-width digits": "http://１２７.０.０.１/",
    "circled digits": "http://①②⑦.⓪.⓪.①/",
    "ideographic dots": "http://127。0。0。1/",
    "half-width dots": "http://127｡0｡0｡1/",
    "trailing dot": "http://127.0.0.1./",
    "userinfo before": "http://avis.example@127.0.0.1/",
    "userinfo and password": "http://avis.example:80@127.0.0.1/",
    "two at signs": "http://a@8.8.8.8@127.0.0.1/",
    "backslash before at": "http://8.8.8.8\\@127.0.0.1/",
    "backslash after": "http://127.0.0.1\\.avis.example/",
    "backslashes for slashes": "http:\\\\127.0.0.1/",
    "fragment and at": "http://127.0.0.1#@8.8.8.8/",
    "query and at": "http://127.0.0.1?@8.8.8.8/",
    "tab in the host": "http://127.0.\t0.1/",
    "newline in the host": "http://127.0.0\n.1/",
    "newline in the path": "http://avis.example/\r\nHost: 127.0.0.1",
    "NUL in the host": "http://127.0.0.1\x00.avis.example/",
    "NUL written out": "http://127.0.0.1%00.avis.example/",
    "percent-encoded": "http://%31%32%37.0.0.1/",
    "slash written out": "http://127.0.0.1%2f.avis.example/",
    "blank in the host": "http://127.0.0.1 .avis.example/",
    "angle brackets": "http://<127.0.0.1>/",
    "a curly bracket": "http://a{b/",
    "no host": "http:///etc/passwd",
    "no scheme": "//127.0.0.1/",
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:25/",
    "data": "data:text/html,x",
    "port beyond": "http://127.0.0.1:99999/",
    "two ports": "http://127.0.0.1:80:80/",
    "carrier-grade NAT": "http://100.64.0.1/",
    "carrier-grade NAT, its end": "http://100.127.255.255/",
    "link-local": "http://169.254.0.7/",
    "cloud metadata": "http://169.254.169.254/latest/meta-data/",
    "cloud metadata, one number": "http://2852039166/",
    "Azure's wire server": "http://168.63.129.16/",
    "Oracle's metadata": "http://192.0.0.192/",
    "Alibaba's metadata": "http://100.100.100.200/",
    "private A": "http://10.1.2.3/",
    "private B": "http://172.31.255.255/",
    "private C": "http://192.168.0.1/",
    "benchmarking": "http://198.18.0.1/",
    "documentation": "http://203.0.113.7/",
    "multicast": "http://224.0.0.1/",
    "broadcast": "http://255.255.255.255/",
    "IPv6 loopback": "http://[::1]/",
    "IPv6 unspecified": "http://[::]/",
    "IPv6 mapped": "http://[::ffff:127.0.0.1]/",
    "IPv6 mapped, hexadecimal": "http://[::ffff:7f00:1]/",
    "IPv6 compatible": "http://[::127.0.0.1]/",
    "IPv6 translated (NAT64)": "http://[64:ff9b::127.0.0.1]/",
    "IPv6 translated, local prefix": "http://[64:ff9b:1::7f00:1]/",
    "IPv6 6to4": "http://[2002:7f00:1::]/",
    "IPv6 6to4 of carrier-grade NAT": "http://[2002:6440:1::]/",
    "IPv6 Teredo": "http://[2001:0:7f00:1::]/",
    "IPv6 link-local with zone": "http://[fe80::1%25eth0]/",
    "IPv6 unique local": "http://[fd00::1]/",
    "IPv6 site-local": "http://[fec0::1]/",
    "IPv6 metadata": "http://[fd00:ec2::254]/",
    "IPv6 multicast": "http://[ff02::1]/",
    "IPv6 without its bracket": "http://[::1",
}
ADMITTED = {
    "a plain site": "https://avis.example/",
    "a port and a path": "https://avis.example:8443/x?y=1#z",
    "capitals": "HTTP://AVIS.EXAMPLE/",
    "an accent": "https://é.example/",
    "punycode": "https://xn--9ca.example/",
    "an underscore": "https://a_b.example/",
    "a public address": "http://8.8.8.8/",
    "a public IPv6 address": "http://[2606:4700::1111]/",
    "a fragment with an at sign": "https://avis.example/#@127.0.0.1",
    "a path with an at sign": "https://avis.example/@marie",
    "a query with an address": "https://avis.example/?u=http://127.0.0.1/",
    "digits that are a name": "https://1.2.3.example/",
    "a named secret": "https://avis.example/{secret:FEED}/rss",
}
ANSWERS = (
    *("127.0.0.1", "10.0.0.1", "100.64.0.1", "169.254.169.254", "0.0.0.0", "::1", "::ffff:10.0.0.1"),  # noqa: S104
    *("fe80::1%eth0", "fc00::1", "64:ff9b::a9fe:a9fe", "2002:c0a8:101::", "168.63.129.16", "fd00:ec2::254"),
)
"""What a name may come to resolve to between the check and the connection."""


def checked(url):
    """Return whether the guard admits an address."""
    return refused_by(lambda: Guard().check_url(url), AddressRefused)


def connected(address):
    """Return whether a connection to what a public name resolves to would be opened."""
    admitted = Guard().may_connect("avis.example", 443, address)
    return "admitted" if admitted else "refused"


ODD = (
    *("http://8.8.8.8#@127.0.0.1/", "http://8.8.8.8?@127.0.0.1/", "http://8.8.8.8/@127.0.0.1/"),
    *("http://8.8.8.8/\\127.0.0.1", "http://moi@avis.example/", "http://a:80@avis.example/"),
    *("HTTP://AVIS.EXAMPLE:80/", "http://avis.example./", "http://avis.example//127.0.0.1/"),
    *("http://avis.example;127.0.0.1/", "http://a_b.example/", "https://é.example/", "http://avis.example:/"),
    *("http://avis.example:0080/", "http://[2606:4700::1111]:80/", "http://xn--9ca.example/"),
    *("http://avis.example/%2e%2e/", "http://ａvis.example/", "http://avis。example/", "https://ß.example/"),
)
"""Addresses that the guard may admit: whoever connects must read the same host in them."""


def host_read(url):
    """Return "same" when Scrapy and Twisted read the host that the guard judged, or the guard refuses it."""
    from scrapy import Request
    from twisted.web.client import URI

    if checked(url) == "refused":
        return "same"
    judged = plain_host(urlsplit(url).hostname or "")
    spelled = judged if judged.isascii() else judged.encode("idna").decode()
    read = URI.fromBytes(Request(url).url.encode()).host.decode()
    connected_to = read.rpartition("@")[2].strip("[]").rstrip(".").lower()
    return "same" if connected_to == spelled else f"{connected_to} for {spelled}"


def attacks():
    """Return the attacks by addresses."""
    tries = "another host for Scrapy than for us"
    return [
        *(Attack("hosts read twice", url, tries, "same", partial(host_read, url)) for url in ODD),
        *(
            Attack("addresses", name, repr(url), "refused", partial(checked, url))
            for name, url in REFUSED.items()
        ),
        *(
            Attack("honest addresses", name, url, "admitted", partial(checked, url))
            for name, url in ADMITTED.items()
        ),
        *(
            Attack(
                "answers of names",
                each,
                f"avis.example resolves to {each}",
                "refused",
                partial(connected, each),
            )
            for each in ANSWERS
        ),
        *(
            Attack(
                "answers of names",
                each,
                f"avis.example resolves to {each}",
                "admitted",
                partial(connected, each),
            )
            for each in ("93.184.216.34", "2606:4700::1111", str(ip_address("8.8.4.4")))
        ),
    ]
