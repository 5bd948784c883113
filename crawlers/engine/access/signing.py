"""Signed JSON Web Tokens (RFC 7515, RFC 7519), by the cryptography package.

It cannot see whether the service knows the key; only the two algorithms that our services ask for are made.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from typing import Literal

from ouidire.errors import ConfigError

P256_BYTES = 32
"""Length of each half of an ES256 signature (RFC 7518, 3.4)."""


def sign(
    claims: Mapping[str, object],
    *,
    header: Mapping[str, str],
    algorithm: Literal["ES256", "RS256"],
    pem: str,
    what: str,
) -> str:
    """Return a signed token. Raises ConfigError, naming `what`, for a key that is none of the algorithm's."""
    signed = f"{_encoded({'alg': algorithm, 'typ': 'JWT', **header})}.{_encoded(claims)}"
    return f"{signed}.{_base64(_signature(signed.encode(), algorithm, pem, what))}"


def _signature(data: bytes, algorithm: str, pem: str, what: str) -> bytes:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    wanted = "an elliptic-curve key (P-256)" if algorithm == "ES256" else "an RSA key"
    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        advice = "give the whole file, from -----BEGIN to the end of its last line"
        raise ConfigError([f"{what}: no private key in PEM form without a password; {advice}"]) from error
    if algorithm == "ES256" and isinstance(key, ec.EllipticCurvePrivateKey) and key.key_size == 256:  # noqa: PLR2004
        first, second = decode_dss_signature(key.sign(data, ec.ECDSA(SHA256())))
        return first.to_bytes(P256_BYTES) + second.to_bytes(P256_BYTES)
    if algorithm == "RS256" and isinstance(key, rsa.RSAPrivateKey):
        return key.sign(data, padding.PKCS1v15(), SHA256())
    raise ConfigError([f"{what}: the private key is not {wanted}"])


def _encoded(part: Mapping[str, object]) -> str:
    return _base64(json.dumps(part, separators=(",", ":")).encode())


def _base64(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
