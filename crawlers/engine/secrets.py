"""Secrets of the configuration: inserted when a request is sent, redacted from whatever comes back.

A source writes `secret:NAME` as a header's whole value, `Bearer secret:NAME` where the key has a scheme (for
`Basic`: LOGIN:PASSWORD), or `{secret:NAME}` in a URL; the value is the environment variable NAME, or the
content of the file that NAME_FILE names. What is stored, logged or shown has only the names. A secret that a
site transforms before echoing it (encrypted, hashed) cannot be recognised.
"""

import os
import re
from base64 import b64encode
from collections.abc import Mapping
from urllib.parse import quote, quote_plus, urlsplit

from ouidire.page import Page, Request
from ouidire.system.secrets import IN_URL, read_line, read_secret

IN_HEADER = re.compile(r"(?:([A-Za-z]{2,20}) )?secret:([A-Za-z_][A-Za-z0-9_]*)")
"""A header's value: a secret, after the scheme of its authorisation (`Bearer`, `Token`) where it has one."""


class Secrets:
    """The secrets that one run has used."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self._environment = os.environ if environment is None else environment
        self._values: dict[str, str] = {}

    def url(self, url: str) -> str:
        """Return the URL to send. Raises ConfigError when a secret is missing."""
        return IN_URL.sub(lambda match: quote(self._value(match[1]), safe=""), url)

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Return those headers that hold a secret, with its value.

        Raises ConfigError when a secret is missing.
        """
        named = ((name, IN_HEADER.fullmatch(value.strip())) for name, value in headers.items())
        return {name: self._credentials(match[1] or "", match[2]) for name, match in named if match}

    @staticmethod
    def used_by(request: Request) -> bool:
        """Return whether a request needs a secret."""
        return bool(IN_URL.search(request.url)) or any(
            IN_HEADER.fullmatch(value.strip()) for value in request.headers.values()
        )

    def redact(self, text: str) -> str:
        """Return the text with every secret used so far replaced by its name."""
        for name, value in self._values.items():
            forms = (value, quote(value, safe=""), quote_plus(value), quote(value), _encoded(value))
            for form in dict.fromkeys(forms):
                text = text.replace(form, f"{{secret:{name}}}")
        return text

    def redact_page(self, page: Page) -> Page:
        """Return the page with every secret used so far replaced by its name (address, headers, body)."""
        if not self._values:
            return page
        body = page.body
        for name, value in self._values.items():
            for form in (value, _encoded(value)):
                body = body.replace(form.encode(), f"{{secret:{name}}}".encode())
        headers = {name: self.redact(value) for name, value in page.headers.items()}
        return page.with_body(body).model_copy(update={"url": self.redact(page.url), "headers": headers})

    def value(self, name: str) -> str:
        """Return the secret of this name. Raises ConfigError when it is missing or has several lines."""
        return self._value(name)

    def document(self, name: str) -> str:
        r"""Return a secret of several lines, such as a private key; it is never sent, so never redacted.

        `\n` written out stands for a line break. Raises ConfigError when it is missing.
        """
        text = read_secret(name, self._environment)
        return text if text.startswith("{") else text.replace("\\n", "\n")

    def remember(self, name: str, value: str) -> None:
        """Have a value that was made or fetched during the run redacted like a secret, under this name.

        Earlier values of the name are still redacted.
        """
        count = sum(known.partition("#")[0] == name for known in self._values)
        if value not in self._values.values():
            self._values[f"{name}#{count}" if count else name] = value

    def _credentials(self, scheme: str, name: str) -> str:
        """Return a header's value: the secret after its scheme; LOGIN:PASSWORD in Base64 for `Basic`."""
        value = self._value(name)
        if scheme == "Basic" and ":" in value:
            value = _encoded(value)
        return f"{scheme} {value}".strip()

    def _value(self, name: str) -> str:
        if name not in self._values:
            self._values[name] = read_line(name, self._environment)
        return self._values[name]


def _encoded(value: str) -> str:
    return b64encode(value.encode()).decode()


def public_address(url: str) -> str:
    """Return a URL as logs and reasons may show it: scheme, host, port and path only.

    Of a file: address only the file's name is left.
    """
    try:
        parts = urlsplit(url)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an address that is no URL"
    if parts.scheme == "file":
        return f"file:{parts.path.rpartition('/')[2]}"
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
