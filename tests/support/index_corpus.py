"""The conformance corpus: texts written for it, with short ids, and seeded documents of every kind."""

import random
from datetime import UTC, datetime, timedelta

from ouidire.documents import (
    AspectDocument,
    EventDocument,
    EvidenceDocument,
    FillRate,
    MeasureDocument,
    MentionDocument,
    RunDocument,
    SearchResultDocument,
    SentenceDocument,
)
from ouidire.text.words import indexed

START = datetime(2026, 1, 5, tzinfo=UTC)

# Each id with its language, title and text.
TEXTS = {
    "content": ("fr", "Très content", "Je suis très content de mon achat, livré en deux jours."),
    "pas-content": ("fr", None, "Je ne suis pas content du tout : la tondeuse est arrivée cassée."),
    "pas-contente": ("fr", "Déçue", "Pas contente. Personne ne répond au téléphone."),
    "pas-venu-content": ("fr", None, "Le livreur n'est pas venu lundi mais mardi, je reste content."),
    "jamais": ("fr", "Plus jamais", "On ne m'a jamais remboursé. Plus jamais je n'achèterai ici !"),
    "rien": ("fr", None, "Rien à dire, rien à redire, l'équipe connaît son métier."),
    "aucune": ("fr", None, "Aucune réponse à mes courriels depuis trois semaines."),
    "agence": ("fr", "L'agence de Lyon", "Accueil chaleureux à l'agence, merci à Sophie."),
    "agence-typo": ("fr", None, "L’agence m’a rappelé aujourd’hui ; quelqu’un d’efficace."),
    "notre-agence": ("fr", None, "Notre agence habituelle a fermé, quel dommage."),
    "elisions": (
        "fr",
        None,
        "Lorsqu'on appelle, jusqu'à vingt minutes d'attente, puisqu'il n'y a qu'un vendeur.",
    ),
    "livree": ("fr", None, "Commande livrée avec une semaine de retard."),
    "livree-sans-accent": ("fr", None, "commande livree en retard, tres decu du service"),
    "livraison": ("fr", "Livraison rapide", "Livraisons soignées, le livreur est aimable."),
    "ivre": ("fr", None, "Le vendeur sentait l'alcool : ivre en plein magasin."),
    "rembourse": ("fr", None, "Remboursement refusé, j'attends d'être remboursée depuis mars."),
    "service-client": ("fr", None, "Le service client est à l'écoute, le service après-vente aussi."),
    "client-service": ("fr", None, "Chaque client mérite un meilleur service."),
    "porte-monnaie": ("fr", None, "J'ai perdu mon porte-monnaie dans le rayon, on me l'a rendu."),
    "porte-et-monnaie": ("fr", None, "La porte automatique coince et la caisse n'a pas de monnaie."),
    "qualite-prix": ("fr", None, "Bon rapport qualité/prix pour des rosiers."),
    "dix-sur-dix": ("fr", None, "10/10, je recommande les yeux fermés ★★★★★"),
    "dix": ("fr", None, "Il a fallu 10 appels et 3,5 heures d'attente."),
    "coeur": ("fr", "Coup de cœur", "Un vrai coup de cœur pour cette pépinière, œillets superbes."),
    "nulle": ("fr", None, "Communication nulle."),
    "nuls": ("fr", None, "Ils sont nuls en conseil."),
    "decus": ("fr", None, "Nous sommes repartis déçus et mal conseillés."),
    "emoji-colere": ("und", None, "😡😡 5 semaines !!!"),
    "emoji-coeur": ("und", None, "Merci ❤️👍🏽"),
    "drapeau": ("und", None, "Produits 🇫🇷 👍"),
    "cjk": ("zh", None, "配送很慢，服务态度不好。"),
    "cjk-autre": ("zh", None, "送货很快，配件齐全。"),
    "japonais": ("ja", None, "配送が早くて満足です。"),
    "coreen": ("ko", None, "배송이 빨라요"),
    "en-happy": ("en", "Happy", "I am happy with the delivery, it was quick."),
    "en-not-happy": ("en", None, "I am not happy, the delivery was late."),
    "en-wasnt-happy": ("en", None, "I wasn't happy with the refund policy."),
    "en-never": ("en", None, "They never answered. Never again, nobody refunded me."),
    "en-agency": ("en", None, "The agency's staff don't care about deliveries."),
    "es": ("es", None, "Muchas gracias, entrega rápida."),
    "majuscules": ("fr", None, "ARNAQUE TOTALE, FUYEZ CE MAGASIN !"),
    "decompose": ("fr", None, "Re\u0301paration ba\u0302cle\u0301e."),
    "typographie": ("fr", None, "« Très déçu… » — voilà ce que dit ma mère ; moi aussi."),
    "syntaxe": ("en", None, "AND then OR maybe NEAR the exit: stems are words"),
    "injection": ("fr", None, "'; DROP TABLE mention; -- a écrit un petit malin"),
    "html": ("fr", None, "<script>alert('bonjour')</script> <b>gras</b>"),
    "url": ("fr", None, "Voir https://exemple.fr/avis?id=12 pour la suite"),
    "long": ("fr", None, "bien " * 3000 + "fin"),
    "vide": ("fr", None, ""),
    "ponctuation": ("und", None, "!!! ... ???"),
    "titre-seul": ("fr", "Magnifique terrasse", ""),
    "frontiere": ("fr", "Je ne suis pas", "Content de rien, voilà tout."),
}

SOURCES = ["trustpilot", "app_store", "feed", "survey_file"]
BRANDS = ["jardivert", "plantissimo", "verdoia", "a,b", '"guillemets"', "sépa\x1frateur"]
ASPECTS = ["price", "delivery", "staff", "quality", "website"]
POLARITIES = ["negative", "neutral", "positive"]


def written() -> list[MentionDocument]:
    """The texts above, one mention each; fields vary by place in the list."""
    documents = []
    for place, (name, (language, title, text)) in enumerate(TEXTS.items()):
        found = indexed(language, title, text)
        documents.append(
            MentionDocument(
                id=name,
                revision=1,
                mention_kind="review",
                source=SOURCES[place % len(SOURCES)],
                source_key=f"{SOURCES[place % len(SOURCES)]}:jardivert",
                entity="jardivert",
                run_id="run-1",
                brands=("jardivert",) if place % 3 else ("jardivert", "plantissimo"),
                language=language,
                title=title,
                text=text,
                stems=found.stems,
                words=found.words,
                period_at=START + timedelta(hours=7 * place),
                first_seen_at=START + timedelta(days=30),
                stars=float(place % 5 + 1) if place % 4 else None,
            )
        )
    return documents


def mention(seed: int, *, revision: int = 1, name: str | None = None) -> MentionDocument:
    """One random mention, the same for the same seed; sums of its numbers are exact (multiples of 1/8)."""
    rng = random.Random(seed)
    language, title, text = rng.choice(list(TEXTS.values()))
    found = indexed(language, title, text)
    at = START + timedelta(minutes=rng.randrange(90 * 24 * 60))
    names = tuple(rng.choices(ASPECTS, k=rng.choice([0, 1, 1, 2, 3])))
    polarity = rng.choice([None, rng.randrange(-8, 9) / 8])
    return MentionDocument(
        id=name or f"m{seed:05d}",
        revision=revision,
        mention_kind=rng.choice(["review", "post", "survey_answer"]),
        source=(source := rng.choice(SOURCES)),
        source_key=f"{source}:{rng.choice(['nord', 'sud'])}",
        entity="jardivert",
        native_id=rng.choice([None, str(seed)]),
        run_id=f"run-{rng.randrange(5)}",
        url="https://exemple.fr/avis",
        brands=tuple(rng.sample(BRANDS, k=rng.choice([0, 1, 1, 1, 2]))),
        brands_mentioned=tuple(rng.choices(BRANDS, k=rng.choice([0, 0, 1, 2]))),
        place=rng.choice([None, "Lyon", "Évry", "Paris", ""]),
        language=language,
        title=title,
        text=text,
        stems=found.stems,
        words=found.words,
        reply=rng.choice([None, "Merci pour votre retour."]),
        published_at=rng.choice([None, at]),
        period_at=at,
        first_seen_at=at + timedelta(days=1, microseconds=1000),
        late=rng.random() < 0.2,
        stars=rng.choice([None, 1.0, 2.0, 3.5, 5.0]),
        asked_score=rng.choice([None, None, 9.0, 10.0]),
        verified=rng.choice([None, True, False]),
        likes=rng.choice([None, 0, 1, 12, 3_000_000]),
        sentiment=rng.choice([None, *POLARITIES]),
        polarity=polarity,
        advocacy_balance=rng.choice([None, -1.0, 0.0, 0.25, 1.0]),
        intents=tuple(rng.sample(["recommends", "leaves", "comes_back"], k=rng.choice([0, 0, 1, 2]))),
        aspects=tuple(
            AspectDocument(name=each, polarity=rng.choice(POLARITIES), probability=0.75, start=0, end=4)
            for each in names
        ),
        aspect_names=names,
        aspect_polarity=tuple(f"{each}:{rng.choice(POLARITIES)}" for each in names),
        sentences=(SentenceDocument(start=0, end=len(text), polarity=polarity),),
        evidence=(EvidenceDocument(what="delight", probability=0.5),) if rng.random() < 0.3 else (),
        versions=("sentiment@1", "language@1"),
        vector=tuple(rng.randrange(-128, 128) for _ in range(384)) if rng.random() < 0.2 else None,
    )


def search_result(seed: int, *, revision: int = 1) -> SearchResultDocument:
    """One random search result, the same for the same seed."""
    rng = random.Random(seed)
    title, snippet = (
        rng.choice(["Jardivert : avis clients", "Jardinerie à Lyon"]),
        rng.choice([None, "Livraison rapide, 1 200 avis."]),
    )
    found = indexed("fr", title, snippet)
    rank = rng.randrange(1, 11)
    return SearchResultDocument(
        id=f"s{seed:05d}",
        revision=revision,
        snapshot_id=f"snapshot-{rng.randrange(4)}",
        source="google_results",
        source_key="google_results:jardivert",
        run_id="run-1",
        engine="google",
        query=rng.choice(["jardivert avis", "meilleure jardinerie lyon"]),
        query_kind="brand",
        brands=("jardivert",),
        captured_at=START + timedelta(days=rng.randrange(60)),
        type="organic",
        position=rank,
        rank=rank,
        url="https://exemple.fr",
        domain=rng.choice(["exemple.fr", "avis.example"]),
        title=title,
        snippet=snippet,
        stems=found.stems,
        words=found.words,
        ownership=rng.choice(["owned", "press", None]),
        position_weight=rank / 8,
        brand_present=rng.choice([None, 0.0, 1.0]),
    )


def others() -> list[RunDocument | EventDocument | MeasureDocument]:
    """A few documents of the kinds that have no words."""
    runs = [
        RunDocument(
            id=f"run-{number}",
            revision=1,
            source="feed",
            source_key="feed:a",
            brands=("jardivert",),
            status="ok" if number % 2 else "degraded",
            reason=None if number % 2 else "la moitié des dates manque",
            started_at=START + timedelta(days=number),
            items=number,
            complete=number % 2 == 1,
            fill_rates=(FillRate(field="title", rate=0.5),),
        )
        for number in range(7)
    ]
    events = [
        EventDocument(
            id=f"event-{number}",
            revision=1,
            type="edited" if number % 2 else "vanished",
            at=START + timedelta(days=number),
            run_id="run-1",
            source="trustpilot",
            source_key="trustpilot:jardivert",
            subject_id=f"m{number:05d}",
            before="Nul",
            stars_before=1.0,
        )
        for number in range(5)
    ]
    measures = [
        MeasureDocument(
            id=f"measure-{number}", revision=1, name="nps", at=START, value=number / 4, low=None, n=number
        )
        for number in range(4)
    ]
    return [*runs, *events, *measures]


def everything(
    size: int = 300,
) -> list[MentionDocument | SearchResultDocument | RunDocument | EventDocument | MeasureDocument]:
    """The written texts, `size` random mentions, a fifth as many search results, and the rest."""
    return [
        *written(),
        *(mention(seed) for seed in range(size)),
        *(search_result(seed) for seed in range(size // 5)),
        *others(),
    ]
