import pytest
from hypothesis import given
from hypothesis import strategies as st
from tldextract import TLDExtract

from ouidire.settings.brand import Brand
from service.pipeline.index.ownership import SITE_KINDS, catalogue_of_sites, ownership, registrable_domain

POUSSE = Brand(
    slug="pousse", name="Pousse & Compagnie", domains=("pousse-et-compagnie.fr", "pousse.wordpress.com")
)
SISTER = Brand(slug="potager", name="Le Potager", domains=("potager.fr",))
RIVAL = Brand(
    slug="arrosoir", name="Le Grand Arrosoir", role="competitor", domains=("arrosoir.co.uk", "fnac.com")
)
OTHER_RIVAL = Brand(
    slug="terre", name="Terre Folle", role="competitor", domains=("terre-folle.fr", "boutique.potager.fr")
)
BRANDS = (POUSSE, SISTER, RIVAL, OTHER_RIVAL)


def kind(url, subject="pousse", **more):
    found = ownership(url, brands=BRANDS, subject=subject, **more)
    return found.kind, found.brand


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.pousse-et-compagnie.fr/magasins", ("owned", "pousse")),
        ("http://BLOG.Pousse-et-Compagnie.FR.:8080/a", ("owned", "pousse")),
        ("https://pousse.wordpress.com/", ("owned", "pousse")),
        ("https://autre.wordpress.com/", ("other", None)),
        ("https://potager.fr/", ("owned", "potager")),
        ("https://boutique.potager.fr/", ("competitor", "terre")),
        ("https://shop.arrosoir.co.uk/x", ("competitor", "arrosoir")),
        ("https://www.fnac.com/a", ("competitor", "arrosoir")),
        ("https://faux-pousse-et-compagnie.fr/", ("other", None)),
        ("https://pousse-et-compagnie.fr.evil.example/", ("other", None)),
        ("https://co.uk/", ("other", None)),
        ("https://fr.trustpilot.com/review/pousse-et-compagnie.fr", ("review_site", None)),
        ("https://www.tripadvisor.co.uk/x?brand=pousse-et-compagnie.fr", ("review_site", None)),
        ("https://www.facebook.com/pousse.et.compagnie", ("social", None)),
        ("https://fr.linkedin.com/company/pousse", ("social", None)),
        ("https://www.lemonde.fr/economie/", ("press", None)),
        ("https://www.bbc.co.uk/news", ("press", None)),
        ("https://www.amazon.com.be/dp/B000", ("marketplace", None)),
        ("https://play.google.com/store/apps/details?id=fr.pousse", ("marketplace", None)),
        ("https://www.google.fr/maps/place/Pousse", ("review_site", None)),
        ("https://maps.google.com/?cid=1", ("review_site", None)),
        ("https://www.google.fr/", ("other", None)),
        ("https://www.jeuxvideo.com/forums/42.htm", ("other", None)),
        ("https://www.jeuxvideo.com/news/42.htm", ("press", None)),
        ("https://fr.wikipedia.org/wiki/Pousse", ("other", None)),
        ("https://www.reddit.com/r/Lyon", ("other", None)),
        ("https://inconnu.example/", ("other", None)),
        ("https://192.0.2.1/", ("other", None)),
        ("https://[2001:db8::1]/", ("other", None)),
        ("https://[bad", ("other", None)),
        ("mailto:a@lemonde.fr", ("other", None)),
        ("", ("other", None)),
        (None, ("other", None)),
    ],
)
def test_whose_an_address_is(url, expected):
    assert kind(url) == expected


def test_the_subject_decides_who_is_a_competitor():
    assert kind("https://arrosoir.co.uk/", subject="arrosoir") == ("owned", "arrosoir")
    assert kind("https://terre-folle.fr/", subject="arrosoir") == ("competitor", "terre")
    assert kind("https://potager.fr/", subject="arrosoir") == ("competitor", "potager")
    assert kind("https://potager.fr/", subject=None) == ("owned", "potager")
    assert kind("https://arrosoir.co.uk/", subject=None) == ("competitor", "arrosoir")


def test_additions_win_over_the_catalogue():
    sites = {"avis-jardin.example": "review_site", "lemonde.fr/blog": "other", "carnet.*": "press"}
    assert kind("https://www.avis-jardin.example/x", sites=sites) == ("review_site", None)
    assert kind("https://www.lemonde.fr/blog/x", sites=sites) == ("other", None)
    assert kind("https://www.lemonde.fr/x", sites=sites) == ("press", None)
    assert kind("https://carnet.be/", sites=sites) == ("press", None)
    assert kind("https://pousse-et-compagnie.fr/", sites={"pousse-et-compagnie.fr": "press"}) == (
        "owned",
        "pousse",
    )


def test_names_with_accents_are_one_with_their_ascii_form():
    brand = Brand(slug="ete", name="Été", domains=("été.fr",))
    assert ownership("https://www.xn--t-9fab.fr/", brands=[brand], subject="ete").kind == "owned"
    assert ownership("https://été.fr/", brands=[brand], subject="ete").kind == "owned"


def test_the_registrable_domain_knows_public_suffixes():
    assert registrable_domain("https://www.bbc.co.uk/x") == "bbc.co.uk"
    assert registrable_domain("fr.trustpilot.com") == "trustpilot.com"
    assert registrable_domain("http://127.0.0.1:8000/") == "127.0.0.1"


def test_the_catalogue_holds_hundreds_of_well_formed_entries():
    catalogue = catalogue_of_sites()
    extract = TLDExtract(suffix_list_urls=(), cache_dir=None)
    assert len(catalogue) >= 700
    assert {kind for kind in SITE_KINDS if list(catalogue.values()).count(kind) >= 50} == set(SITE_KINDS)
    for entry in catalogue:
        domain, _, path = entry.partition("/")
        assert entry == entry.lower().strip()
        assert path == path.strip("/")
        if domain.endswith(".*"):
            assert domain[:-2].replace("-", "").replace(".", "").isalnum()
        else:
            assert "." in domain, entry
            assert extract(domain).suffix, entry


@given(st.text(max_size=80))
def test_any_text_is_somebodys_or_other(text):
    assert ownership(text, brands=BRANDS, subject="pousse").kind in {"owned", "competitor", *SITE_KINDS}
    assert ownership(f"https://{text}/", brands=BRANDS, subject=None).kind in {
        "owned",
        "competitor",
        *SITE_KINDS,
    }
