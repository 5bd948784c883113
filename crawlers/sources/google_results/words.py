"""The words by which Google heads its blocks, in the languages of our readers.

Only for blocks whose markup does not say what they are; where it does (ads, questions, local results, panels)
no word is needed. A language that is not here loses those blocks and nothing else: the cards in them are
never organic results.
"""

import re
from typing import Final, Literal

Group = Literal["top_story", "video", "discussion", "related_search", "ai_overview", "question", "other"]

_WORDS: Final[tuple[tuple[Group, str], ...]] = (
    (
        "top_story",
        (
            r"top stories|latest news|in the news|news about|also in the news|local news|à la une"
            r"|dans l.actualité|actualités?\b.*|sujets à la une|autres actualités|schlagzeilen"
            r"|in den nachrichten|aktuelle nachrichten|noticias destacadas|en las noticias"
            r"|notizie principali|in primo piano|principais notícias|notícias em destaque|topverhalen"
            r"|in het nieuws|laatste nieuws"
        ),
    ),
    (
        "video",
        (
            r"(?:short |top )?videos?|trailers (?:&|and) clips|(?:courtes )?vidéos?(?: courtes)?"
            r"|bandes-annonces.*|kurze videos|vídeos?|shorts|video brevi"
        ),
    ),
    (
        "discussion",
        (
            r"discussions (?:and|et) forums|discussions|forums?|what people are saying|perspectives"
            r"|points de vue|ce qu.en disent les gens|diskussionen und foren|foros y debates"
            r"|debates y foros|discussioni e forum|discussies en forums|discussões e fóruns"
        ),
    ),
    (
        "related_search",
        (
            r"related searches|searches related to .*|people also search for|recherches associées.*"
            r"|autres recherches.*|les internautes ont aussi recherché|ähnliche suchanfragen.*"
            r"|verwandte suchanfragen|wird auch (?:oft )?gesucht|andere suchten auch nach"
            r"|búsquedas relacionadas.*|otras búsquedas|ricerche correlate.*"
            r"|gerelateerde zoekopdrachten.*|pesquisas relacionadas.*|see results about"
        ),
    ),
    (
        "ai_overview",
        (
            r"ai overviews?|aperçu (?:ia|de l.ia|généré par l.ia)|vue d.ensemble (?:de l.)?ia|résumé ia"
            r"|übersicht mit ki|ki-übersicht|vista (?:general )?creada con ia|resumen de ia"
            r"|panoramica (?:dell.)?ia|ai-overzicht|visão geral (?:criada por |de )?ia"
        ),
    ),
    (
        "question",
        (
            r"people also ask|autres questions(?: posées)?|questions fréquentes|les gens demandent aussi"
            r"|ähnliche fragen|nutzer fragen auch|más preguntas|preguntas relacionadas"
            r"|la gente también pregunta|le persone hanno chiesto anche|mensen vragen ook"
            r"|as pessoas também perguntam"
        ),
    ),
)
_PATTERNS: Final = tuple(
    (group, re.compile(rf"(?:{pattern})[\s.:]*", re.IGNORECASE)) for group, pattern in _WORDS
)
LONGEST: Final = 60
"""A longer heading is a title, not the name of a block."""


def group_of(heading: str | None) -> Group:
    """Return which block a heading opens; "other" when it opens none that we know."""
    if heading and len(heading) <= LONGEST:
        for group, pattern in _PATTERNS:
            if pattern.fullmatch(heading):
                return group
    return "other"
