"""The catalogue of sentences: both languages alike, plural forms complete, typography, every key used."""

import ast
import re
from itertools import chain, product
from pathlib import Path
from typing import get_args

import pytest

from crawlers import SOURCES, load_source
from enrichment.lexicons.taxonomy import aspects
from enrichment.privacy import MaskedKind
from ouidire.annotations import Intent, Stage
from ouidire.clock import PRECISIONS
from ouidire.documents import EventType, Kind, OwnershipKind
from ouidire.engines.answers import QuestionKind
from ouidire.errors import UsageError
from ouidire.items import RunStatus
from ouidire.settings.alerts import ALERT_KINDS
from ouidire.settings.editions import Role
from ouidire.state.people.accounts import ROLES
from ouidire.state.people.answer_tasks import AnswerState
from ouidire.state.people.corrections import CorrectionField
from ouidire.text.catalogue import FOLDER, LANGUAGES, PATTERNS, Catalogue, catalogue
from reports.answering.rule import ReasonName
from reports.data.actions import ActionKind
from reports.data.context import Charted, GapStatus, VerdictKind
from reports.data.metric import MeasureKey
from reports.data.past_changes import LossCause
from reports.data.sections import DrivenMetric, QuoteKind
from reports.explore.comparison import AGAINST, COMPARED
from reports.explore.date_span import MOVING
from reports.explore.filters import FLAGS, ORDERS, RANGES, VALUES, Flag
from reports.explore.histogram import Step
from reports.statistics.group import Grouping, Statistic
from reports.words.figure_text import NEVER_COMPARED
from reports.words.language import DayForm
from service.pipeline.keep.export_form import COLUMNS
from service.serve.web.explorer.figures import STATISTICS
from service.serve.web.explorer.people.accounts import ACTIONS

ROOT = Path(__file__).parents[3]
NAMED = ("side", "class", "basis", "effort", "kind", "suspicion", "presence")
"""Filters whose values the explorer names itself."""
NAMES = (
    "digest",
    "alerts",
    "brief",
    "stats",
    "pages",
    "runs",
    "explorer",
    "queues",
    "people",
    "sources",
    "kibana",
    "sheets",
    "check",
    "commands",
    "errors",
    "files",
    "results",
    "help",
    "export",
)
COMMANDS = ("errors:", "files:", "help:", "results:")
"""Catalogues that quote what is typed: a colon within a word is no punctuation there."""
FIXED = {"this", "usual", "incomplete", "period", "longest", "fewest"}
"""Words that every sentence of a mail may use: those of a week or of a month."""
REACHED = {"fr": {"one", "other"}, "en": {"one", "other"}}
"""Plural categories that counts reach; the French "many" (from a million on) is said as "other"."""


def forms(entry):
    return [entry] if isinstance(entry, str) else list(entry.values())


def holes(text):
    return set(re.findall(r"\{(\w+)\}", text))


def whole(language):
    return {
        f"{name}:{key}": entry for name in NAMES for key, entry in catalogue(language, name).entries.items()
    }


def plural(language):
    return {key: entry for key, entry in whole(language).items() if not isinstance(entry, str)}


def test_both_languages_have_the_same_keys():
    assert whole("fr").keys() == whole("en").keys()
    assert {path.name for path in FOLDER.rglob("*.toml")} == {f"{name}.toml" for name in NAMES}


def test_english_names_of_sources_are_those_of_their_contracts():
    assert {slug: catalogue("en", "sources").text(f"value.source.{slug}") for slug in SOURCES} == {
        slug: load_source(slug).about.title.replace("'", "’") for slug in SOURCES
    }


def test_both_languages_have_the_same_placeholders():
    french, english = whole("fr"), whole("en")
    for key, entry in french.items():
        one, other = (set().union(*map(holes, forms(each))) - FIXED for each in (entry, english[key]))
        assert one == other, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_complete(language):
    reached = {str(catalogue(language, "digest").locale.plural_form(n)) for n in (0, 1, 1.5, 2, 5, 11, 100)}
    assert reached == REACHED[language]
    for key, entry in plural(language).items():
        numbers = {form for form in entry if form.isdecimal()}
        said_of_one = {"one"} & set(entry) or {"1"} & numbers
        assert said_of_one, key
        assert set(entry) - numbers <= reached, key
        assert "other" in entry, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_form_for_several_numbers_writes_the_number(language):
    """« Un avis » is said of 1 alone: a French form for 0, 1 and 1.5 must show which."""
    for key, entry in plural(language).items():
        if language == "fr" and "one" in entry:
            assert holes(entry["one"]) == holes(entry["other"]), key


def test_french_typography():
    for key, entry in whole("fr").items():
        for text in forms(entry):
            assert not re.search(r"[^\u202f][;!?%]", text), key
            colon = r"[^\u00a0]:(?=\s|$)" if key.startswith(COMMANDS) else r"[^\u00a0]:(?!//)"
            assert not re.search(colon, text), key
            assert not re.search(r"«[^\u00a0]|[^\u00a0]»|«$|^»", text), key
            assert "'" not in text or key.startswith(f"digest:{PATTERNS}."), key
            assert "..." not in text, key


def test_english_typography():
    for key, entry in whole("en").items():
        for text in forms(entry):
            assert not re.search(r" [;:!?%]|\.\.\.", text), key
            assert "'" not in text or key.startswith(f"digest:{PATTERNS}."), key


@pytest.mark.parametrize(
    ("language", "n", "said"),
    [
        ("fr", 0, "0 mention"),
        ("fr", 1, "1 mention"),
        ("fr", 2, "2 mentions"),
        ("fr", 1_000_000, "1\u202f000\u202f000 mentions"),
        ("en", 0, "0 mentions"),
        ("en", 1, "1 mention"),
        ("en", 12_345, "12,345 mentions"),
    ],
)
def test_the_number_chooses_the_form_and_is_written_as_the_language_writes_it(language, n, said):
    assert catalogue(language, "digest").fill("where.mentions", n=n) == said


def test_plurals_of_fractions():
    french, english = (catalogue(language, "digest") for language in LANGUAGES)
    assert french.fill("drivers.points", n=1.5, x="1,5") == "1,5 point"
    assert english.fill("drivers.points", n=1.5, x="1.5") == "1.5 points"


def test_a_number_written_in_letters_is_said_of_that_number_alone():
    french = catalogue("fr", "pages")
    said = [french.fill("waiting_runs", n=n) for n in (0, 1, 2)]
    assert said == ["rien n’attend", "une collecte", "2 collectes"]
    assert french.fill("recipients", n=0) == "0 destinataires"


def test_what_there_is_not_is_refused():
    with pytest.raises(UsageError, match="fr, en"):
        catalogue("xx", "digest")
    made = Catalogue("fr", {"a": "{b}", "c": {"one": "x", "other": "y"}})
    with pytest.raises(KeyError, match="plural"):
        made.text("c")
    with pytest.raises(KeyError, match="b"):
        made.fill("a")
    with pytest.raises(KeyError):
        made.fill("d")


# Every key is used, and every key used exists

_ADVOCACY = ("nps", "nps_eight_weeks", "nps_anchored", "nps_stars", "positive", "net_sentiment")
MAILS = {
    "action.{}": ("first_page", "source"),
    "action.more_{}": get_args(ActionKind),
    "action.title_{}": ("week", "month"),
    "parts.{}": ("source", "place"),
    "parts.theme_{}": ("negative", "positive"),
    "beside.volume_{}": ("place", "subject"),
    "beside.delight_{}": ("place", "subject"),
    "operator.todo_{}": ("health", "try", "again"),
    "brief.reason{}": ("", "_day", "_watch", "_watch_day"),
    "brief.subject_{}": ("signal", "signal_one", "quiet_incomplete", "part_unseen"),
    "alert.foot_{}": ("unusual", "week", "net", "hostile", "deletions"),
    "alert.hostile_result{}": ("", "_many"),
    "alert.name_{}": ALERT_KINDS,
    "alert.polarity{}": ("", "_source", "_week"),
    "alert.volume{}": ("", "_source", "_week"),
    "alert.volume{}_new": ("", "_source", "_week"),
    "aspect.{}": tuple(aspects()),
    "aspect_the.{}": tuple(aspects()),
    "blind.{}": (
        *get_args(GapStatus),
        *("file_unread", "file_failed", "scripts", "first_unread"),
        *(
            "marked",
            "robots",
            "rejected",
            "late_arrivals",
            "undated",
            "duplicates",
            "new_sources",
            "mixed",
            "retired",
        ),
    ),
    "card.no_{}": ("delight", "engage", "convince", "service", "effort", "irritation", "leaving"),
    "blind.completed_{}": ("week", "month"),
    "card.main_{}": _ADVOCACY,
    "card.{}": {"irritation", "voice", "consideration", *_ADVOCACY} - {"nps"},
    "chart.alt_point_{}": get_args(Charted),
    "change.{}": ("up", "down", "stable", "no_visible_change"),
    "change.mix_{}": ("more", "less"),
    "change.watch_{}": ("up", "down"),
    "chart.{}": ("negative", "other", "positive"),
    "day.theme_{}": ("positive", "negative", "mixed"),
    "drivers.periods_{}": ("week", "month"),
    "drivers.who_{}": ("positive", "negative"),
    "drivers.{}": get_args(DrivenMetric),
    "drivers.{}_{}": [f"{key}_{way}" for key, way in product(get_args(DrivenMetric), ("up", "down"))],
    "experience.{}": ("service", "effort", "word_of_mouth", "leaving"),
    "experience.{}_line": ("service", "effort", "word_of_mouth", "leaving"),
    "foot.{}": (
        *("brief", "interval", "change", "equal", "delight", "nps_week", "nps_month", "stars", "positive"),
        *("net", "voice", "first_page", "effort", "drivers", "masked"),
    ),
    "format.{}": (*get_args(DayForm), "same_month_first", "same_year_first", "whole"),
    "intent.{}": get_args(Intent),
    "link.{}": ("delight", "engage", "talk", "convince", "service", "effort", "irritation", "leaving"),
    "link.{}_question": (
        "delight",
        "engage",
        "talk",
        "convince",
        "service",
        "effort",
        "irritation",
        "leaving",
    ),
    "mail.kicker_{}": set(get_args(Role)) - {"brand"},
    "measure.{}": get_args(MeasureKey),
    "moved.{}_{}": {f"{key}_{way}" for key, way in product(get_args(MeasureKey), ("up", "down"))}
    - {"spike_down"}
    - {f"{key}_{way}" for key, way in product(NEVER_COMPARED, ("up", "down"))},
    "moved_rival.{}_{}": {
        f"{key}_{way}"
        for key, way in product(
            ("volume", "voice", "first_page", "consideration", "word_of_mouth", "leaving"), ("up", "down")
        )
    },
    "number_words.{}": range(1, 9),
    "ownership.{}": get_args(OwnershipKind),
    "past.{}": ("week", "month", *get_args(LossCause)),
    "page.{}": (
        *(
            "earned",
            "review_sites",
            "competitors",
            "ratings",
            "questions",
            "others",
            "categories",
            "suggestions",
        ),
        *("present", "absent", "unknown"),
    ),
    "page.suggestions_{}": ("in", "out"),
    "assistants.{}": ("first", "cited", "refused"),
    "assistants.kind_{}": get_args(QuestionKind),
    "blind.site_{}": ("dates", "ratings", "texts", "ids", "held", "rejected", "ended", "applied"),
    "quotes.{}": set(get_args(QuoteKind)) - {"day"},
    "reviews.event_{}": ("edited", "vanished", "restored"),
    "reviews.{}": ("edited", "vanished", "restored"),
    "stage.{}": get_args(Stage),
    "stats.by_{}": get_args(Grouping),
    "stats.{}": get_args(Statistic),
    "verdict.{}": (*(set(get_args(VerdictKind)) - {"moved"}), "hostile_entrant", "reviews_vanished"),
    "verdict.{}_detail": ("quiet", "first_weeks", "no_mentions", "unseen", "part_unseen", "uncompared"),
    "{}.baseline": ("week", "month"),
    "{}.{}": [f"{period}.{name}" for period, name in product(("week", "month"), sorted(FIXED))],
}
PAGES = {
    "leave_what_{}": ("digest", "alert"),
    "{}_text": ("left", "back"),
    "found_items.{}": ("new", "updated", "vanished"),
    "deliveries.{}": ("sent", "failed", "refused", "claimed"),
    "statuses.{}": (
        *get_args(RunStatus),
        *("running", "never_run", "file_unread", "file_failed", "scripts", "first_unread"),
    ),
}
KIBANA = {
    "data_views.{}": get_args(Kind),
}
EXPLORER = {
    "statistic.{}": STATISTICS,
    "event.{}": get_args(EventType),
    "nav.{}": ("mentions", "figures", "themes", "answers", "corrections", "accounts", "audit"),
    "role_name.{}": ROLES,
    "role_may.{}": ROLES,
    "action.{}": ACTIONS,
    "act.{}": get_args(AnswerState),
    "answer_state.{}": get_args(AnswerState),
    "field.{}": get_args(CorrectionField),
    "reason.{}": get_args(ReasonName),
    "reply_help.{}": ("characters", "bytes"),
    "reply_length.{}": ("characters", "bytes"),
    "reply_outcome.{}": ("sent", "found", "refused", "in_doubt"),
    "personal.{}": get_args(MaskedKind),
    "step.{}": get_args(Step),
    "compared.{}": AGAINST,
    "share.{}": COMPARED,
    "filter.{}": (*VALUES, *FLAGS, *RANGES, "published", "imported", "flags"),
    "value.{}.{}": [
        *(f"{name}.{value}" for name in NAMED for value in VALUES[name].values),
        *(f"order.{each}" for each in ORDERS),
        *(f"source.{each}" for each in SOURCES),
        *(f"language.{each}" for each in ("fr", "en", "de", "es", "it", "nl", "pt", "und")),
    ],
    "value.order.{}": ORDERS,
    "flag_{}": get_args(Flag),
    "moving_{}": [each.replace("-", "_") for each in MOVING],
    "problem.{}": (
        *("none_has", "unknown_filter", "unknown_value", "bad_value", "too_many_values", "twice", "range"),
        *(
            "date",
            "no_such_date",
            "long_text",
            "long_query",
            "after",
            "name",
            "like_twice",
            "no_such_mention",
        ),
    ),
}
"""Keys that are put together: each way found in the code or a template, with what may stand in its places."""
EXPORT = {
    "column.{}": COLUMNS,
    "{}.{}": [
        *(f"masked.{each}" for each in get_args(MaskedKind)),
        *(f"precision.{each}" for each in PRECISIONS),
    ],
}
SPOKEN = {"digest", "alert", "well", "ill", "stopping", "stuck"}
"""Keys of pages that are a value of the page's data: what was sent, how the service is."""
IN_ATTRIBUTES = {
    "drop",
    "known",
    "navigation",
    "search_example",
    "search_like_example",
    "active_filters",
    "narrow",
    "over_time",
}
"""Keys of the explorer that stand in an attribute of a template, where quotes are not told apart."""
CATALOGUES = {
    ("digest", "alerts", "brief", "stats"): ("reports", MAILS, set()),
    ("pages",): ("service/serve/web", PAGES, SPOKEN),
    ("explorer", "queues", "people", "sources"): (
        "reports/explore service/serve/web/explorer",
        EXPLORER,
        IN_ATTRIBUTES,
    ),
    ("kibana",): ("search/kibana", KIBANA, set()),
    ("export",): ("service/pipeline/keep", EXPORT, set()),
}
_KEY = re.compile(r"[a-z_0-9{}]+(\.[a-z_0-9{}]+)*")
_FILES = (".png", ".j2", ".toml")


def strings(path):
    """The strings of a module, a place of an f-string as {}; in a template, strings joined by ~ too."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".j2":
        text = re.sub(r'"([^"\n]*)" ~ \w+(\.\w+)?', r'"\1{}"', text)
        text = re.sub(r'\w+ ~ "([^"\n]*)"', r'"{}\1"', text)
        yield from re.findall(r"""["']([^"'\n]*)["']""", text)
        return
    parts = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.JoinedStr):
            parts.update(map(id, node.values))
            yield "".join(each.value if isinstance(each, ast.Constant) else "{}" for each in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts:
            yield node.value


def filled(way, values):
    """The keys of one way of making them."""
    return {re.sub(r"\{\}(.\{\})?", str(value), way) for value in values}


@pytest.mark.parametrize("names", CATALOGUES)
def test_every_key_is_used_and_every_key_used_exists(names):
    folder, ways, spoken = CATALOGUES[names]
    keys = set(catalogue("fr", *names).entries)
    sections = {key.partition(".")[0] for key in keys if "." in key}
    folders = [ROOT / each for each in folder.split()]
    files = [path for each in folders for path in each.rglob("*") if path.suffix in (".py", ".j2")]
    found = set(chain.from_iterable(map(strings, files)))
    assert set(ways) <= found, "no key is made so any more"
    dotted = {
        each
        for each in found
        if "." in each
        and each.partition(".")[0] in sections
        and _KEY.fullmatch(each)
        and not each.endswith(_FILES)
    }
    assert {each for each in dotted if "{}" in each} <= set(ways), "say what may stand there"
    assert {each for each in dotted if "{}" not in each} <= keys, "there is no such sentence"
    made = set().union(*(filled(way, values) for way, values in ways.items()))
    assert made <= keys, "there is no such sentence"
    assert keys - found - made - spoken == set(), "nothing says it"
