"""The words of scales in words, folded: French, English, German, Spanish, Italian, Dutch.

A blank line parts two scales; each point begins with a dash, the worst first, its words with `|` between.
Values only: `crawlers.reading.sheets.likert` says what they are worth.
"""

from typing import Final

SYMMETRIC: Final = """
- pas du tout satisfait | pas satisfait du tout | tres insatisfait | extremement insatisfait | tres
  mecontent | totalement insatisfait | absolument pas satisfait
- insatisfait | peu satisfait | plutot insatisfait | plutot pas satisfait | pas satisfait | pas
  vraiment satisfait | pas tres satisfait | assez peu satisfait | mecontent | plutot mecontent | assez
  insatisfait | moyennement insatisfait
- neutre | ni satisfait ni insatisfait | ni insatisfait ni satisfait | moyennement satisfait | mitige
  | indifferent | sans avis particulier | ni content ni mecontent | ni l un ni l autre
- satisfait | plutot satisfait | assez satisfait | content | plutot content | moderement satisfait
- tres satisfait | tout a fait satisfait | extremement satisfait | entierement satisfait | totalement
  satisfait | parfaitement satisfait | pleinement satisfait | tres content | completement satisfait

- pas du tout d accord | pas d accord du tout | pas du tout | non pas du tout | absolument pas d
  accord | totalement en desaccord | tout a fait en desaccord | fortement en desaccord | absolument
  pas | vraiment pas | jamais d accord | tres en desaccord
- pas d accord | plutot pas d accord | plutot pas | plutot non | non plutot pas | en desaccord | peu d
  accord | plutot en desaccord | pas vraiment d accord | pas vraiment | pas tout a fait d accord | pas
  tellement
- neutre | ni d accord ni pas d accord | ni en accord ni en desaccord | ni d accord ni en desaccord |
  mitige | moyennement d accord | sans avis particulier | moyennement | indifferent
- d accord | plutot d accord | plutot oui | oui plutot | plutot | assez d accord | en accord | assez
- tout a fait d accord | tout a fait | oui tout a fait | totalement d accord | entierement d accord |
  fortement d accord | completement d accord | absolument | oui absolument | tres d accord |
  parfaitement

- tres mauvais | tres mal | tres decevant | execrable | deplorable | nul | tres insuffisant
- mauvais | mal | plutot mauvais | decevant | insuffisant | plutot mal
- moyen | correct | neutre | ni bon ni mauvais | acceptable | passable
- bon | bien | plutot bon | plutot bien | assez bon | assez bien
- tres bon | tres bien | excellent

- tres difficile | extremement difficile | pas du tout facile
- difficile | plutot difficile | assez difficile | peu facile
- neutre | ni facile ni difficile | moyen | moyennement facile
- facile | plutot facile | assez facile
- tres facile | extremement facile

- very dissatisfied | extremely dissatisfied | completely dissatisfied | not at all satisfied | very
  unsatisfied | very unhappy | totally dissatisfied
- dissatisfied | somewhat dissatisfied | unsatisfied | not very satisfied | slightly dissatisfied |
  not satisfied | unhappy | rather dissatisfied | moderately dissatisfied
- neutral | neither satisfied nor dissatisfied | neither dissatisfied nor satisfied | neither |
  indifferent | neither happy nor unhappy
- satisfied | somewhat satisfied | fairly satisfied | quite satisfied | rather satisfied | mostly
  satisfied | happy | slightly satisfied | moderately satisfied
- very satisfied | extremely satisfied | completely satisfied | totally satisfied | fully satisfied |
  very happy

- strongly disagree | completely disagree | totally disagree | not at all
- disagree | somewhat disagree | rather disagree | tend to disagree | slightly disagree | mostly
  disagree | not really
- neutral | neither agree nor disagree | neither | undecided | neither disagree nor agree
- agree | somewhat agree | rather agree | tend to agree | slightly agree | mostly agree | somewhat
- strongly agree | completely agree | totally agree | fully agree | absolutely | completely | very
  much

- very poor | very bad | terrible | awful | very difficult
- poor | bad | difficult
- average | ok | okay | neutral | acceptable | neither easy nor difficult
- good | easy
- very good | excellent | very easy

- sehr unzufrieden | uberhaupt nicht zufrieden | stimme uberhaupt nicht zu | trifft uberhaupt nicht zu
- unzufrieden | eher unzufrieden | weniger zufrieden | stimme nicht zu | stimme eher nicht zu | trifft
  eher nicht zu
- neutral | teils teils | weder noch | weder zufrieden noch unzufrieden
- zufrieden | eher zufrieden | stimme zu | stimme eher zu | trifft eher zu
- sehr zufrieden | vollkommen zufrieden | stimme voll zu | stimme voll und ganz zu | trifft voll zu |
  trifft voll und ganz zu

- muy insatisfecho | nada satisfecho | totalmente en desacuerdo | muy malo
- insatisfecho | poco satisfecho | en desacuerdo | malo
- neutral | ni satisfecho ni insatisfecho | ni de acuerdo ni en desacuerdo | regular | indiferente
- satisfecho | bastante satisfecho | de acuerdo | bueno
- muy satisfecho | totalmente de acuerdo | muy bueno

- molto insoddisfatto | per niente soddisfatto | totalmente in disaccordo | completamente in
  disaccordo
- insoddisfatto | poco soddisfatto | in disaccordo
- neutrale | ne soddisfatto ne insoddisfatto | ne d accordo ne in disaccordo
- soddisfatto | abbastanza soddisfatto | d accordo
- molto soddisfatto | completamente soddisfatto | completamente d accordo | totalmente d accordo

- zeer ontevreden | helemaal niet tevreden | helemaal mee oneens | helemaal oneens
- ontevreden | niet tevreden | mee oneens | oneens
- neutraal | niet tevreden niet ontevreden | noch tevreden noch ontevreden | niet mee eens niet mee
  oneens
- tevreden | mee eens | eens
- zeer tevreden | helemaal tevreden | helemaal mee eens | helemaal eens
"""
"""Scales with as much below their middle as above it."""
STEPS: Final = """
- mauvais | mediocre | faible
- passable | moyen
- bon | bien
- tres bon | tres bien
- excellent

- poor
- fair
- good
- very good
- excellent

- insatisfait | pas satisfait | pas du tout satisfait
- peu satisfait
- satisfait | plutot satisfait | assez satisfait
- tres satisfait | tout a fait satisfait

- pas du tout satisfait | tres insatisfait | insatisfait | pas satisfait
- peu satisfait | plutot insatisfait
- moyennement satisfait | neutre
- satisfait | plutot satisfait | assez satisfait
- tres satisfait | tout a fait satisfait

- pas du tout d accord
- pas d accord
- plutot pas d accord | plutot en desaccord
- plutot d accord
- d accord
- tout a fait d accord

- tres mauvais | mauvais
- moyen | passable
- bon | bien
- excellent

- poor
- fair
- good
- excellent

- not at all satisfied
- slightly satisfied
- moderately satisfied
- very satisfied
- extremely satisfied | completely satisfied
"""
"""Scales whose every point has words of its own."""


def scales_in(listed: str) -> list[list[frozenset[str]]]:
    """Return the scales of a text as above: of each, the words of each point."""
    return [
        [frozenset(map(str.strip, " ".join(point.split()).split("|"))) for point in scale.split("- ")[1:]]
        for scale in listed.split("\n\n")
    ]
