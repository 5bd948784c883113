"""A local imitation of the four platforms that take replies: what each review has, and what goes wrong."""

import json
import re
from urllib.parse import unquote

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.support.api_site import Answer, ApiSite

UNIT = "5f0e3c1b2a4d6e7f8a9b0c1d"
RSA_KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
NATIVE_IDS = {
    "google_business": "locations/7/AbC-1",
    "trustpilot_api": "66f0aa11bb22cc33dd44ee55",
    "play_owner": "gp:AOqp_1",
    "appstore_connect": "00000012-3456-7890-abcd-ef0123456789",
}


def pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def environment(site):
    """The secrets that the four sources name."""
    account = {
        "client_email": "robot@example.iam",
        "private_key": pem(RSA_KEY),
        "token_uri": f"{site.url}/token",
    }
    return {
        "GOOGLE_CLIENT_ID": "client-1",
        "GOOGLE_CLIENT_SECRET": "secret-of-google",
        "GOOGLE_REFRESH_TOKEN": "refresh-of-google",
        "TRUSTPILOT_API_KEY": "key-of-trustpilot",
        "TRUSTPILOT_SECRET": "secret-of-trustpilot",
        "GOOGLE_PLAY_ACCOUNT": json.dumps(account),
        "APPSTORE_KEY": pem(EC_KEY),
    }


def sources(site):
    """The four sources as a configuration has them, opted in."""
    base = {"base_url": site.url}
    params = {
        "google_business": {"account": "accounts/1", **base},
        "trustpilot_api": {
            "business_unit": UNIT,
            "secret_env": "TRUSTPILOT_SECRET",
            "reply_as": UNIT,
            **base,
        },
        "play_owner": {"package": "fr.pousse.jardin", **base},
        "appstore_connect": {
            "app_id": "1234567",
            "key_id": "ABCDEF1234",
            "issuer_id": "69a6de70-1111-47e3-e053-5b8c7c11a4d1",
            **base,
        },
    }
    return [
        {"source": slug, "brands": ["pousse"], "reply": True, "params": each} for slug, each in params.items()
    ]


class ReplySite(ApiSite):
    """What each review has under `replies`, by its id; every reply that came in, in `given`.

    `instead(asked)` may answer a reply in the place of the platform: None lets it do. `keeps` is whether a
    reply is kept all the same then. `unauthorised` counts how many calls are answered with 401 first.
    """

    def __init__(self):
        super().__init__(self.respond)
        self.replies, self.given, self.tokens = {}, [], 0
        self.instead, self.keeps, self.unauthorised, self.look_instead = None, False, 0, None

    def respond(self, asked):
        if "token" in asked.path:
            self.tokens += 1
            return Answer({"access_token": f"jeton-{self.tokens}", "expires_in": 3600})
        assert asked.headers["authorization"].startswith("Bearer ")
        if self.unauthorised:
            self.unauthorised -= 1
            return Answer({"error": {"code": 401, "message": "expired"}}, 401)
        path = unquote(asked.path)
        if asked.method == "GET":
            return self.look_instead or self.look(path)
        text, own_id, answer = self.read(path, json.loads(asked.body), asked.method)
        instead = self.instead(asked) if self.instead else None
        if instead is None or self.keeps:
            self.given.append((own_id, text))
            self.replies[own_id] = text
        return instead or answer

    def look(self, path):
        if match := re.fullmatch(r"/v4/accounts/1/(locations/7)/reviews/([\w-]+)", path):
            held = self.replies.get(f"{match[1]}/{match[2]}")
            reply = {"reviewReply": {"comment": held}} if held else {}
            return Answer({"name": path[4:], "reviewId": match[2], "starRating": "ONE", **reply})
        own_id = path.rpartition("/")[2]
        held = self.replies.get(own_id)
        if path.startswith("/v1/private/reviews/"):
            return Answer({"id": own_id, "stars": 1, "companyReply": {"text": held} if held else None})
        if "/androidpublisher/v3/applications/fr.pousse.jardin/reviews/" in path:
            said = [{"userComment": {"text": "Bof"}}]
            said += [{"developerComment": {"text": held}}] if held else []
            return Answer({"reviewId": own_id, "comments": said})
        assert path.startswith("/v1/customerReviews/")
        response = {"type": "customerReviewResponses", "attributes": {"responseBody": held}}
        review = {"data": {"type": "customerReviews", "id": own_id}}
        return Answer({**review, "included": [response]} if held else review)

    def read(self, path, body, method):
        """Return a reply's text, its review, and what the platform answers."""
        if match := re.fullmatch(r"/v4/accounts/1/(locations/7)/reviews/([\w-]+)/reply", path):
            assert method == "PUT"
            text = body["comment"]
            return (
                text,
                f"{match[1]}/{match[2]}",
                Answer({"comment": text, "updateTime": "2026-11-02T09:00:00Z"}),
            )
        assert method == "POST"
        if match := re.fullmatch(r"/v1/private/reviews/(\w+)/reply", path):
            assert body["authorBusinessUserId"] == UNIT
            return body["message"], match[1], Answer("", 201)
        if match := re.fullmatch(r"/androidpublisher/v3/applications/[\w.]+/reviews/([\w:]+):reply", path):
            text = body["replyText"]
            return text, match[1], Answer({"result": {"replyText": text}})
        assert path == "/v1/customerReviewResponses"
        data = body["data"]
        assert data["type"] == "customerReviewResponses"
        text = data["attributes"]["responseBody"]
        answer = Answer(
            {"data": {"type": data["type"], "id": "r1", "attributes": {"state": "PENDING_PUBLISH"}}}, 201
        )
        return text, data["relationships"]["review"]["data"]["id"], answer
