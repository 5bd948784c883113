"""The greeting before a text and the closing formula after it, which say nothing of what the text is about.

"Bonjour," or "Hello all," at the beginning; "Cordialement, Julie" or "Kind regards, Mark" at the end. What
remains must have some words of its own. It cannot tell a name that signs without a formula.
"""

import re

FEWEST = 3
"""Words that must remain."""
_FAR = 160
"""Characters of the end in which a formula is looked for."""
_TO = (
    "tous|toutes|vous|tout le monde|et|madame|monsieur|mesdames|messieurs|mme|mr|l'équipe|"
    "all|there|everyone|everybody|team|guys|sirs?|madam|or"
)
_AUTHOR = "je|j'|nous|on|vous|ma|mon|mes|notre|nos|suite|voici|ayant|après|le|la|i|i've|we|my|our|just"
_GREETING = re.compile(
    r"\W{0,3}(?:(?:re)?bonjour|bonsoir|salut|coucou|hello|hi|hey|good (?:morning|afternoon|evening)|dear"
    rf"|chers?|chère)\b(?:[ ,]{{1,2}}(?:(?:à|a) )?(?:{_TO})(?!\w))*"
    rf"(?: ?[,.!:;\n-]++\s*+| (?=(?:{_AUTHOR})\b))",
    re.IGNORECASE,
)
_FORMULA = (
    r"bien à vous|amicalement|respectueusement|(?:sincères |meilleures )?salutations(?: distinguées)?|"
    r"(?:bonne|belle) (?:journée|soirée|continuation)|(?:kind|kindest|best|warm) regards|regards|"
    r"(?:yours )?(?:sincerely|faithfully)|best wishes|best(?=,\s*\n)"
)
_CLOSING = re.compile(
    r"(?:(?<=\s)(?:(?:bien |très )?cordialement|cdlt|cdt)"
    rf"|(?:(?<=[.,!?…\n])|(?<=[.,!?…]\s))(?:{_FORMULA}))(?!\w)"
    r"(?:[\s,.;:!-]{1,4}[\w'█-]{1,30}){0,4}[\s,.;:!-]{0,4}$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def body(text: str) -> tuple[int, int]:
    """Return where a text begins and ends, its greeting and its closing formula left out."""
    start, end = 0, len(text)
    if greeting := _GREETING.match(text):
        start = greeting.end()
    far = max(start, end - _FAR)
    if closing := _CLOSING.search(text, far):
        end = len(text[: closing.start()].rstrip())
    if (start, end) != (0, len(text)) and len(_WORD.findall(text, start, end)) < FEWEST:
        return 0, len(text)
    return start, end
