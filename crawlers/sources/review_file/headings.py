"""How the columns of exports of reviews are headed, by field, in French and English.

Headings are matched folded, their words apart: "starRating", "Date de l'avis" and "review_text" are
"star rating", "date de l avis" and "review text".
"""

import re

FIELDS = (
    "id", "reply_date", "reply", "updated", "experienced", "date", "rating", "recommends", "language",
    "country", "url", "verified", "likes", "subject", "title", "author", "place", "text",
)  # fmt: skip
"""In the order in which columns are given out: what is told from others by two words goes first."""
SEVERAL = frozenset({"text", "author"})
"""Fields that may lie in several columns: praise and blame, first name and name."""
NEEDED = frozenset({"rating", "text", "date"})
"""Fields of which a wrong choice would falsify figures: of two columns that could be one, neither is."""

_OF = r"(?:de |d |du |des |of )?(?:l |la |le |les |the )?"
_REVIEW = (
    r"(?:avis|reviews?|commentaires?|comments?|evaluation|temoignage|recommendation|recommandation|rezension"
    r"|kommentars?|resena|comentarios?|opinion(?:es)?|recension[ei]|commento|recensie|opmerking)"
)
_REPLY = r"(?:reply|replies|response|reponses?|answer|antwort|respuesta|risposta|antwoord|reactie|resposta)"
_OWNER = r"(?:owner|proprietaire|management|merchant|seller|vendeur)"
_WHY = r"\b(?:pourquoi|why|warum|wieso|weshalb|por que|porque|perche|waarom|raisons?|reasons?|grund|motivo)\b"
"""A question after the reason of an answer or a rating: what stands below it are a person's words."""
_WHEN = r"(?:date|datetime|time|timestamp|heure|le|at|on|millis|utc)"
_RATE = r"(?:note|rating|rate|notation|score|stars?|etoiles?|evaluation)"
_RATING_OR_TEXT = r"\b(?:bewertung|valoracion|valutazione|beoordeling|avaliacao)\b"
"""Words that head ratings in one export and texts in another: their cells tell."""
MAY_BE_TEXT = re.compile(_RATING_OR_TEXT)
HEADINGS: dict[str, tuple[str, ...]] = {
    "id": (
        rf"\b(?:id|identifiant|uuid|ref|reference|numero|no) {_OF}{_REVIEW}$",
        rf"\b{_REVIEW} (?:id|identifiant|uuid|guid|ref|reference|key)$",
        r"^(?:id|encid|uuid|guid|identifiant)$",
        r"^(?:bewertungs?|rezensions?|kommentar) ?(?:id|nummer|nr)$",
        r"^id (?:feedback|resena|opinion|recensione)$",
    ),
    "reply_date": (
        rf"^(?=.*\b{_REPLY}\b)(?=.*\b(?:date|datetime|le|at|on|time|timestamp)\b)",
        rf"^(?=.*\b{_REPLY}\b)(?=.*\b(?:update time|updated|last modified|millis|created|creation)\b)",
        rf"^(?=.*\b{_OWNER}\b)(?=.*\b(?:date|datetime|timestamp|time|utc)\b)",
        r"^(?:repondu|answered|replied|beantwortet|respondido) (?:le|at|on|am|el)\b",
        r"^developer comment last modified seconds$|\bdeveloper comment last modified seconds$",
    ),
    "reply": (
        rf"\b{_REPLY} (?:text|texte|content|contenu|body|comment|message)$",
        (
            rf"\b(?:developer|owner|management|company|property|business|merchant|seller|host|your|brand|shop)"
            rf" {_REPLY}$"
        ),
        (
            rf"\b{_REPLY} {_OF}(?:proprietaire|etablissement|entreprise|marque|magasin|vendeur|gerant"
            rf"|direction|developpeur|societe|boutique|service client|hotel|commercant|professionnel)$"
        ),
        r"\bdeveloper comment text$",
        rf"\b{_REPLY}\b",
    ),
    "updated": (r"\b(?:updated?|modified|edited|modification|mise a jour|modifiee?)\b",),
    "experienced": (
        (
            r"^(?=.*\b(?:experience[d]?|sejour|stay|visite?|purchase|achat|commande|order|check ?(?:in|out)"
            rf"|arrivee|depart|livraison|delivery|trip|voyage|prestation)\b)(?=.*\b{_WHEN}\b)"
        ),
    ),
    "date": (
        rf"^(?=.*\b{_REVIEW}\b)(?=.*\b(?:creation|created|submission|submitted) {_WHEN}\b)",
        rf"^(?:date|heure) (?:et heure )?{_OF}(?:{_REVIEW}|publication|creation|depot|redaction)\b",
        (
            rf"^(?=.*\b(?:{_REVIEW}|publication|publish(?:ed)?|submit(?:ted)?|submission|post(?:ed)?|publiee?"
            rf"|deposee?|soumise?)\b)(?=.*\b{_WHEN}\b)"
        ),
        rf"^(?:.* )?(?:created?|creation|published|posted|submitted)(?: {_WHEN})?$",
        r"^(?:date|datum|fecha|data)\b",
        r"^(?:creee?|recue?|ajoutee?|publiee?|deposee?|soumise?|envoyee?|redigee?) le\b",
        r"\b(?:erstellt|eingegangen|abgegeben|veroffentlicht) am\b|\b(?:creado|publicado|enviado) el\b",
        r"\bdate\b|horodat|timestamp|^time$|^datetime$|^publie(?: le)?$|^depose(?: le)?$",
        r"\bzeitstempel\b|\bmarca temporal\b|\b(?:veroffentlicht|erstellt) am\b|\bgeplaatst op\b",
        r"\b(?:fecha|datum)\b|\blast modified seconds$|\bupdated?\b",
    ),
    "rating": (
        rf"^(?=.*\b{_RATE}\b)(?=.*\b(?:globale?|generale?|overall|ensemble)\b)",
        (
            rf"^(?:(?:star|bubble|user|review|reviewer|customer|{_REVIEW}) )?{_RATE}(?: (?:value|sur \d+|\d+"
            rf"|avis|client|attribuee?|donnee?|{_REVIEW}))?$"
        ),
        rf"\b{_RATE}\b",
        r"\bsatisfaction\b|\bnb etoiles\b|\bnombre d etoiles\b",
        (
            r"\b(?:sterne|punkte|sternebewertung|gesamtnote|estrellas|puntuacion|calificacion|stelle|punteggio"
            r"|voto|sterren|cijfer|waardering|estrelas|nota|classificacao|pontuacao)\b"
        ),
        _RATING_OR_TEXT,
    ),
    "recommends": (
        r"\brecommendation type\b|\btype de recommandation\b",
        r"^(?:recommends?|recommande|recommended|recommendation|recommandation)$",
    ),
    "language": (r"\b(?:langue|language|lang|locale|sprache|idioma|lingua|taal)\b",),
    "country": (r"^(?:.* )?(?:pays|country|territory|territoire|land|paese|pais)(?: code)?$",),
    "url": (
        rf"^(?=.*\b(?:{_REVIEW})\b)(?=.*\b(?:url|link|lien|permalink|permalien)\b)",
        r"^(?:url|link|lien|permalink|permalien|adresse web)$",
        r"\b(?:permalink|permalien|google maps url)\b",
    ),
    "verified": (r"\bverified\b|\bverifiee?\b",),
    "likes": (r"\bhelpful\b|\blikes?\b|\butile\b|\bthumbs up\b",),
    "subject": (
        r"^(?:nom |name )?(?:du |de l |of )?(?:produit|product|article|item)(?: (?:name|nom|title|titre))?$",
        r"^(?:product|produit|item|article) (?:name|nom|title|titre|libelle)$",
        r"^asin$|^sku$",
    ),
    "title": (
        rf"^(?:{_REVIEW} )?(?:title|titre|headline|objet|resume|summary)(?: {_OF}{_REVIEW})?$",
        r"\b(?:title|titre|headline|titel|uberschrift|titulo|titolo)\b",
    ),
    "author": (
        (
            r"\b(?:(?:display|profile) name|nickname|nick|username|user name|pseudo|pseudonyme"
            r"|(?:author|reviewer) (?:name|title)|auteur|nom complet|full name)\b"
        ),
        r"\b(?:author|reviewer|reviewed by|redacteur)\b",
        (
            r"^(?:prenom|first ?name)$|^(?:nom|name|last ?name)$|^(?:nom|prenom) "
            rf"{_OF}(?:client|auteur|consommateur)$"
        ),
        r"^(?:client|customer|guest|consumer|user|utilisateur|voyageur|internaute|membre)(?: name)?$",
        (
            r"^(?:kunde|kundenname|verfasser|benutzer|autore?|nombre|cliente|usuario|utente|nome|klant|naam"
            r"|gebruiker|utilizador)$"
        ),
    ),
    "place": (
        r"^(?:business|location|store|shop|listing|place|branch|site) (?:name|title)$",
        rf"^(?:nom|enseigne|libelle) {_OF}(?:magasin|etablissement|point de vente|agence|boutique|lieu)$",
        r"magasin|point de vente|etablissement|agence|boutique|\bstores?\b|\bshops?\b|branch|succursale",
        r"\b(?:locations?|lieux?|villes?|city|sites?|restaurants?|hotels?|centre|property|places?)\b",
        (
            r"\b(?:filiale|standort|stadt|tienda|sucursal|ciudad|negozio|punto vendita|citta|winkel|vestiging"
            r"|filiaal|stad|loja|cidade)\b"
        ),
    ),
    "text": (
        r"\boriginal (?:review )?(?:text|comment|content)\b|\b(?:texte?|avis|commentaire) original\b",
        (
            rf"^(?:.* )?{_REVIEW} (?:text|texte|content|contenu|body|message)(?: published)?$"
            rf"|^(?:text|texte|contenu|content) {_OF}{_REVIEW}$"
        ),
        (
            r"^(?:comments?|commentaires?|verbatims?|reviews?|avis|text|texte|body|message|content|contenu"
            r"|temoignage|feedback|text full|full text)$"
        ),
        (
            r"\b(?:comments?|commentaires?|verbatim|text|texte|body|message|content|contenu|temoignage|feedback"
            r"|avis|review)\b"
        ),
        (
            r"\b(?:kommentar|rezension|bewertungstext|comentarios?|opinion(?:es)?|resena|commento|recensione"
            r"|testo|opmerking|toelichting|recensie|texto)\b"
        ),
        _RATING_OR_TEXT,
        rf"{_WHY}|\b(?:reponse|response|antwort) (?:libre|ouverte|text)\b|\bopen ended\b",
    ),
}
"""Headings by field, the most telling first."""
_EMAIL = r"\be ?mail\b|\bcourriel\b"
_ORDER = r"\b(?:order|commande|reservation|booking|transaction|facture|invoice|ticket)\b"
EXCLUDED: dict[str, re.Pattern[str]] = {
    "id": re.compile(rf"{_ORDER}|\bclient\b|\bcustomer\b|\buser\b|\bproduct\b|\bproduit\b"),
    "reply": re.compile(
        r"\b(?:date|datetime|time|timestamp|heure|millis|seconds|status|statut|state|etat|id|url|link|lien"
        r"|author|auteur|by|par|delai|delay|count|nombre|user|display name|rate|taux)\b"
        rf"|{_WHY}|\b(?:libre|ouverte|open|ended)\b"
    ),
    "updated": re.compile(rf"\b{_REPLY}\b|\bdeveloper\b|\bby\b|\bpar\b|\bversion\b|\bmillis\b"),
    "date": re.compile(
        rf"\b{_REPLY}\b|\b{_OWNER}\b|^repondue? le\b"
        r"|naissance|birth|\bcommande\b|\border\b|\bsejour\b|\bstay\b|\bdeveloper\b"
        r"|\bexperience|\bid\b|\bby\b|\bpar\b|\bversion\b|\bmillis\b"
    ),
    "rating": re.compile(
        r"\baspects?\b|comment|\btext|\bcount\b|\bnombre d avis\b|\bid\b|\bdate\b|\btitle\b|\btitre\b"
        rf"|\baverage\b|\btype\b|\bmoyenne\b|pourquoi|\bwhy\b|\burl\b|\b{_REPLY}\b|\bresponse rate\b"
        r"|\btrust ?score\b|\blabel\b"
    ),
    "url": re.compile(r"photo|image|avatar|picture|profil|logo|domain|\bsite\b|product|produit"),
    "title": re.compile(r"\bauthor\b|\breviewer\b|product|produit|article|item|\bpage\b|\bjob\b|\bapp\b"),
    "author": re.compile(
        rf"{_EMAIL}|\bid\b|\burl\b|\blink\b|photo|picture|avatar|phone|telephone|anonym|\blocale?\b|\blanguage\b"
        rf"|\bcountry\b|\bcount\b|\b{_REPLY}\b|\btype\b|\blevel\b"
    ),
    "place": re.compile(
        rf"\b(?:note|rating|score|comment|commentaire|id|url|photo|{_REPLY})\b|{_EMAIL}|\bweb ?site\b"
        r"|\b(?:author|auteur|reviewer|user|client|customer|guest|consumer)\b"
    ),
    "subject": re.compile(r"\bid\b|\burl\b"),
    "language": re.compile(r"\bversion\b"),
    "verified": re.compile(r"\bdate\b|\burl\b"),
    "text": re.compile(
        rf"^(?!.*{_WHY}|.*\b{_REPLY} (?:libre|ouverte)\b|.*\bopen ended\b).*(?:"
        rf"\b{_REPLY}\b|\bdeveloper\b|\binterne?\b|\binternal\b|\bdate\b|\bheure\b|\btime\b|\bmillis\b|\bseconds\b"
        r"|\b(?:id|url|link|lien|note|rating|stars?|score|count|nombre|status|statut|state|title|titre"
        r"|language|langue|name|nom|author|auteur|type|photo|verified|verifie|likes?|source|platform|tags?|reactions?|phrases"
        r"|plateforme|country|pays|traitement|token|version|label)\b)"
    ),
}
"""Headings that look like a field's and are not."""
PRAISE = re.compile(
    r"\b(?:positi(?:ve|ves|f|fs|fes)|likes?|liked|pros|points? forts?|avantages?|aime|apprecie)\b"
)
BLAME = re.compile(
    r"\b(?:negati(?:ve|ves|f|fs|fes)|dislikes?|disliked|cons|points? faibles?|inconvenients?"
    r"|a ameliorer|pas aime)\b"
)
"""Two columns of one review: what was liked, and what was not."""
OF_REVIEW = re.compile(r"\b(?:reviews?|avis|bewertung|resena|recensione)\b")
OF_COMMENT = re.compile(r"\b(?:comments?|commentaires?)\b")
"""Where both head columns of one kind, a comment is a shop's answer to a review."""
COUNTERS = re.compile(r"^(?:no|n|num|numero|ligne|line|row|rang|rank|index|#)$")
"""Headings of columns that number the rows: another export numbers them otherwise."""
FRENCH = re.compile(
    r"\b(?:avis|commentaires?|note|auteur|etoiles?|titre|reponse|magasin|ville|langue|pays|lieu|texte"
    r"|contenu|prenom|nom|etablissement|heure|publie|depose|verifie|date (?:de|du|d)"
    r"|datum|bewertung|kommentar|sterne|fecha|puntuacion|comentario|resena|valutazione|recensione|commento"
    r"|beoordeling|opmerking|avaliacao|classificacao)\b"
)
"""Words of headings in French, German, Spanish, Italian, Dutch and Portuguese: there the day comes first."""
