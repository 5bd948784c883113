"""The patterns of personal data, French and English, some German and Dutch.

Every repetition is bounded, so that no text, however hostile, costs more than a constant per character.
Patterns never start or end inside a word, nor beside what is already masked. Digits mean ASCII digits.
"""

import re

_BEFORE = r"(?<![\w█@])"
_AFTER = r"(?![\w█])"

EMAIL = re.compile(
    r"[\w.+%-]{1,64}+(?:\spoint\s[\w-]{1,32}(?=\s(?:arobase|point)\s|\s?[\[(@])){0,2}(?:@|\s?[\[(](?:at|arobase)[\])]\s?|\s(?:arobase)\s)"
    r"[\w-]{1,63}(?:(?:\.|\s?[\[(](?:dot|point)[\])]\s?|\spoint\s)[\w-]{1,63}){1,4}",
    re.IGNORECASE,
)

URL = re.compile(
    rf"{_BEFORE}(?:https?://|www\.)(?:(?P<user>[^\s/@█]{{1,128}})@)?[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{1,6}}(?::\d{{1,5}})?"
    r"(?P<tail>[/?#][^\s<>\"'»]{0,2000})?",
    re.IGNORECASE,
)
PERSONAL_PARAMETER = re.compile(
    r"[?&#;/](?:e?mail|token|jwt|access_?token|auth|key|cle|api_?key|sid|session(?:_?id)?|user(?:_?(?:id|name))?|uid|login|"
    r"client(?:_?id)?|customer(?:_?id)?|id_?client|order(?:_?id)?|commande|id_?commande|numero|num|phone|tel|nom|name|prenom|"
    r"sig(?:nature)?|hash|invite|code|tracking|suivi|colis)=[^\s&#█]{3}",
    re.IGNORECASE | re.ASCII,
)
RANDOM_SEGMENT = re.compile(r"[A-Za-z0-9]{20,}")

IBAN = re.compile(
    rf"(?P<key>\b(?i:iban)\b\s?:?\s?)?{_BEFORE}(?P<iban>[A-Z]{{2}}[0-9]{{2}}(?:\s?[A-Z0-9]{{4}}){{3,7}}(?:\s?[A-Z0-9]{{1,3}})?){_AFTER}",
    re.ASCII,
)
CARD = re.compile(r"(?<![\w█.,+-])[0-9](?:[ -]?[0-9]){12,18}(?![\w█]|[.,-][0-9])", re.ASCII)
ACCOUNT = re.compile(
    r"\b(?:rib|(?:num[ée]ro|n°|no)\s(?:de\s)?compte|account\s(?:number|no\.?)|compte\s(?:bancaire\s)?(?:n°|num[ée]ro)"
    r"|sort\scode|carte\s(?:bancaire|bleue)\s(?:n°|num[ée]ro))"
    r"\s?(?:est|is|le|:|n°)?\s?(?P<number>[0-9](?:[ -]?[0-9X]){4,30})(?![\w█])",
    re.IGNORECASE,
)

PHONES = (
    # French, +33 or 0, in pairs with one separator throughout, or 06 1234 5678
    re.compile(
        r"(?<![\w█+/])(?<![0-9][.,-])(?:(?:\+|00)\s?33\s?[.-]?\s?(?:\(0\)\s?)?[1-9]"
        r"|0[1-9])([ .\-\u00a0\u202f/]?)[0-9]{2}(?:\1[0-9]{2}){3}(?![\w█]|[.,/-][0-9])"
    ),
    re.compile(r"(?<![\w█+/])(?<![0-9][.,-])0[1-9][ .-]?[0-9]{4}[ .-]?[0-9]{4}(?![\w█]|[.,/-][0-9])"),
    # International
    re.compile(
        r"(?<![\w█/])(?<![0-9][.,-])(?:\+|00(?=[1-9]))[0-9]{1,3}[ .-]?(?:\([0-9]{1,4}\)[ .-]?)?[0-9]{1,4}"
        r"(?:[ .-]?[0-9]{2,4}){2,4}(?![\w█]|[.,][0-9]|\s?(?:€|%|euros?|personnes?|avis))"
    ),
    # United Kingdom, United States
    re.compile(r"(?<![\w█+/.,-])\(?0[1-9][0-9]{1,3}\)?[ -][0-9]{3,4}[ -]?[0-9]{3,4}(?![\w█]|[.,/-][0-9])"),
    re.compile(r"(?<![\w█+/.,-])07[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{3}(?![\w█]|[.,/-][0-9])"),
    re.compile(
        r"(?<![\w█+/.,-])(?:1[ -])?(?:\([2-9][0-9]{2}\)\s?|[2-9][0-9]{2}[-.])[0-9]{3}[-.][0-9]{4}"
        r"(?![\w█]|[.,/-][0-9])"
    ),
)
KEYED_PHONE = re.compile(
    r"\b(?:t[ée]l(?:[ée]phone)?|portable|mobile|gsm|whats?app|phone|call\sme|rappel\w{0,5}|appel\w{0,5}|joindre|joignable"
    r"|contact\w{0,5}|num[ée]ro)\b\.?"
    r"(?:\s(?:moi|me|est|is|le|au|on|at|de|du|sur|suivant|number|portable"
    r"|t[ée]l[ée]phone)){0,3}\s?:?\s?(?P<number>\+?[0-9](?:[ .\-/]{0,2}[0-9]){7,14})"
    r"(?![\w█]|[.,-][0-9]|\s?(?:€|%|euros?|fcfa))",
    re.IGNORECASE,
)

_WORD = r"[^\W\d_][\w'’-]{0,30}"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]{0,30}"
_LINK = (
    r"(?:de\sla|de\sl['’]|de|du|des|d['’]|la|le|les|l['’]|aux?|à|en|sur|sous|et|saint|sainte|st|ste|général|gal|docteur|dr"
    r"|maréchal|président)"
)
_CITY = (
    rf"(?:\s?[,\n–-]?\s?(?:\b[A-Z]{{1,2}}-)?[0-9]{{5}}\s{{1,2}}{_CAPITAL}(?:[\s-](?:{_CAPITAL}|sur|sous|en|les|lès|le|la|de"
    r"|du|des|saint|cedex|[0-9]{1,2}\b)){0,4})?"
)
_NUMBER = (
    r"(?<![\w█.,/°€+-])(?<![0-9]\s)[0-9]{1,4}(?:\s?(?:bis|ter|quater)|\s?[A-Da-d](?=[\s,]))?\s?,?\s{1,2}"
)
_SURE = (
    r"(?i:rue|r\.|avenue|av\.|ave\.?|boulevard|bld\.?|blvd\.?|chemin|chem\.|impasse|imp\.|all[ée]es?|quai|faubourg|fbg"
    r"|venelle|rond[-\s]point|lotissement|esplanade|chaussée)"
)
_UNSURE = (
    r"(?i:place|pl\.|route|rte\.?|cours|square|passage|voie|villa|cité|résidence|hameau|promenade|parvis|domaine|clos"
    r"|sentier|traverse|montée)"
)
_MORE = rf"(?:[\s-](?:(?i:{_LINK})[\s'’]?)?{_CAPITAL}){{0,4}}{_CITY}"
ADDRESSES = (
    re.compile(rf"{_NUMBER}{_SURE}\s(?i:(?:{_LINK}\s?){{0,4}})(?<=[\s'’]){_WORD}{_MORE}"),
    re.compile(rf"{_NUMBER}{_UNSURE}\s(?i:(?:{_LINK}\s?){{0,4}})(?<=[\s'’]){_CAPITAL}{_MORE}"),
    # "3 bd de Gaston" are comic books: the short form of boulevard needs more than "de"
    re.compile(rf"{_NUMBER}[Bb][Dd]\.?\s(?:de\sla\s|de\sl['’]|du\s|des\s)?{_CAPITAL}{_MORE}"),
    re.compile(
        r"(?<![\w█.,/$£€#-])[0-9]{1,5}[A-Za-z]?,?\s(?:(?:North|South|East|West|N|S|E|W)\.?\s)?(?:[A-Z][\w'’]{1,25}\s){1,3}"
        r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Crescent|Terrace|Boulevard|Blvd|Square|Gardens|Grove|Way|Mews)\b"
        r"(?:,\s?[A-Z][a-z'’-]{1,25}(?:\s[A-Z][a-z'’-]{1,25}){0,2}){0,2}(?:,?\s(?:[A-Z]{1,2}[0-9][A-Z0-9]?\s[0-9][A-Z]{2}"
        r"|[A-Z]{2}\s[0-9]{5})\b)?"
    ),
    re.compile(
        rf"{_BEFORE}[A-ZÄÖÜ][a-zäöüß]{{2,25}}(?:stra(?:ß|ss)e|str\.|weg|platz|allee|straat|laan|gracht)\s[0-9]{{1,4}}[a-z]?\b"
        r"(?:,?\s(?:[0-9]{5}|[0-9]{4}\s?[A-Z]{2})\s[A-ZÄÖÜ][\wäöüß-]{1,30})?"
    ),
)
ENGLISH_ADDRESS_IN_CAPITALS = re.compile(
    r"(?<![\w█.,/$£€#-])[0-9]{1,5}[A-Z]?,?\s(?:[A-Z][A-Z'’]{1,25}\s){1,3}"
    r"(?:STREET|ROAD|RD|AVENUE|AVE|LANE|CRESCENT|TERRACE|BOULEVARD|BLVD|GARDENS|GROVE|MEWS)\b"
    r"(?:,\s?[A-Z'’-]{2,25}(?:\s[A-Z'’-]{3,25})?){0,2}(?:,?\s(?:[A-Z]{1,2}[0-9][A-Z0-9]?\s[0-9][A-Z]{2}|[A-Z]{2}\s[0-9]{5})\b)?"
)
"""The other patterns are for names that begin with a capital: shouted text is put so before."""

TRACKING_NUMBERS = re.compile(
    rf"{_BEFORE}(?:6[A-Z][\s-]?[0-9]{{3}}[\s-]?[0-9]{{3}}[\s-]?[0-9]{{4}}[\s-]?[0-9]{{1,2}}"
    r"|[A-Z]{2}\s?[0-9]{3}\s?[0-9]{3}\s?[0-9]{3}\s?[A-Z]{2}"
    rf"|1Z[0-9A-Z]{{16}}|[0-9]{{3}}-[0-9]{{7}}-[0-9]{{7}}){_AFTER}"
)
"""Colissimo, UPU S10, UPS and Amazon numbers, which need no words around them."""

_FILLER = (
    r"(?:\s?(?:de\s|du\s|d['’]|le\s|est\s|is\s|was\s|suivant\s|suivante\s|client\s|commande\s|suivi\s|web\s|internet\s"
    r"|ref\s|réf\s|number\s|id\s|under\s|sous\s)){0,3}"
)
_MARKER = (
    r"(?P<marker>(?:\s?(?:n°s?|n[ºo]\.?(?=[\s:]?[A-Z0-9])|nº|num[ée]ro|num\.?|number|no\.?|nr\.?|#|:|="
    r"|r[ée]f\.?(?:[ée]rence)?\s?:?|id\b)\s?(?:est\s|is\s|:\s?)?){0,3})"
)
_REFERENCE = (
    r"(?P<number>(?=[A-Z_/-]{0,12}[0-9])[A-Z0-9](?:[\w/-]{0,40}[A-Z0-9])?(?:\s[0-9]{2,4}\b(?=\s[0-9]{2,4}\b|[^\w\s]|\s?$"
    r"|\s[a-zà-ÿ])){0,5})"
)
_END = r"(?![\w█]|[.,][0-9])"
_NOUNS = (
    r"commandes?|cde|cmd|order|booking|r[ée]servations?|dossier|colis|parcel|package|suivi|tracking|ticket|facture|invoice"
    r"|contrat|contract|"
    r"abonn[ée]|adh[ée]rent|devis|sinistre|claim|r[ée]clamation|case|pnr|e-?billet|carte\s(?:de\s)?fid[ée]lit[ée]"
    r"|confirmation|licence|bon\sde\s(?:commande|livraison)|"
    r"(?:num[ée]ro|n°|no)\s(?:de\s)?(?:client|s[ée]curit[ée]\ssociale|passeport|membre)|(?:client|customer|member|account"
    r"|passport)\s(?:id|number|n°|no\.?|num[ée]ro|r[ée]f\w{0,7})|identifiant|matricule|customer\sref\w{0,7}"
)
ORDER = re.compile(
    rf"\b(?:{_NOUNS})(?:\s?\(s\))?{_FILLER}{_MARKER}[\s(]{{0,2}}{_REFERENCE}{_END}", re.IGNORECASE
)
UNIT_AFTER = re.compile(
    r"\s?(?:€|eur|\$|£|%|f?cfa|dh\b|dhs\b|[xX]\s?\d|h\b|/\d|(?:euros?|dollars?|pounds?|francs?|mois|jours?|ans?|heures?"
    r"|minutes?|mn|min|semaines?|articles?|produits?|"
    r"personnes?|fois|clients?|bouteilles?|pi[èe]ces?|colis|abonn[ée]s|km|kg|g|cm|mm|ml|cl|go|gb|points?|pts|days?|weeks?"
    r"|months?|years?|hours?|items?|people|times|o'clock|am|pm)\b)",
    re.IGNORECASE,
)

_NAME_END = r"(?![\w█])"
HONORIFIC = re.compile(
    rf"{_BEFORE}(?:M\.|Mr\.?|Mme\.?|Mlle\.?|Monsieur|Madame|Mademoiselle|Mrs\.?|Ms\.?|Miss|Dr\.?"
    rf"|Docteur)\s(?P<name>{_CAPITAL}(?:\s{_CAPITAL})?){_NAME_END}"
)
INTRODUCED = re.compile(
    r"(?i:\b(?:merci\s(?:beaucoup\s|encore\s|infiniment\s)?(?:à|a)|gr[âa]ce\s(?:à|a)|conseill[ée]{1,2}s?\spar"
    r"|accueillie?s?\spar|servie?s?\spar|re[çc]ue?s?\spar|bravo\s(?:à|a)|"
    r"notamment|surtout|avec|de|par|thanks\sto|thank\syou|served\sby|helped\sby|named|called|by|et|and|s['’]appelle"
    rf"|pr[ée]nomm[ée]e?))\s(?P<name>(?P<first>{_CAPITAL})(?:\s{_CAPITAL})?){_NAME_END}"
)
