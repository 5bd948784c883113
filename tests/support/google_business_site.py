"""A local imitation of Google Business Profile: tokens, accounts, locations and reviews, paged by tokens."""

from tests.support.api_site import Answer, ApiSite

STARS = ("ONE", "TWO", "THREE", "FOUR", "FIVE")


def review(number, *, stars=5, comment="Accueil charmant.", day=None, updated=None, **more):
    """A review as the API gives it; `comment=None` is one that has stars alone."""
    created = f"2026-10-{day or number:02d}T09:30:00.123456Z"
    found = {
        "reviewId": f"AbC-{number}",
        "reviewer": {"displayName": f"Maud {number}", "profilePhotoUrl": "https://photos.example/maud.jpg"},
        "starRating": STARS[stars - 1],
        "createTime": created,
        "updateTime": updated or created,
    }
    return found | ({} if comment is None else {"comment": comment}) | more


class GoogleBusiness(ApiSite):
    """One owner: `places` has, by location id, its title and its reviews; what goes wrong is an attribute.

    `expires_after` is how many answers a token is good for, `page` how many reviews are given at once,
    `loops` makes a page token repeat, `refusals` has answers for locations, `wrong` one for every call,
    `consent` one for the call for a token.
    """

    def __init__(self, places=None):
        super().__init__(self.respond)
        self.places = places if places is not None else {}
        self.page, self.expires_after, self.loops = 50, 10**9, False
        self.refusals, self.wrong, self.consent = {}, None, None
        self.tokens = self.used = 0
        self.codes = {}

    def respond(self, asked):
        if asked.path == "/token":
            return self.token()
        self.used += 1
        if (
            asked.headers.get("authorization") != f"Bearer ya29.jeton-{self.tokens}"
            or self.used > self.expires_after
        ):
            error = {"code": 401, "message": "Request had invalid credentials.", "status": "UNAUTHENTICATED"}
            return Answer({"error": error}, 401)
        if self.wrong is not None:
            return self.wrong
        parts = asked.path.strip("/").split("/")
        if parts[-1] == "accounts":
            return Answer({"accounts": [{"name": "accounts/1", "accountName": "Pousse & Cie"}]})
        if parts[-1] == "locations":
            assert asked.query["readMask"]
            return self.paged("locations", [self.location(each) for each in self.places], asked, size=100)
        return self.reviews(parts[-2], asked)

    def token(self):
        if self.consent is not None:
            return self.consent
        self.tokens, self.used = self.tokens + 1, 0
        return Answer(
            {"access_token": f"ya29.jeton-{self.tokens}", "expires_in": 3599, "token_type": "Bearer"}
        )

    def location(self, name):
        code = self.codes.get(name)
        return {
            "name": f"locations/{name}",
            "title": self.places[name][0],
            "metadata": {"mapsUri": f"https://maps.google.com/maps?cid={name}"},
        } | ({"storeCode": code} if code else {})

    def reviews(self, name, asked):
        if name in self.refusals:
            return self.refusals[name]
        listed = sorted(self.places[name][1], key=lambda each: each.get("updateTime", ""), reverse=True)
        answer = self.paged("reviews", listed, asked, size=min(self.page, int(asked.query["pageSize"])))
        if listed:
            stars = [
                STARS.index(each["starRating"]) + 1 for each in listed if each.get("starRating") in STARS
            ]
            answer.body["averageRating"] = round(sum(stars) / len(stars), 1) if stars else 0
            answer.body["totalReviewCount"] = len(listed)
        return answer

    def paged(self, key, listed, asked, *, size):
        start = int(asked.query.get("pageToken", "t0")[1:])
        shown = listed[start : start + size]
        found = {key: shown} if shown else {}  # Google leaves empty lists out
        if start + size < len(listed):
            found["nextPageToken"] = "t0" if self.loops and start else f"t{start + size}"
        return Answer(found)
