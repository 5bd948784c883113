"""Plays one fault on a copy of a sound installation, takes it away, and compares all that came of it."""

import re
import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.faults.fault import UNTRUE, Fault, Start
from tests.faults.lab import READERS, Lab, Said
from tests.faults.mail_server import MailServer, without_waits
from tests.faults.site import FaultSite

KNOWN = 4
"""Weeks that an installation knows before the fault; the week after them is the one that is told of."""
WEEK = "du lundi 2 au dimanche 8 mars 2026"
WINDOWS = frozenset({"feed", "atom", "window", "mastodon", "bluesky"})
"""Sources that show their latest alone."""
NAMING = frozenset({"feed", "atom", "mastodon", "bluesky"})
"""Sources of articles and posts, each of which names the brand."""
PAST = ("2 févr.", "9 févr.", "16 févr.", "23 févr.")
"""The weeks told before, as a digest's series names them; each had ten mentions."""


class Verdict(NamedTuple):
    """What became of one fault: what is wrong (nothing where it held), and what was read."""

    name: str
    kind: str
    wrong: tuple[str, ...]
    log: str

    @property
    def held(self) -> bool:
        """Whether the outcome was the right one."""
        return not self.wrong


class Bases:
    """Sound installations to start from, each made once in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self, source: str, start: Start) -> Path:
        """Return the folder of a base, playing it where it is not there yet."""
        made = self.folder / f"{source}-{start}"
        if made.exists():
            return made
        with FaultSite() as site, MailServer() as post:
            part = self.folder / f".{source}-{start}"
            shutil.rmtree(part, ignore_errors=True)
            lab = Lab(part, site, post, (source,))
            if start == "due":
                part.mkdir(parents=True)
                for week in range(1, KNOWN + 1):
                    lab.publish(week)
                    lab.write()
                    _sound(lab.run())
            else:
                lab = _copy(self.make(source, "due"), part, site, post, source)
                lab.publish(KNOWN + 1)
                _sound(lab.ouidire("collect", now=lab.now.replace(hour=6)))
        part.rename(made)
        return made


def _sound(said: Said) -> None:
    if said.code or "ouidire:" in said.err:
        raise AssertionError(f"the base is not sound: {said.all}")


def _copy(base: Path, folder: Path, site: FaultSite, post: MailServer, source: str, **more: str) -> Lab:
    shutil.copytree(base, folder, symlinks=True)
    lab = Lab(folder, site, post, (source,), more.get("fetch", "timeout = 20"), more.get("more", ""))
    lab.write()
    return lab


def play(fault: Fault, bases: Bases, folder: Path) -> Verdict:
    """Play a fault in a new folder and return what became of it."""
    base = bases.make(fault.source, fault.start)
    with FaultSite() as site, MailServer() as post, without_waits():
        lab = _copy(base, folder, site, post, fault.source, fetch=fault.fetch, more=fault.more)
        lab.publish(KNOWN + 1)
        fault.breaks(lab)
        lab.said.clear()
        if fault.passes is None:
            lab.run()
        else:
            fault.passes(lab)
        wrong = _wrong_now(fault, lab)
        if fault.judge is not None:
            wrong += fault.judge(lab)
        broken = "\n".join(each.all for each in lab.said)
        wrong += _wrong_later(fault, lab)
        log = "\n".join((broken, "-- mended --", *(each.all for each in lab.said[1:]), *lab.digests()))
    return Verdict(fault.name, fault.kind, tuple(wrong), log)


def _wrong_now(fault: Fault, lab: Lab) -> list[str]:
    right, said = fault.right, lab.said[-1]
    shown = "\n".join(each.all for each in lab.said)
    wrong = [] if said.code in right.codes else [f"exit code {said.code}, not {right.codes}"]
    wrong += [f"the operator does not read {each!r}" for each in right.shows if not _found(each, shown)]
    wrong += [
        f"the operator reads {each!r}"
        for each in (*right.hides, "Traceback", "fault of Ouï-dire's own", "faute de Ouï-dire")
        if _found(each, shown)
    ]
    for to in READERS:
        count = sum(WEEK in text for text in lab.digests(to))
        wrong += [] if count in right.now else [f"{count} digests to {to}, not {right.now}"]
    for text in lab.digests()[:1]:
        wrong += [f"the digest does not say {each!r}" for each in right.tells if not _found(each, text)]
        wrong += [f"the digest says {each!r}" for each in (*right.never,) if _found(each, text)]
        wrong += _rewritten(text)
    return wrong


def _rewritten(text: str) -> list[str]:
    """Return the weeks told before whose count is another now, without a mark."""
    counts = dict(re.findall(r"(\d+ (?:févr|mars)\.?) : (\d+) mentions", " ".join(text.split())))
    return [f"{week} has {counts[week]} mentions" for week in PAST if counts.get(week, "10") != "10"]


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, " ".join(text.split())) is not None


def _wrong_later(fault: Fault, lab: Lab) -> list[str]:
    """Mend everything, play the next Monday, and look for what is lost, doubled, foreign or changed."""
    lab.site.mended()
    lab.post.mended()
    fault.mends(lab)
    before = len(lab.post.taken)
    last = lab.said[-1]
    if fault.start == "collected" or not any(WEEK in text for text in lab.digests()):
        last = lab.run(days=1)
    if fault.start == "due":
        lab.publish(KNOWN + 2)
        last = lab.run(days=2)  # what was tried again on Tuesday is due again by then
    wrong = (
        []
        if last.code in fault.right.later
        else [f"mended, a pass ends with {last.code}: {' '.join(last.all.split())[-300:]}"]
    )
    for to in READERS:
        count = sum(WEEK in text for text in lab.digests(to))
        wrong += [] if count in fault.right.mails else [f"in the end {count} digests to {to}"]
    twice = [key for key, count in lab.post.received().items() if count > 1]
    wrong += [f"sent twice: {to}, {subject}" for to, subject in twice]
    for taken in lab.post.taken[before:]:
        wrong += [f"mended, a digest says {each!r}" for each in UNTRUE if _found(each, taken.text)]
        wrong += _rewritten(taken.text)
    return wrong + _wrong_kept(fault, lab)


def _wrong_kept(fault: Fault, lab: Lab) -> list[str]:
    held = Counter(str(each["text"]) for each in lab.mentions() if each.get("presence") == "present")
    honest = {_text(fault.source, each.text) for each in lab.site.published(lab.site.today)}
    if fault.source in WINDOWS:  # they show their latest alone: what was never seen is not lost
        honest = {text for text in honest if text in held}
    lost = honest - set(held)
    twice = [text for text, count in held.items() if text and count > 1]
    foreign = set(held) - honest
    wrong = [] if held else ["nothing is kept at all"]
    wrong += [f"{len(lost)} lost, such as {min(lost)[:40]!r}"] if len(lost) > fault.right.lost else []
    wrong += [f"{len(twice)} doubled, such as {twice[0][:40]!r}"] if twice else []
    if len(foreign) > fault.right.foreign:
        wrong.append(f"{len(foreign)} foreign, such as {min(foreign)[:40]!r}")
    return wrong


def _text(source: str, text: str) -> str:
    return f"Fleurs Témoin. {text}" if source in NAMING else text


def query(path: Path, sql: str) -> None:
    """Change a SQLite file by hand."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(sql)
