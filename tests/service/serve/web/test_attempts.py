"""Wrong passwords by address: they wait longer and longer, and nobody else does."""

import asyncio
from datetime import timedelta

import pytest

from service.serve.web import attempts as module
from service.serve.web.attempts import (
    FIRST_WAIT,
    FREE_TRIES,
    LONGEST_WAIT,
    WINDOW,
    Attempts,
    PasswordCheck,
    network_of,
)
from tests.service.serve.conftest import NOW, PASSWORD, quick_hash


def test_attempts_are_counted_by_address_and_forgotten():
    attempts = Attempts()
    for number in range(50):
        attempts.failed(f"10.0.0.{number}", now=NOW)
    assert attempts.wait("10.0.1.1", now=NOW) == timedelta()
    for _ in range(50):
        attempts.failed("10.0.0.1", now=NOW)
    assert attempts.wait("10.0.0.1", now=NOW) > timedelta()
    assert attempts.wait("10.0.1.1", now=NOW) == timedelta()
    assert attempts.wait("10.0.0.1", now=NOW + WINDOW) == timedelta()
    for number in range(5000):
        attempts.failed(f"host {number}", now=NOW)
    assert len(attempts._failed) <= 1024


def test_each_one_more_waits_longer_and_never_long():
    attempts, waits = Attempts(), []
    for _ in range(FREE_TRIES + 4):
        attempts.failed("10.0.0.1", now=NOW)
        waits.append(attempts.wait("10.0.0.1", now=NOW))
    assert waits[:FREE_TRIES] == [timedelta()] * FREE_TRIES
    assert waits[FREE_TRIES:] == [FIRST_WAIT, 2 * FIRST_WAIT, LONGEST_WAIT, LONGEST_WAIT]
    assert attempts.wait("10.0.0.1", now=NOW + LONGEST_WAIT) == timedelta()
    attempts.passed("10.0.0.1")
    assert attempts.wait("10.0.0.1", now=NOW) == timedelta()


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::ffff", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("somewhere", "unknown"),
        ("x" * 100_000, "unknown"),
        ("", "unknown"),
    ],
)
def test_a_network_of_ipv6_counts_as_one(host, network):
    assert network_of(host) == network


def test_tries_made_at_once_are_counted_all_the_same():
    async def storm():
        check = PasswordCheck(quick_hash(PASSWORD), lambda: NOW)
        return await asyncio.gather(*(check.check(f"wrong number {number}", "h") for number in range(20)))

    done = asyncio.run(storm())
    assert [each.wait == 0 for each in done] == [True] * (FREE_TRIES + 1) + [False] * (19 - FREE_TRIES)
    assert not any(each.right for each in done)


def test_few_patient_tries_wait_at_the_same_time(monkeypatch):
    monkeypatch.setattr(module, "PAUSE", 0.01)

    async def storm():
        check = PasswordCheck(quick_hash(PASSWORD), lambda: NOW)
        for number in range(FREE_TRIES + 1):
            await check.check(f"wrong number {number}", "h")
        tries = [check.check(f"wrong again {number}", "h", patient=True) for number in range(10)]
        return await asyncio.gather(*tries), await check.check(PASSWORD, "h", patient=True)

    done, right = asyncio.run(storm())
    assert sum(each.wait == 0 for each in done) == module.PATIENT
    assert right.right


def test_without_a_password_none_is_right():
    check = PasswordCheck(None, lambda: NOW)
    assert not asyncio.run(check.check("", "h")).right
