"""What the fault site publishes, by a calendar that the oracle knows: the review of a number."""

import random
from datetime import date, timedelta
from typing import NamedTuple

FIRST_MONDAY = date(2026, 2, 2)
"""The Monday on which the first week begins: 2026-W06."""
A_WEEK = 10
PAGE = 10
NAME = "Fleurs Témoin"


class Review(NamedTuple):
    """One review as published."""

    number: int
    on: date
    rating: int
    author: str
    text: str


_WHO = ("Amina", "Basile", "Capucine", "Damien", "Elvire", "Fabrice", "Gwenola", "Hakim", "Inès", "Joachim")
_OPEN = (
    "Bouquet reçu un mardi matin",
    "Commande passée pour ma grand-mère",
    "Livraison à mon bureau de Lille",
    "Composition choisie en boutique",
    "Abonnement pris depuis janvier",
    "Couronne demandée en urgence",
    "Orchidée offerte à une collègue",
    "Plantes vertes pour notre hall",
    "Roses achetées sur le site",
    "Centre de table pour un baptême",
)
_MIDDLE = (
    "le vendeur a pris le temps d'écouter",
    "les tiges étaient déjà fanées",
    "l'emballage tenait très bien",
    "le livreur s'est trompé d'étage",
    "la carte portait un autre prénom",
    "le parfum remplissait la pièce",
    "personne ne décrochait au téléphone",
    "le prix restait raisonnable",
    "la couleur n'était pas celle promise",
    "tout est arrivé avec une heure d'avance",
    "le vase manquait dans le colis",
    "la terre était bien humide",
)
_END = (
    "nous reviendrons avec plaisir",
    "je ne recommande pas cette adresse",
    "un geste commercial a suivi",
    "mes invités ont adoré",
    "le remboursement se fait attendre",
    "bravo à toute l'équipe",
    "je passerai par un autre fleuriste",
    "cela a sauvé notre fête",
    "il faudrait mieux former les saisonniers",
    "la qualité se maintient année après année",
    "une déception de bout en bout",
)
_SCORES = (5, 4, 2, 5, 3, 1, 4, 5, 2, 4)


def review(number: int) -> Review:
    """Return the review of a number: always the same, and like no other."""
    dice = random.Random(number)
    opening, end = dice.choice(_OPEN), dice.choice(_END)
    one, two = dice.sample(_MIDDLE, 2)
    words = [
        dice.choice("bcdfglmnprst")
        + dice.choice(("ava", "oli", "éri", "uno", "ima"))
        + dice.choice("lnrst")
        + "e"
        for _ in range(6)
    ]
    text = f"{opening}, {one} ; {two}. Variété {' '.join(words)}, {end}."
    week, day = divmod(number, A_WEEK)
    on = FIRST_MONDAY + timedelta(weeks=week, days=day * 7 // A_WEEK)
    return Review(number, on, _SCORES[number % len(_SCORES)], dice.choice(_WHO), text)


def published(until: date) -> list[Review]:
    """Return what was published before a day, newest first."""
    count = max(0, (until - FIRST_MONDAY).days) // 7 * A_WEEK + 2 * A_WEEK
    return sorted(
        (each for each in map(review, range(count)) if each.on < until), key=lambda each: -each.number
    )
