"""The analysers of the fields that people search in Kibana.

Our own search reads stems made in Python instead.

Elasticsearch's ready-made French and English analysers drop « pas », « ne » and « not » with their stop
words, so that « pas content » finds « content »: these keep every negation (the words that
`ouidire.text.words` never stems away).
"""

from typing import Any

from ouidire.text.words import ELISIONS, KEPT

_FRENCH_STOPS = (
    "au aux avec ce ces cet cette dans de des du elle elles en et eux il ils je la le les leur lui ma mais "
    "me même mes moi mon nos notre nous on ou par pour qu que qui sa se ses son sur ta te tes toi ton tu un "
    "une vos votre vous y à suis es est sommes êtes sont ai as avons avez ont était étaient été être avait "
    "avaient avoir"
)
_ENGLISH_STOPS = (
    "a an and are as at be been but by for from had has have he her his i if in into is it its me my of on "
    "or our she so such that the their them then there these they this to was we were will with you your"
)
_STOPS = {
    "french": [word for word in _FRENCH_STOPS.split() if word not in KEPT],
    "english": [word for word in _ENGLISH_STOPS.split() if word not in KEPT],
}

ANALYSIS: dict[str, Any] = {
    "char_filter": {
        "ouidire_apostrophes": {"type": "mapping", "mappings": ["’ => '", "‘ => '", "ʼ => '", "＇ => '"]}
    },
    "filter": {
        "ouidire_elision": {"type": "elision", "articles_case": True, "articles": sorted(ELISIONS)},
        "ouidire_french_stops": {"type": "stop", "stopwords": _STOPS["french"]},
        "ouidire_english_stops": {"type": "stop", "stopwords": _STOPS["english"]},
        "ouidire_kept": {"type": "keyword_marker", "keywords": sorted(KEPT)},
        "ouidire_french_light": {"type": "stemmer", "language": "light_french"},
        "ouidire_english_possessive": {"type": "stemmer", "language": "possessive_english"},
        "ouidire_english_light": {"type": "stemmer", "language": "english"},
    },
    "normalizer": {"ouidire_folded": {"type": "custom", "filter": ["lowercase", "asciifolding"]}},
    "analyzer": {
        "ouidire_words": {"type": "custom", "tokenizer": "whitespace"},
        "ouidire_french": {
            "type": "custom",
            "char_filter": ["ouidire_apostrophes"],
            "tokenizer": "standard",
            "filter": [
                *("ouidire_elision", "lowercase", "ouidire_french_stops", "ouidire_kept"),
                *("ouidire_french_light", "asciifolding"),
            ],
        },
        "ouidire_english": {
            "type": "custom",
            "char_filter": ["ouidire_apostrophes"],
            "tokenizer": "standard",
            "filter": [
                *("ouidire_english_possessive", "lowercase", "ouidire_english_stops", "ouidire_kept"),
                *("ouidire_english_light", "asciifolding"),
            ],
        },
    },
}
