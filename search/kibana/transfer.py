"""Import of saved objects into a running Kibana; stable ids are written over, so that twice is once."""

import base64
import json
import ssl
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit
from urllib.request import HTTPSHandler, ProxyHandler, Request, build_opener

from ouidire.errors import OuidireError
from search.elastic.cluster import Login

_BOUNDARY = "ouidire-3f1c7b60-saved-objects"
_UNAUTHENTICATED = frozenset({401, 403})


def import_objects(
    text: str, url: str, *, login: Login, ca_file: Path | None, space: str = "", timeout_s: float = 60.0
) -> int:
    """Import saved objects (NDJSON) into a space of Kibana and return how many there were.

    Raises OuidireError when Kibana cannot be reached, refuses us, or could not import all of them.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise OuidireError(f"{url!r} is no address of Kibana; write one like https://localhost:5601")
    where = (
        f"{url.rstrip('/')}{f'/s/{quote(space)}' if space else ''}/api/saved_objects/_import?overwrite=true"
    )
    body = (
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="ouidire.ndjson"\r\n'
        f"Content-Type: application/ndjson\r\n\r\n{text}\r\n--{_BOUNDARY}--\r\n"
    )
    headers = {
        "kbn-xsrf": "true",
        "Content-Type": f"multipart/form-data; boundary={_BOUNDARY}",
        **_proof(login),
    }
    method = "POST"
    request = Request(where, data=body.encode(), headers=headers, method=method)  # noqa: S310 (its scheme was checked)
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file is not None else None)
    try:
        with build_opener(ProxyHandler({}), HTTPSHandler(context=context)).open(
            request, timeout=timeout_s
        ) as answer:
            done: dict[str, Any] = json.load(answer)
    except HTTPError as error:
        with error:
            raise OuidireError(f"Kibana at {url} {_refusal(error)}") from error
    except (URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise OuidireError(
            f"Kibana at {url} cannot be used ({reason}): check the address, that it runs, and index.ca_file"
        ) from error
    if not done.get("success"):
        errors, first = done.get("errors", []), ""
        for each in errors[:1]:
            first = f": {each.get('type')} {each.get('title') or each.get('id')}: {each.get('error')}"
        raise OuidireError(
            f"Kibana at {url} imported {done.get('successCount', 0)} objects and refused {len(errors)}{first}"
        )
    return int(done["successCount"])


def _proof(login: Login) -> dict[str, str]:
    if login.api_key is not None:
        return {"Authorization": f"ApiKey {login.api_key}"}
    if login.user is not None and login.password is not None:
        return {
            "Authorization": "Basic " + base64.b64encode(f"{login.user}:{login.password}".encode()).decode()
        }
    return {}


def _refusal(error: HTTPError) -> str:
    if error.code in _UNAUTHENTICATED:
        return "refuses our credentials: name a user who may manage saved objects (--user, --password-env)"
    return f"refused the import ({error.code} {error.reason})"
