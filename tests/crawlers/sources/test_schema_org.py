import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawlers.reading.pager import following_page, listing_name, listing_url
from crawlers.reading.schema.blocks import read_blocks, tolerant_json
from crawlers.reading.schema.reviews import interpret
from crawlers.sources.schema_org.source import SOURCE, SchemaParams, entity, requests
from ouidire.errors import LayoutChanged, SourceError, SourceGone
from ouidire.items import Parsed
from ouidire.page import Page

parse = SOURCE.parse
AT = datetime(2026, 3, 10, 15, tzinfo=UTC)
URL = "https://www.exemple.fr/avis/lyon"


def page(body, url=URL, **more):
    return Page(
        url=url,
        body=body.encode("utf-8", "replace") if isinstance(body, str) else body,
        fetched_at=AT,
        **more,
    )


def ld(*values):
    scripts = (
        f'<script type="application/ld+json">{one if isinstance(one, str) else json.dumps(one)}</script>'
        for one in values
    )
    return "<html><body>" + "".join(scripts) + "</body></html>"


def review(text="Bien", author="Ana", stars=5, day="2026-01-01", **more):
    return {
        "@type": "Review",
        "author": author,
        "datePublished": day,
        "reviewBody": text,
        "reviewRating": {"ratingValue": stars},
        **more,
    }


def product(*reviews, **more):
    return {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": "Bêche",
        "review": list(reviews),
        **more,
    }


def mentions(stored):
    return [item for item in parse(stored).items if item.item == "mention"]


@pytest.mark.parametrize(
    "wrapped",
    [
        [product(review())],
        {"@graph": [product(review())]},
        {"mainEntity": {"mainEntity": product(review())}},
        product(reviews=[review()], review=None),
        {
            "@type": "ItemList",
            "itemListElement": [{"@type": "ListItem", "position": 1, "item": product(review())}],
        },
        {
            "@type": "http://schema.org/Product",
            "name": "Bêche",
            "schema:review": {
                "@type": "schema:Review",
                "schema:reviewBody": "Bien",
                "schema:author": {"schema:name": "Ana"},
                "schema:datePublished": "2026-01-01",
                "schema:reviewRating": {"schema:ratingValue": "5"},
            },
        },
        {
            "name": "Bêche",
            "review": {
                "reviewBody": "Bien",
                "author": "Ana",
                "datePublished": "2026-01-01",
                "reviewRating": "5",
            },
        },
        {**review(), "itemReviewed": {"@type": "Product", "name": "Bêche"}},
        [{"@type": "Product", "@id": "#b", "name": "Bêche"}, {**review(), "itemReviewed": {"@id": "#b"}}],
        [{"@type": "Product", "name": "Bêche", "review": {"@id": "#r"}}, {**review(), "@id": "#r"}],
    ],
)
def test_wherever_a_review_is_put_it_is_read_once_with_its_subject(wrapped):
    (one,) = mentions(page(ld(wrapped)))
    assert (one.text, one.author, one.rating.value, one.subject, one.published.precision) == (
        "Bien",
        "Ana",
        5,
        "Bêche",
        "day",
    )


@pytest.mark.parametrize(
    "script",
    [
        '{"a": 1,}',
        '<!-- {"a": 1} -->',
        '// <![CDATA[\n{"a": 1}\n// ]]>',
        '/* <![CDATA[ */{"a": 1}/* ]]> */',
        '{"a": /* un */ 1 // deux\n}',
        '\ufeff{"a":1};',
        "{&quot;a&quot;: 1}",
        '[{"a": 1},]',
    ],
)
def test_what_publishers_do_to_json(script):
    value = tolerant_json(script)
    assert (value[0] if isinstance(value, list) else value) == {"a": 1}


def test_json_oddities_that_keep_their_words():
    assert tolerant_json('{"u": "http://x.fr/a//b, ]", "t": "un\nsaut\tet /* rien */",}') == {
        "u": "http://x.fr/a//b, ]",
        "t": "un\nsaut\tet /* rien */",
    }
    assert tolerant_json('{"a": 1}\n{"b": 2}') == [{"a": 1}, {"b": 2}]
    with pytest.raises(ValueError, match="Expecting"):
        tolerant_json('{"a": }')


def test_numbers_as_published():
    rating = {
        "@type": "AggregateRating",
        "ratingValue": "8,4",
        "bestRating": "10",
        "worstRating": "1",
        "ratingCount": "1 234",
        "reviewCount": 12,
    }
    (summary, *_) = parse(page(ld(product(review(stars=9), aggregateRating=rating)))).items
    assert (summary.rating.value, summary.rating.best, summary.rating_count, summary.review_count) == (
        8.4,
        10,
        1234,
        12,
    )
    assert summary.rating.stars == pytest.approx(4.2)
    assert mentions(page(ld(product(review(stars=9), aggregateRating=rating))))[0].rating.best == 10


def test_empty_placeholders_fact_checks_and_zero_ratings_are_nothing():
    empty = {"@type": "Review", "author": "", "reviewBody": "", "reviewRating": {"ratingValue": "0"}}
    check = {"@type": "ClaimReview", "claimReviewed": "x", "reviewRating": {"ratingValue": 1}}
    zero = {"@type": "AggregateRating", "ratingValue": 0, "reviewCount": 0}
    found = parse(page(ld(product(empty, aggregateRating=zero), check)))
    assert (found.items, found.says_empty, found.rejected) == ((), True, ())


def test_an_unreadable_block_is_told_and_the_rest_is_read():
    found = parse(page(ld('{"@type": "Review", "reviewBody": "coup', product(review()))))
    assert [one.reason for one in found.rejected] == ["incomplete"]
    assert len(found.items) == 1
    shop = parse(page(ld('{"@type": "Store", "name": "coup', product(review()))))
    assert [one.reason for one in shop.rejected] == ["unreadable"], "no reviews were to be in it"
    with pytest.raises(LayoutChanged, match="unreadable"):
        parse(page(ld('{"@type": "Review", "reviewBody": "coup')))


def test_two_reviewers_who_say_the_same_are_two():
    assert len(mentions(page(ld(product(review(author="Ana"), review(author="Luc")))))) == 2
    assert len(mentions(page(ld(product(review("", None), review("", None)))))) == 2
    assert len(mentions(page(ld(product(review()), product(review(inLanguage="fr")))))) == 1


def test_repeats_complete_each_other():
    bare = {"@type": "Review", "author": "Ana", "reviewBody": "Bien"}
    (one,) = mentions(page(ld(product(bare), product(review(inLanguage="fr-FR")))))
    assert (one.rating.value, one.language) == (5, "fr")


@pytest.mark.parametrize(
    ("ids", "native"),
    [
        (["#avis-7712", "#avis-7709"], ["avis-7712", "avis-7709"]),
        (["#review-1", "#review-2", "#review-3"], [None] * 3),
        (["#r11", "#r12", "#r13"], [None] * 3),
        (["#review-0"], [None]),
        (["#store", "#store"], [None] * 2),
        (["_:b0", "_:b1"], [None] * 2),
        (
            ["https://www.exemple.fr/avis/lyon/a-8812", "https://www.exemple.fr/avis/lyon/a-51"],
            ["https://www.exemple.fr/avis/lyon/a-8812", "https://www.exemple.fr/avis/lyon/a-51"],
        ),
        ([URL, URL + "?page=1"], [None] * 2),
    ],
)
def test_native_ids_are_particular_and_lasting(ids, native):
    found = mentions(page(ld(product(*(review(f"texte {n}", **{"@id": one}) for n, one in enumerate(ids))))))
    assert [one.native_id for one in found] == native


def test_identifiers_are_native_ids():
    found = mentions(
        page(
            ld(
                product(
                    review("a", identifier="A-91"),
                    review("b", identifier={"@type": "PropertyValue", "value": 37}),
                )
            )
        )
    )
    assert [one.native_id for one in found] == ["A-91", "37"]


def test_the_same_review_has_the_same_identity_on_whatever_page_of_the_pager():
    first, second = (
        mentions(page(ld(product(review(**{"@id": f"{URL}?page={n}#avis-7712"}))), url=f"{URL}?page={n}"))
        for n in (1, 2)
    )
    assert [(one.entity, one.native_id, one.url) for one in first] == [
        (one.entity, one.native_id, one.url) for one in second
    ]
    unnamed = [mentions(page(ld(product(review())), url=f"{URL}?page={n}&tri=date"))[0] for n in (1, 2)]
    assert unnamed[0].url == unnamed[1].url == URL


@pytest.mark.parametrize(
    "url",
    [
        "https://www.exemple.fr/avis/lyon",
        "http://exemple.fr/avis/lyon/",
        "https://www.exemple.fr:8443/avis/lyon?page=3&utm_source=x#haut",
        "https://www.exemple.fr/avis/lyon/page/4",
        "https://www.exemple.fr/avis/lyon-p2?sort=date",
        "https://www.exemple.fr/avis/lyon/page-12/",
    ],
)
def test_a_listing_has_one_name(url):
    assert listing_name(url) == "exemple.fr/avis/lyon"
    assert entity(SchemaParams(url=url)) == "exemple.fr/avis/lyon"


def test_what_is_no_page_number_stays():
    assert listing_url("https://blog.fr/?p=12") == "https://blog.fr/?p=12"
    assert listing_name("https://a.fr/produit-1234") == "a.fr/produit-1234"
    assert listing_name("https://a.fr/avis?produit=9&page=2") == "a.fr/avis?produit=9"


@pytest.mark.parametrize(
    ("link", "followed"),
    [
        ("?page=2", True),
        ("/avis/lyon/page/2", True),
        ("/avis/lyon/2", True),
        ("/avis/lyon/3", False),
        ("/avis/nantes", False),
        ("/avis/lyon-2024", False),
        ("https://autre.fr/avis/lyon?page=2", False),
        ("javascript:void(0)", False),
        ("", False),
    ],
)
def test_only_the_next_page_of_this_listing_is_followed(link, followed):
    stored = page(f'<a rel="next" href="{link}">suite</a>')
    assert (following_page(stored, number=1) is not None) == followed


def test_paging_carries_the_entity_and_ends():
    (first,) = requests(SchemaParams(url=URL + "?utm_source=x", expect="reviews"))
    body = ld(product(review())) + '<a rel="next" href="?page=2">2</a>'
    (follow,) = parse(page(body, url=first.url, context=first.context)).follow
    assert follow.context == {"entity": "exemple.fr/avis/lyon", "expect": "reviews", "page": "2"}
    last = parse(page(ld(product(review("autre"))), url=follow.url, context=follow.context))
    assert (last.follow, last.last_page) == ((), True)


def test_one_page_of_many_reviews_is_a_window():
    assert parse(page(ld(product(review())))).last_page is False
    whole = product(review(), aggregateRating={"ratingValue": 5, "reviewCount": 1})
    assert parse(page(ld(whole))).last_page is True


@pytest.mark.parametrize(
    ("expect", "body", "ending"),
    [
        ("any", ld(product(aggregateRating={"ratingValue": 4, "reviewCount": 3})), 1),
        ("rating", ld(product(review())), "changed"),
        ("reviews", ld(product(aggregateRating={"ratingValue": 4, "reviewCount": 3})), "changed"),
        ("any", ld(product()), "empty"),
        ("reviews", ld(product(aggregateRating={"reviewCount": 0})), "empty"),
        ("any", "<p>Aucun avis pour ce produit</p>", "empty"),
        ("any", "<h2>Avis</h2><p>Il n’y a <b>aucun avis</b> pour le moment.</p>", "empty"),
        ("any", "<div>Soyez le premier à donner votre avis !</div>", "empty"),
        ("any", "<p>There are no reviews for Modern Star Chair</p>", "empty"),
        ("any", "<h1>Câble de chargement</h1><p>Avis clients (0 avis)</p>", "empty"),
        ("any", "<p>Désolé, pas encore d’avis : soyez le premier à en laisser !</p>", "empty"),
        (
            "any",
            "<h1>Avis</h1><p>Une erreur est survenue : aucun avis n’a pu être chargé. Réessayez.</p>",
            "changed",
        ),
        ("any", "<h1>Avis</h1><p>Aucun avis</p><p>Veuillez réessayer plus tard.</p>", "changed"),
        ("any", "<h1>Avis</h1><p>Les avis ne peuvent être affichés.</p><p>0 avis</p>", "changed"),
        ("any", "<title>Erreur 503</title><h1>Avis</h1><p>Aucun avis</p>", "changed"),
        ("any", "<p>Service temporarily unavailable.</p><p>There are no reviews.</p>", "changed"),
        ("any", "<h1>Avis</h1><p>Aucun avis ne correspond à vos critères.</p>", "changed"),
        ("any", "<h1>Avis</h1><p>Aucun avis n’est modifié ni supprimé par nos soins.</p>", "changed"),
        ("any", "<h1>Avis</h1><li>5 étoiles : 12 avis</li><li>1 étoile 0 avis</li>", "changed"),
        ("any", "<h1>Avis</h1><footer><p>Aucun avis</p></footer>", "changed"),
        ("any", "<h1>Avis</h1><p style='display : none'>Aucun avis</p>", "changed"),
        (
            "any",
            "<h1>Avis</h1><p>Je n’avais lu aucun avis avant de venir, " + "et j’ai eu tort " * 8,
            "changed",
        ),
        ("any", "<script>'Aucun avis'</script>", "changed"),
        ("any", "", "changed"),
        ("any", ld({"@type": "Product", "name": "x"}), "changed"),
    ],
)
def test_no_reviews_yet_is_told_from_reviews_gone(expect, body, ending):
    stored = page(body, context={"expect": expect})
    if ending == "changed":
        with pytest.raises(LayoutChanged):
            parse(stored)
    else:
        found = parse(stored)
        assert found.says_empty if ending == "empty" else len(found.items) == ending


def test_gone():
    with pytest.raises(SourceGone):
        parse(page(ld(product(review())), status=404))


def test_microdata_corners():
    body = """<div itemscope itemtype="https://schema.org/Product" itemref="ailleurs ailleurs absent">
    <b itemprop="name">Bêche</b></div>
    <div id="ailleurs"><div itemprop="review" itemscope itemtype="https://schema.org/Review">
    <a itemprop="author" href="/u/1">Ana</a>
    <data itemprop="datePublished" value="2026-01-01">hier</data>
    <div itemprop="reviewRating" itemscope><meter itemprop="ratingValue" value="4">4</meter></div>
    <blockquote itemprop="reviewBody">Un<br>deux<script>x</script></blockquote>
    <link itemprop="url" href="/avis/99"></div></div>"""
    (one,) = mentions(page(body))
    assert (one.author, one.text, one.rating.value, one.subject, one.native_id) == (
        "Ana",
        "Un\ndeux",
        4,
        "Bêche",
        "https://www.exemple.fr/avis/99",
    )


def test_scripts_in_every_field_stay_words():
    bad = "<script>alert(1)</script>"
    (one,) = mentions(
        page(
            ld(
                json.dumps(
                    product(review(f"Texte {bad}", f"Ana {bad}", headline=bad), name=f"Bêche{bad}")
                ).replace("</", "<\\/")
            )
        )
    )
    assert (one.text, one.author, one.subject, one.title) == ("Texte", "Ana", "Bêche", None)


GOOD = ld(
    product(review(), review("Deux", "Luc"), aggregateRating={"ratingValue": "4,5", "reviewCount": 2})
) + (
    '<div itemscope itemtype="https://schema.org/Product"><div itemprop="review" itemscope '
    'itemtype="https://schema.org/Review"><span itemprop="reviewBody">Trois</span></div></div><p '
    'vocab="https://schema.org/" typeof="Review"><b property="reviewBody">Quatre</b></p>'
)


def ends_clearly(body):
    with suppress(SourceError):
        assert isinstance(parse(page(body)), Parsed)


@given(st.integers(0, len(GOOD)))
def test_any_truncation_ends_clearly(cut):
    ends_clearly(GOOD[:cut])


@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=8), st.integers(0, 20))
def test_any_mutation_ends_clearly(where, put, gone):
    raw = GOOD.encode()
    ends_clearly(raw[:where] + put + raw[where + gone :])


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "@type",
                    "@id",
                    "review",
                    "reviews",
                    "aggregateRating",
                    "itemReviewed",
                    "author",
                    "name",
                    "ratingValue",
                    "reviewRating",
                    "reviewBody",
                    "comment",
                    "datePublished",
                    "bestRating",
                    "identifier",
                    "url",
                    "@graph",
                    "inLanguage",
                    "reviewCount",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=6,
        )
    ),
    max_leaves=30,
)


@given(JSON, st.sampled_from(["Review", "AggregateRating", ["Product"], None]))
@example([{"@id": "a", "review": [{"@id": "a"}]}], "Review")
@settings(max_examples=200)
def test_any_json_ends_clearly(value, kind):
    ends_clearly(ld(json.dumps({"@type": kind, "review": value, "itemReviewed": value})))


@pytest.mark.parametrize(
    "body",
    [
        ld("[" * 100_000),
        ld('{"review":' * 30_000 + "1" + "}" * 30_000),
        "<div itemscope itemprop=review>" * 20_000 + "rating",
        '<div itemscope itemtype="https://schema.org/Review"><b itemprop=author>x</b></div>' * 10_000,
        '<p typeof="Review" property="review">' * 10_000,
        '<script type="application/ld+json">' * 20_000 + " review itemscope typeof=",
        ld("/*" * 200_000),
        ld('"' * 200_001),
        ld("," * 300_000 + "review"),
        '<div itemscope itemref="a" id="a" itemtype="https://schema.org/Review"><i itemprop="review" '
        'itemscope itemref="a"></i></div>' * 300,
        ld(product(*(review(f"avis {n}", "même auteur") for n in range(5_000)))),
        ld(product(*(review() for _ in range(5_000)))),
    ],
    ids=range(12),
)
def test_hostile_pages_end_clearly(body):
    ends_clearly(body)


def test_interpret_counts_each_thing_once():
    stored = page(ld(product(review()), product(review()), {"mainEntity": product(review())}))
    assert len(interpret(read_blocks(stored)[0], fetched_at=AT).reviews) == 1


def test_references_are_followed_wherever_they_stand():
    graph = [
        {
            "@type": "Product",
            "@id": "#p",
            "name": "Sécateur",
            "review": [{"@type": "Review", "@id": "#1", "reviewBody": "Coupe net.", "author": {"@id": "#ana"},
                        "reviewRating": {"@id": "#four"}, "datePublished": "2026-01-02"}],
        },
        {"@type": "Rating", "@id": "#four", "ratingValue": "4", "bestRating": "5"},
        {"@type": "Person", "@id": "#ana", "name": "Testeuse Ana"},
    ]  # fmt: skip
    (one,) = parse(page(ld({"@context": "https://schema.org", "@graph": graph}))).items
    assert (one.author, one.rating.value, one.rating.best) == ("Testeuse Ana", 4, 5)


def test_a_comma_before_a_comment_that_stands_last_is_needless():
    script = json.dumps(product(review("Bien // pas de commentaire, }"))).replace(
        '"reviewRating"', '/* note, */ "reviewRating"'
    )
    (one,) = parse(page(ld(script.replace("}]", "}, // fin\n //, \n]", 1)))).items
    assert one.text == "Bien // pas de commentaire, }"
