"""Connections that are never finished, by real sockets: they cost their own time, and nobody else's."""

import socket
import time
from contextlib import ExitStack

import pytest

from tests.attacks.rows.service import LONG, MANY, ONE, POST, SHORT, SOON, UNFINISHED, connected, ended, site
from tests.service.serve.conftest import Browser


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=list(UNFINISHED))
def test_what_is_never_finished_is_closed_in_time(installation, sent):
    with site(installation, SHORT) as served, ExitStack() as stack:
        connection = connected(stack, served.address)
        if sent:
            connection.sendall(sent)
        answer = ended(connection)
    assert answer == b"" or answer.split(b"\r\n\r\n")[-2].endswith(b"content-length: 0")


@pytest.mark.parametrize("first", [b"GET / HTTP/1.1\r\nHost: h\r\nX: ", UNFINISHED["a body without its end"]])
def test_a_byte_now_and_then_gains_no_time(installation, first):
    """The time is for the whole head or body, and does not begin anew with each byte."""
    with site(installation, SHORT) as served, ExitStack() as stack:
        connection = connected(stack, served.address)
        connection.sendall(first)
        since, closed = time.monotonic(), False
        while not closed and time.monotonic() - since < SOON:
            try:
                connection.send(b"a")
            except OSError:  # a reset or a broken pipe
                closed = True
            time.sleep(0.05)
        assert closed


def test_a_second_request_of_a_line_has_a_limit_too(installation):
    whole = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    with site(installation, SHORT) as served, ExitStack() as stack:
        connection = connected(stack, served.address)
        connection.sendall(whole + b"GET / HTTP/1.1\r\nX: ")
        assert b"200 OK" in ended(connection)


def test_an_answer_that_nobody_reads_is_given_up(installation, monkeypatch):
    huge = "a" * 40_000_000
    with site(installation, SHORT) as served, ExitStack() as stack:
        monkeypatch.setattr(served.metrics, "text", lambda: huge)
        host, port = served.address.removeprefix("http://").split(":")
        connection = stack.enter_context(socket.socket())
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.settimeout(SOON)
        connection.connect((host, int(port)))
        connection.sendall(b"GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        time.sleep(1.5)
        assert len(ended(connection)) < len(huge)


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=list(UNFINISHED))
@pytest.mark.parametrize("sources", [ONE, MANY])
def test_three_hundred_unfinished_requests_keep_nobody_out(installation, sent, sources):
    with site(installation, LONG) as served, ExitStack() as stack:
        for number in range(300):
            connection = connected(stack, served.address, sources[number % len(sources)])
            if sent:
                connection.sendall(sent)
        browser = Browser(served.address)
        assert browser.ask("/healthz")[0] == 200
        assert browser.ask("/")[0] == 200
        assert browser.ask("/connexion", {"password": "x"})[0] in (403, 404)


def test_a_body_larger_than_any_form_is_refused(installation):
    with site(installation, LONG) as served, ExitStack() as stack:
        connection = connected(stack, served.address)
        connection.sendall(POST + b"Content-Length: 999999\r\n\r\n" + b"a" * 70_000)
        assert b" 413 " in ended(connection)
        assert Browser(served.address).ask("/healthz")[0] == 200
