"""Faults of feeds, surveys, clocks, configurations and disks."""

import os
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from tests.faults.fault import FALSE, UNTRUE, Fault, Right
from tests.faults.lab import Lab
from tests.faults.published import Review, published
from tests.faults.rows.listings import breaking, every, html, on_all, silently, truncated
from tests.faults.site import Answer, rss, survey

XML = {"Content-Type": "application/rss+xml; charset=utf-8"}
BLIND = Right(never=FALSE)
SOUND = Right(codes=(0,), never=("n’a pas pu",), now=(1,))
NOT_WHOLE = Right(never=("Rien ne manque", "silence est réel", "retirés? de leur site"))


def changed(pattern: str, new: str, *, count: int = 0) -> Callable[[Answer], Answer]:
    """Replace words of a feed."""
    return lambda sound: sound.but(
        body=re.sub(pattern, new, sound.body.decode(), count=count, flags=re.DOTALL).encode()
    )


def feed_of(listed: list[Review]) -> Answer:
    """Return a feed of some articles."""
    return Answer(rss(listed), headers=XML)


def _cut(sound: Answer) -> Answer:
    return silently(sound, 0.5)


FEEDS: tuple[tuple[str, Callable[[Lab], None], Right], ...] = (
    ("feed_500", breaking(every(html("<h1>Erreur</h1>", 500))), BLIND),
    ("feed_dropped", breaking(every(Answer(drop=True))), BLIND),
    ("feed_empty", breaking(every(Answer(b"", headers=XML))), BLIND),
    ("feed_is_a_page", breaking(every(html("<h1>Le Journal</h1><p>Une page.</p>"))), BLIND),
    ("feed_cut_silently", breaking(on_all(_cut)), NOT_WHOLE),
    ("feed_cut_declared", breaking(on_all(truncated)), NOT_WHOLE),
    ("feed_unasked_304", breaking(every(Answer(status=304))), BLIND),
    ("feed_not_xml", breaking(every(Answer(b"<rss><channel><item></rss", headers=XML))), BLIND),
    (
        "feed_moved_to_a_page",
        breaking(
            lambda _s, u, _h: (
                Answer(status=301, headers={"Location": "http://autre.example/"})
                if "feed" in u
                else html("<h1>Autre</h1>")
            )
        ),
        BLIND,
    ),
    (
        "feed_without_texts",
        breaking(on_all(changed(r"<description>(?!Récits).*?</description>", "<description/>"))),
        replace(NOT_WHOLE, foreign=1),  # what left the feed meanwhile keeps its title alone
    ),
    ("feed_login", breaking(every(html('<form><input type="password"></form>'))), BLIND),
)
FEED_CONTROLS = (
    Fault("feed_sound", "control", "nothing at all", lambda _: None, SOUND, source="feed"),
    Fault(
        "feed_other_order",
        "control",
        "oldest first",
        breaking(lambda _s, _u, _h: feed_of(published(on_monday())[:12][::-1])),
        SOUND,
        source="feed",
    ),
)


def on_monday():
    """Return the Monday of the week that is told of."""
    from datetime import date

    return date(2026, 3, 9)


def answers(change: Callable[[str], str | bytes | None]) -> Callable[[Lab], None]:
    """Change the survey's file; None removes it."""

    def breaks(lab: Lab) -> None:
        path = lab.folder / "answers.csv"
        made = change(path.read_text())
        if made is None:
            path.unlink()
        elif isinstance(made, bytes):
            path.write_bytes(made)
        else:
            path.write_text(made)

    return breaks


def lines(change: Callable[[list[str]], list[str]]) -> Callable[[Lab], None]:
    """Change the lines of the survey's file, its heading among them."""
    return answers(lambda text: "\n".join(change(text.splitlines())) + "\n")


def _scores(change: Callable[[int], object]) -> Callable[[Lab], None]:
    return answers(
        lambda text: re.sub(r"10:00;(\d+);", lambda found: f"10:00;{change(int(found[1]))};", text)
    )


def _unreadable(lab: Lab) -> None:
    (lab.folder / "answers.csv").unlink()
    (lab.folder / "answers.csv").mkdir()


def _readable(lab: Lab) -> None:
    path = lab.folder / "answers.csv"
    if path.is_dir():
        path.rmdir()


def _elsewhere() -> list[Review]:
    """Return another company's answers, of the same weeks."""
    return [
        each._replace(text=f"Plomberie Dupont : chauffe-eau n° {each.number}, joint changé.")
        for each in published(on_monday())
    ]


def _in_the_middle(text: str) -> str:
    whole = text.splitlines()
    return "\n".join(whole[:30]) + "\n" + whole[30][: len(whole[30]) // 2]


SURVEYS: tuple[tuple[str, Callable[[Lab], None], Right], ...] = (
    ("survey_gone", answers(lambda _: None), Right(shows=("answers.csv",))),
    ("survey_empty", answers(lambda _: ""), BLIND),
    ("survey_heading_alone", lines(lambda rows: rows[:1]), BLIND),
    (
        "survey_binary",
        answers(lambda _: bytes(range(256)) * 50),
        Right(hides=(r"\\x0[1-8]", "\x01", "\x02", "�{3}")),
    ),
    ("survey_cut_in_a_row", answers(_in_the_middle), NOT_WHOLE),
    ("survey_half", lines(lambda rows: rows[: len(rows) // 2]), NOT_WHOLE),
    (
        "survey_newest_missing",
        lines(lambda rows: rows[:-10]),
        Right(codes=(0, 1, 3), never=("retirés? de leur site",)),
    ),
    (
        "survey_scores_times_ten",
        _scores(lambda score: score * 10),
        Right(never=("retirés? de leur site", "modifiés")),
    ),
    (
        "survey_of_another",
        answers(lambda _: survey([each._replace(number=each.number + 9000) for each in _elsewhere()])),
        BLIND,
    ),
    (
        "survey_all_dated_yesterday",
        answers(lambda text: re.sub(r"(?m)^\d\d/\d\d/2026", "08/03/2026", text)),
        Right(codes=(0, 1, 3), later=(0, 3), never=("retirés? de leur site", "jour qui se détache")),
    ),
    (
        "survey_texts_gone",
        answers(lambda text: re.sub(r'"[^"]*"', '""', text)),
        Right(codes=(0, 1, 3), never=("retirés? de leur site", "modifiés")),
    ),
    ("survey_scores_gone", _scores(lambda _: ""), Right(never=("retirés? de leur site", "modifiés"))),
    ("survey_scores_words", _scores(lambda _: "bien"), Right(never=("retirés? de leur site", "modifiés"))),
    ("survey_column_renamed", answers(lambda text: text.replace("Note", "Colonne 7", 1)), BLIND),
    ("survey_is_html", answers(lambda _: "<html><body>Session expirée</body></html>"), BLIND),
    ("survey_is_a_folder", _unreadable, BLIND),
    ("survey_is_a_zip", answers(lambda _: b"PK\x03\x04" + bytes(500)), BLIND),
    (
        "survey_utf16_cut",
        answers(lambda text: text.encode("utf-16")[:-3]),
        Right(codes=(0, 1, 3), never=("retirés? de leur site",)),
    ),
)
SURVEY_CONTROLS = (
    Fault("survey_sound", "control", "nothing at all", lambda _: None, SOUND, source="survey"),
    Fault(
        "survey_latin_1",
        "control",
        "in another encoding",
        answers(lambda text: text.encode("cp1252")),
        SOUND,
        source="survey",
    ),
    Fault(
        "survey_commas",
        "control",
        "commas in the place of semicolons",
        answers(lambda _: survey(published(on_monday()), separator=",")),
        SOUND,
        source="survey",
    ),
    Fault(
        "survey_other_order",
        "control",
        "oldest last",
        lines(lambda rows: rows[:1] + rows[:0:-1]),
        SOUND,
        source="survey",
    ),
    Fault(
        "survey_rows_twice",
        "control",
        "every row twice",
        lines(lambda rows: rows + rows[1:]),
        Right(codes=(0, 1, 3), never=UNTRUE),
        source="survey",
    ),
    Fault(
        "survey_crlf",
        "control",
        "line ends of Windows, and a byte order mark",
        answers(lambda text: ("\ufeff" + text.replace("\n", "\r\n")).encode()),
        SOUND,
        source="survey",
    ),
)


def _nothing_collected(lab: Lab) -> None:
    lab.ouidire("report", "send", "--period", "2026-W10", now=lab.now)


def _two_weeks(lab: Lab) -> None:
    path = lab.folder / "ouidire.toml"
    path.write_text(path.read_text().replace('every = "1w"', 'every = "3w"'))


def _clock_ahead(lab: Lab) -> None:
    lab.ouidire("run", now=lab.now.replace(year=2031))
    lab.post.taken.clear()


def _configured(old: str, new: str) -> Callable[[Lab], None]:
    def breaks(lab: Lab) -> None:
        path = lab.folder / "ouidire.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return breaks


def _twice(lab: Lab) -> None:
    lab.run()
    lab.run()


def _run_and(*arguments: str) -> Callable[[Lab], None]:
    def passes(lab: Lab) -> None:
        lab.run()
        lab.ouidire(*arguments)

    return passes


def _placed(lab: Lab) -> None:
    """Give the source a place, read a week with it, and call it otherwise."""
    path = lab.folder / "ouidire.toml"
    text = path.read_text()
    for place in ("Lille", "Lille centre"):
        path.write_text(text.replace('every = "1w"', f'every = "1w"\nplace = "{place}"', 1))
        if place == "Lille":
            lab.ouidire("collect", now=lab.now - timedelta(hours=2))


def _is_of_one_place(lab: Lab) -> list[str]:
    found = {each.get("place") for each in lab.mentions()}
    return [] if found == {"Lille centre"} else [f"places: {found}"]


UNSEEN = Right(codes=(0, 1, 3), never=FALSE)
CLOCKS = (
    Fault(
        "nothing_collected",
        "C1",
        "the digest is sent when nothing was collected since the Monday before",
        lambda _: None,
        UNSEEN,
        passes=_nothing_collected,
    ),
    Fault(
        "longer_interval",
        "C1",
        "the only source is not due for three weeks",
        _two_weeks,
        UNSEEN,
        mends=Lab.write,
    ),
    Fault(
        "clock_ahead",
        "C1",
        "one pass on a clock that is five years ahead",
        _clock_ahead,
        Right(
            codes=(3,),
            shows=("dated in the future|date du futur|dans le futur|dans l’avenir|à venir",),
            never=UNTRUE,
            now=(0, 1),
            mails=(0, 1),
        ),
    ),
    Fault(
        "clock_behind",
        "C1",
        "one pass on a clock that is a month behind",
        lambda lab: lab.ouidire("run", now=lab.now - timedelta(days=31)) and None,
        Right(codes=(0, 1, 3), never=UNTRUE),
    ),
    Fault(
        "two_passes_at_once",
        "control",
        "the same pass twice",
        lambda _: None,
        Right(codes=(0,), now=(1,), never=UNTRUE),
        passes=_twice,
    ),
)
CONFIGURATIONS = (
    Fault(
        "slug_renamed",
        "B1",
        "the brand's slug is another",
        _configured('slug = "temoin"', 'slug = "temoin-vert"'),
        Right(codes=(0, 1, 2, 3), never=UNTRUE, mails=(0, 1)),
        mends=Lab.write,
    ),
    Fault(
        "source_moved",
        "B1",
        "the source is read under another address",
        _configured("/fleurs", "/les-fleurs"),
        Right(codes=(3,), never=FALSE, shows=('formerly = "schema_org:avis.example/fleurs"',)),
        mends=Lab.write,
    ),
    Fault(
        "place_renamed",
        "B1",
        "the source speaks of a place, and then of one under another name",
        _placed,
        Right(codes=(0,), never=UNTRUE, now=(1,)),
        judge=_is_of_one_place,
        mends=Lab.write,
    ),
    Fault(
        "broken_toml",
        "config",
        "the configuration is cut",
        _configured("[smtp]", "[smtp"),
        Right(codes=(1,), now=(0,), shows=("ouidire.toml",)),
        mends=Lab.write,
    ),
    Fault(
        "unknown_key",
        "config",
        "a key that nobody knows",
        _configured("delay = 0", "delai = 0"),
        Right(codes=(1,), now=(0,), shows=("delai",)),
        mends=Lab.write,
    ),
    Fault(
        "no_brand",
        "config",
        "the brand's name is gone",
        _configured('name = "Fleurs Témoin"', ""),
        Right(codes=(1,), now=(0,), shows=("name",)),
        mends=Lab.write,
    ),
    Fault(
        "source_gone",
        "C1",
        "the source is taken out",
        lambda lab: (
            (lab.folder / "ouidire.toml").write_text(
                (lab.folder / "ouidire.toml").read_text().split("[[source]]")[0]
            )
            and None
        ),
        UNSEEN,
        mends=Lab.write,
    ),
    Fault(
        "browser_nowhere",
        "M5",
        "fetch.browser leads nowhere",
        _configured("delay = 0", 'delay = 0\nbrowser = "/nowhere/chromium"'),
        Right(codes=(3,), now=(1,), shows=("fetch.browser",), never=UNTRUE),
        passes=_run_and("check"),
        mends=Lab.write,
    ),
)


def _own(lab: Lab) -> None:
    for path in (lab.folder, *lab.folder.rglob("*")):
        if not path.is_symlink():
            os.chmod(path, 0o777 if path.is_dir() else 0o666)  # noqa: PTH101 (as a careless operator)


POWERLESS = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
"""Starts a program that obeys permissions even where root does not have to."""


def _read_only(lab: Lab) -> None:
    """Do the pass where nothing in `var` may be written."""
    for path in (lab.var, *lab.var.glob("*.db*"), lab.var / "lock"):
        if path.exists() and not path.is_symlink():
            path.chmod(0o555 if path.is_dir() else 0o444)
    is_root = os.geteuid() == 0
    lab.process("run", "--now", lab.now.isoformat(), prefix=POWERLESS if is_root else ())


def _limited(kilobytes: int) -> Callable[[Lab], None]:
    return lambda lab: (
        lab.process("run", "--now", lab.now.isoformat(), before=f"ulimit -f {kilobytes}") and None
    )


def _limited_to_what_is_there(lab: Lab) -> None:
    """Do the pass where no file may be longer than the longest that is there."""
    longest = max(path.stat().st_size for path in lab.var.glob("*.db"))
    _limited(longest // 1024)(lab)


FULL = Right(
    never=UNTRUE,
    now=(0, 1),
    hides=("restore it from your backup", "depuis votre sauvegarde", "state recover"),
)
"""A disk that is full is no lost state."""
DISKS = (
    Fault(
        "files_limited_to_nothing",
        "M2",
        "no file may grow (ulimit -f 0)",
        lambda _: None,
        FULL,
        passes=_limited(0),
    ),
    Fault(
        "files_limited_to_what_is_there",
        "M2",
        "no file may be longer than the longest",
        lambda _: None,
        FULL,
        passes=_limited_to_what_is_there,
    ),
    Fault(
        "files_limited_to_1_mb",
        "M2",
        "files may hold 1 MB",
        lambda _: None,
        Right(codes=(0, 1, 3), never=UNTRUE, now=(0, 1), hides=FULL.hides),
        passes=_limited(1000),
    ),
    *(
        [
            Fault(
                "var_read_only",
                "M2",
                "whoever runs it may not write there",
                lambda _: None,
                Right(
                    now=(0,),
                    never=UNTRUE,
                    hides=FULL.hides,
                    shows=("permission|owner|owns|read-only|accès refusé",),
                ),
                passes=_read_only,
                mends=_own,
            )
        ]
        if os.geteuid() != 0 or shutil.which("setpriv")
        else []
    ),
)

FAULTS = (
    *(
        Fault(name, "feed", "the feed is broken", breaks, right, source="feed")
        for name, breaks, right in FEEDS
    ),
    *FEED_CONTROLS,
    *(
        Fault(name, "survey", "the survey's file is broken", breaks, right, source="survey", mends=_readable)
        for name, breaks, right in SURVEYS
    ),
    *SURVEY_CONTROLS,
    *CLOCKS,
    *CONFIGURATIONS,
    *DISKS,
)
