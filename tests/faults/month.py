"""Five weeks of the service on a simulated clock, with faults at random, compared with what an oracle knows.

The scheduler, the state, the index, the digests and the mail server's line are the real ones; crawls read the
fault site in this process, page by page. The dice decide for each day what the site and the mail server do;
the oracle knows what was published and what could be reached.
"""

import heapq
import random
import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from ouidire.state.runs import is_held, list_runs
from service.pipeline.answers import answer
from service.pipeline.collect.crawl_source import collect
from service.pipeline.installation import Installation
from service.serve.scheduler.events import CrawlFinished
from tests.faults.lab import PARIS, READERS, Lab
from tests.faults.mail_server import DROP, MailServer, without_waits
from tests.faults.published import FIRST_MONDAY, PAGE
from tests.faults.rows.listings import company, every, html, page_number
from tests.faults.site import LISTING, Answer, FaultSite, Mangle, page_of_reviews
from tests.support.pipeline_chain import crawl
from tests.support.simulation import Simulation

WEEKS = 5
GOOD_DAYS = 0.6
"""Chance that a day goes without a fault of the site; the same for the mail server."""
MAIL_LASTS = timedelta(minutes=20)
"""How long after seven o'clock the mail server's fault of a day lasts: some passes of the service."""
KILLS = 0.15
"""Chance of a day on which the service is killed and started again some hours later."""


def _half(sound: Answer, url: str, _headers: dict[str, str]) -> Answer:
    """Leave the pager out of the second page."""
    if page_number(url) != 2:
        return sound
    return sound.but(body=re.sub(rb'<a rel="next".*?</a>', b"", sound.body))


BAD_DAYS: dict[str, Mangle] = {
    "500": every(html("<h1>Erreur</h1>", 500)),
    "403": every(html("<h1>Non</h1>", 403)),
    "dropped": every(Answer(drop=True)),
    "no bytes": every(Answer(b"")),
    "error page": every(html("<h1>Avis</h1><p>Une erreur est survenue : aucun avis n’a pu être chargé.</p>")),
    "maintenance": every(html("<h1>Site en maintenance</h1>")),
    "another company": every(company(40)),
    "a part": _half,
    "empty list": lambda _s, _u, _h: Answer(page_of_reviews([], total=0)),
}
BAD_MAIL: dict[str, dict[str, str]] = {
    "busy": {"mail": "451 4.3.0 later"},
    "sender": {"mail": "550 5.7.1 sender not allowed"},
    "dropped": {"data": DROP},
    "down": {"greeting": "421 4.3.2 going down"},
}


class ServedMonth(Simulation):
    """The simulated service, with crawls that read the fault site at the simulated moment."""

    def collect(self, installation, wanted, *, due=None, **_):
        """Run one source on the simulated clock."""
        installation.fixed_now = self.now
        run = collect(installation, wanted, due=due)
        self.crawled.append((run.status, self.now))
        return run

    def crawl(self, key, work):
        """Do the crawl now; its end is known some minutes later."""
        run = work(lambda: False)
        heapq.heappush(self.events, (self.now + self.lasting, next(self.order), CrawlFinished(key, run)))


@dataclass
class Month:
    """What a month came to: what is wrong, in words, and how each day went."""

    wrong: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)


def play_month(folder: Path, seed: int, monkeypatch, *, weeks: int = WEEKS) -> Month:
    """Play so many weeks with the dice of a seed, and return what was wrong."""
    dice = random.Random(seed)
    month = Month()
    monkeypatch.setattr("crawlers.spawn.run_job", crawl)
    with FaultSite() as site, MailServer() as post, without_waits():
        lab = Lab(folder, site, post)
        simulation = ServedMonth(
            folder, _configuration(lab), start=_at(FIRST_MONDAY, 1), monkeypatch=monkeypatch
        )
        good_on: set[date] = set()
        try:
            simulation.start()
            for number in range(7 * weeks + 2):
                today = FIRST_MONDAY + timedelta(days=number)
                is_end = number >= 7 * weeks
                _set_day(site, post, dice, today, month, calm=is_end)
                if not is_end and dice.random() < KILLS:
                    simulation.until(_at(today, dice.randrange(2, 20)))
                    simulation.kill()
                    simulation.until(simulation.now + timedelta(hours=dice.randrange(1, 6)))
                    simulation.start()
                simulation.until(max(simulation.now, _at(today, 7) + MAIL_LASTS))
                post.mended()
                simulation.until(_at(today + timedelta(days=1), 0))
                if site.mangle is None:
                    good_on.add(today)
                    _answer(simulation.installation, month)
            month.wrong += _wrong_digests(post, good_on, weeks)
            month.wrong += _wrong_index(simulation.installation, site)
        finally:
            if simulation.loop is not None:
                simulation.kill()
    return month


def _answer(installation: Installation, month: Month) -> None:
    """Accept what was held as a whole, as an operator who looks at the page on a day on which it is right.

    The first page that was ever read may have been another's.
    """
    with installation.state.read() as connection:
        last = next(iter(list_runs(connection, kind="collect", limit=1)), None)
    if last is not None and is_held(last):
        answer(installation, last.id, accept=True)
        month.days.append(f"accepted {last.id}")


def _configuration(lab: Lab) -> dict[str, object]:
    return {
        "timezone": "Europe/Paris",
        "brand": [{"slug": "temoin", "name": "Fleurs Témoin", "domains": ["fleurs.example"]}],
        "source": [
            {
                "source": "schema_org",
                "brands": ["temoin"],
                "cron": "30 5 * * *",
                "full_every": "1d",
                "params": {"url": LISTING, "expect": "reviews"},
            }
        ],
        "fetch": {"proxy": lab.site.url, "delay": 0, "parallel": 1},
        "smtp": {"host": "127.0.0.1", "port": lab.post.port, "security": "none", "timeout": 60},
        "digest": {"sender": "Ouï-dire <ouidire@fleurs.example>", "start": date(2020, 1, 1)},
        "recipient": [{"address": each} for each in READERS],
    }


def _at(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=PARIS).astimezone(UTC)


def _set_day(
    site: FaultSite, post: MailServer, dice: random.Random, today: date, month: Month, *, calm: bool
) -> None:
    """Let the dice decide what the site and the mail server do on a day; a calm one goes well."""
    site.today = today
    site.mended()
    post.mended()
    words = []
    if not calm and dice.random() > GOOD_DAYS:
        name = dice.choice(sorted(BAD_DAYS))
        site.mangle = BAD_DAYS[name]
        words.append(f"site: {name}")
    if not calm and dice.random() > GOOD_DAYS:
        name = dice.choice(sorted(BAD_MAIL))
        post.script = dict(BAD_MAIL[name])
        words.append(f"mail: {name}")
    month.days.append(f"{today:%a %d %b} {', '.join(words) or 'well'}")


def _wrong_digests(post: MailServer, good_on: set[date], weeks: int) -> list[str]:
    """Compare each digest with what was published, and what could be reached when it was made."""
    wrong: list[str] = []
    twice = [f"{to}: {subject}" for (to, subject), count in post.received().items() if count > 1]
    wrong += [f"sent twice: {each}" for each in twice]
    for to in READERS:
        texts = [
            " ".join(f"{each.subject} {each.text}".split())
            for each in post.taken
            if each.to == to and each.accepted
        ]
        for text in texts:
            wrong += [f"{to}: {each}" for each in _wrong_digest(text, good_on)]
        if not texts:
            wrong.append(f"{to} got nothing in {weeks} weeks")
    return wrong


def _wrong_digest(text: str, good_on: set[date]) -> list[str]:
    made = re.search(r"Ouï-dire, \w+ (\d+)(?:er)? (\w+)", text)
    months = {"février": 2, "mars": 3, "avril": 4}
    if made is None or made[2] not in months:
        return [f"a digest without its date: {text[-200:]}"]
    on = date(2026, months[made[2]], int(made[1]))
    sunday = on - timedelta(days=on.weekday() + 1)
    monday = sunday - timedelta(days=6)
    if monday < FIRST_MONDAY:  # nothing was published yet, and the site said so
        return []
    seen = [day for day in good_on if monday < day <= on]
    told = re.findall(r"\d+ (?:févr|mars|avr)\.? : (\d+) mentions", text)
    count = int(told[-1]) if told else 0
    wrong = []
    if not seen and re.search(r"Rien ne manque|silence est réel", text):
        wrong.append(f"week of {monday}: nothing could be seen, and the digest says that nothing is missing")
    if re.search("silence est réel", text):
        wrong.append(f"week of {monday}: ten were published, and silence is told")
    if re.search(r"retirés? de leur site", text):
        wrong.append(f"week of {monday}: nothing was withdrawn, and withdrawals are told")
    if "Rien ne manque" in text and count < PAGE and max(seen, default=monday) <= sunday - timedelta(days=1):
        wrong.append(
            f"week of {monday}: {count} of 10, last seen {max(seen)}, and nothing is said to be missing"
        )
    return wrong


def _wrong_index(installation: Installation, site: FaultSite) -> list[str]:
    from ouidire.index import Query

    held = Counter(
        row["text"]
        for row in installation.index.scan(Query(), ["text", "presence"])
        if row["presence"] == "present"
    )
    honest = {each.text for each in site.published(site.today)}
    wrong = [f"{len(honest - set(held))} lost in the end"] if honest - set(held) else []
    wrong += [f"{len(set(held) - honest)} foreign in the end"] if set(held) - honest else []
    return wrong + [f"doubled: {text[:40]}" for text, count in held.items() if count > 1]
