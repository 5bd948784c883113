"""How the columns of survey exports are headed, by field, in French and English.

Headings are matched folded, their words apart: "EndDate", "_submission_time" and "N°" are "end date",
"submission time" and "no".
"""

import re

FIELDS = ("id", "date", "score", "language", "place", "text", "author")
_ANSWER = (
    r"(?:reponses?|response|answer|repondant|respondent|avis|survey|feedback|enquete|questionnaire|soumission|submission"
    r"|participation|ticket)"
)
_THE = r"(?:de |du |d |of )?(?:la |l |the )?"
HEADINGS: dict[str, tuple[str, ...]] = {
    "id": (
        rf"^(?:id|identifiant|n|no|num|numero|number|ref|reference) {_THE}{_ANSWER}$",
        rf"^{_ANSWER} (?:id|no|number|ref)$",
        rf"^\w+ (?:id|identifiant) {_THE}{_ANSWER}$|^(?:n|no) obs(?:ervation)?$",
        r"^(?:id|uuid|identifiant|ref|reference|numero|no|n|cle|token)$",
    ),
    "date": (
        r"submi(?:t|ssion)|soumis|date d enregistrement|date saisie|recorded date",
        rf"^date {_THE}{_ANSWER}",
        r"horodat|timestamp|date ?stamp|completed|completion|repondu le|answered|recu le",
        r"fertigstellung|abgeschlossen|endzeit|hora de finalizacion|ora di completamento|voltooiingstijd",
        r"(?:date|heure) de fin|end (?:date|time)|^end$|finish",
        r"^date\b|\bdate$",
        r"zeitstempel|marca temporal|tijdstempel|informazioni cronologiche|carimbo",
        r"^(?:datum|fecha|data)\b|\bfecha$",
        r"\bdate\b|cree le|created",
        r"(?:date|heure) de debut|start (?:date|time)|^start$",
        r"startzeit|hora de inicio|ora di inizio|begintijd",
        r"\bupdated (?:at|on)\b|\bmis a jour\b",
    ),
    "score": (
        r"\bnps\b",
        r"recomm?[ae]nd|recomi[ae]nd|weiterempf|empfehl|consigli|raccomand|aanbeve|aanraden",
        r"\b0 (?:a|to|et|and|sur)? ?10\b",
        r"^(?:note|score)\b",
        r"\b(?:note|score|rating|notation)\b",
        r"satisfaction|probabilite|likelihood|evaluation",
        (
            r"wahrscheinlich|probabilidad|probabile|waarschijnlijk|punteggio|puntuacion|punktzahl|bewertung"
            r"|pontuacao|classificacao|beoordeling|cijfer"
        ),
    ),
    "language": (
        r"^(?:langue|language|lang|locale|sprache|idioma|lingua|taal)\b",
        r"\b(?:langue|language)\b",
    ),
    "place": (
        r"^(?:unite?|einheit|unidad)$",
        r"magasin|point de vente|etablissement|agence|boutique|\bstore\b|\bshop\b|branch",
        r"\b(?:lieu|ville|city|location|site|restaurant|hotel|centre|succursale)\b",
        (
            r"\b(?:filiale|standort|stadt|tienda|sucursal|ciudad|negozio|citta|winkel|vestiging|filiaal|stad|loja"
            r"|cidade)\b"
        ),
    ),
    "text": (
        r"commentaire|verbatim|\bcomments?\b",
        r"pourquoi|\bwhy\b|raison|reason|feedback|remarque|suggestion|temoignage|opinion|\bavis\b",
        r"\b(?:texte?|message|reponse (?:libre|ouverte)|open)\b",
        (
            r"\b(?:warum|wieso|grund|kommentar|anmerkung|begrundung|por ?que|comentarios?|motivo|perche"
            r"|commento|waarom|opmerking|toelichting|reden|porque)\b"
        ),
    ),
    "author": (
        r"^(?:nom|prenom|auteur|author|client|name|pseudo)\b",
        r"e ?mail|courriel|messagerie|\bname\b|repondant|respondent|customer|\bnom\b",
    ),
}
"""Headings by field, the most telling first."""
OWNERS_ANSWER = re.compile(
    r"reponse (?:du|de la|de l|apportee|magasin|marque|entreprise)\b|\breply\b"
    r"|\bowner s? ?(?:answer|response)"
)
ANSWER = re.compile(r"\breponses?\b|\brepl(?:y|ied)\b|\brepondu\b|\banswer")
"""Where a shop's answer has a column, the date of an answer is the shop's."""
OPEN_QUESTION = re.compile(
    r"amelior|appreci|\bplait\b|\bplu\b|\bdeplu\b|\bmotiv|\bexpli|dites nous|partage[rz]|racont|decri"
    r"|\bmotifs?\b|pour quel|precisez|en quelques mots|follow ?up|gefallen|verbesser|\bgut gemacht\b|mejorar"
    r"|gustado|migliorar|piaciuto|verbeteren|was konnen wir|que podemos|cosa possiamo|\bwat\b"
    r"|\bimprove|\blike[ds]?\b|\bdislike|\benjoy|tell us|describe|open ended|\bwhat\b|^qu est ce qu"
)
"""Questions that people answer in their own words; the answers to all of them are one text."""
EXCLUDED = {
    "score": re.compile(
        r"comment|pourquoi|\bwhy\b|raison|reason|warum|\bpor ?que|perche|waarom|kommentar|categor"
        r"|type|segment|group|expli|verbatim|justif|motiv"
        r"|amelior|qu est ce qu|\bwhat\b|^que? (?!.*(?:probab|recom))"
    ),
    "date": re.compile(r"naissance|birth|age\b|commande|order"),
    "place": re.compile(r"recomm[ae]nd|satisf|\bnote\b|appreci|amelior|pourquoi|\bwhy\b|\bnps\b|\bgroup\b"),
    "text": re.compile(
        r"\binterne?\b|\binternal\b|reponse (?:du|de la|de l|apportee|magasin|marque)\b|\breply\b|traitement"
        r"|\bstatut\b|\bstatus\b|\bdate\b|\bheure\b|\bid\b|\btime\b"
    ),
}
"""Headings that look like a field's and are not."""
