"""Hashes of passwords, of this version and of former ones."""

import pytest

from ouidire.errors import UsageError
from service.serve.web.passwords import hashed, is_hash, is_scrypt, verify_password
from tests.service.serve.conftest import PASSWORD, SCRYPT


def test_hashes_of_passwords():
    kept = hashed(PASSWORD)
    assert verify_password(PASSWORD, kept)
    assert not verify_password(PASSWORD + "!", kept)
    assert not verify_password("x" * 5000, kept)
    assert kept != hashed(PASSWORD)
    assert is_hash(kept)
    for wrong in (
        "",
        PASSWORD,
        "scrypt$99999999$99$1$AAAAAAAAAAAAAAAAAAAAAA==$AAAAAAAAAAAAAAAAAAAAAAAA",
        "$argon2id$v=19$m=1",
    ):
        assert not is_hash(wrong)
    with pytest.raises(UsageError, match="12 characters"):
        hashed("short")


def test_a_new_hash_is_argon2_and_two_are_never_the_same():
    assert hashed(PASSWORD).startswith("$argon2id$")
    assert not is_scrypt(hashed(PASSWORD))
    assert len(hashed(PASSWORD).splitlines()) == 1


def test_a_hash_of_a_former_version_still_verifies():
    assert is_hash(SCRYPT)
    assert is_scrypt(SCRYPT)
    assert verify_password(PASSWORD, SCRYPT)
    assert not verify_password(PASSWORD + "!", SCRYPT)
    assert not verify_password("x" * 5000, SCRYPT)


@pytest.mark.parametrize(
    "kept",
    [
        "$argon2id$v=19$m=65536,t=3,p=4$AAAA$AAAA",
        "$argon2id$v=19$m=65536,t=3,p=4$é$é",
        "$argon2x$v=19$m=65536,t=3,p=4$c2FsdHNhbHRzYWx0$AAAA",
        "scrypt$3$8$3$1Fq7+szjdKSZTGepC6LdHw==$1/wrOU5jfuN0s/UjQvo45s9nPKmr0enqctVXfUJPjto",
        "",
    ],
)
def test_what_is_no_hash_verifies_nothing(kept):
    assert not verify_password(PASSWORD, kept)


def test_a_hash_that_wants_more_memory_than_there_is_is_refused():
    assert not is_hash("$argon2id$v=19$m=4194304,t=3,p=4$c2FsdHNhbHRzYWx0$" + "A" * 43)
