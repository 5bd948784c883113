"""Words of dates in French, English, German, Spanish, Italian, Dutch and Portuguese, folded.

It holds no grammar: `crawlers.reading.dates` does.
"""

MONTHS = {
    "janvier janv jan january januar janner enero ene gennaio gen januari janeiro": 1,
    "fevrier fevr fev feb february februar feber febrero febbraio februari fevereiro": 2,
    "mars mar march marz maerz mrz marzo maart mrt marco": 3,
    "avril avr apr april abril abr aprile": 4,
    "mai may mayo maggio mag mei maio": 5,
    "juin jun june juni junio giugno giu junho": 6,
    "juillet juill juil jul july juli julio luglio lug julho": 7,
    "aout aou aug august agosto ago augustus": 8,
    "septembre sept sep september septiembre set settembre setembro": 9,
    "octobre oct october oktober okt octubre ottobre ott outubro out": 10,
    "novembre nov november noviembre novembro": 11,
    "decembre dec december dezember dez diciembre dic dicembre desember dezembro": 12,
}
MONTH = {name: number for names, number in MONTHS.items() for name in names.split()}
UNITS = {
    "seconde secondes second seconds sec secs sekunde sekunden segundo segundos": "second",
    "secondo secondi seconden": "second",
    "minute minutes min mins minuten minuto minutos minuti minuut": "minute",
    "heure heures hour hours hr hrs h stunde stunden hora horas ora ore uur": "hour",
    "jour jours day days tag tage tagen dia dias giorno giorni dag dagen j d": "day",
    "semaine semaines week weeks woche wochen semana semanas settimana settimane weken": "week",
    "mois month months monat monate monaten mes meses mese mesi maand maanden": "month",
    "an ans annee annees year years jahr jahre jahren ano anos anno anni jaar": "year",
}
UNIT = {name: unit for names, unit in UNITS.items() for name in names.split()}
ONE = frozenset(["un", "une", "a", "an", "ein", "eine", "einem", "einer", "uno", "una", "um", "uma", "een"])
NUMBERS = {
    **dict.fromkeys(ONE, 1),
    **dict.fromkeys(("deux", "two", "zwei", "dos", "due", "twee", "dois", "duas"), 2),
    **dict.fromkeys(("trois", "three", "drei", "tres", "tre", "drie"), 3),
    **dict.fromkeys(("quatre", "four", "vier", "cuatro", "quattro", "quatro"), 4),
    **dict.fromkeys(("cinq", "five", "funf", "cinco", "cinque", "vijf"), 5),
    **dict.fromkeys(("six", "sechs", "seis", "sei", "zes"), 6),
    **dict.fromkeys(("sept", "seven", "sieben", "siete", "sette", "zeven", "sete"), 7),
    **dict.fromkeys(("huit", "eight", "acht", "ocho", "otto", "oito"), 8),
    **dict.fromkeys(("neuf", "nine", "neun", "nueve", "nove", "negen"), 9),
    **dict.fromkeys(("dix", "ten", "zehn", "diez", "dieci", "tien", "dez"), 10),
    **dict.fromkeys(("onze", "eleven", "elf"), 11),
    **dict.fromkeys(("quinze", "fifteen"), 15),
    **dict.fromkeys(("vingt", "twenty"), 20),
}
"""Numbers in words, as in « il y a deux semaines »."""
DAYS_BACK = {
    "aujourd'hui": 0, "aujourd hui": 0, "today": 0, "heute": 0,
    "hoy": 0, "oggi": 0, "hoje": 0, "vandaag": 0, "just now": 0, "a l'instant": 0,
    "hier": 1, "yesterday": 1, "gestern": 1, "ayer": 1, "ieri": 1, "ontem": 1, "gisteren": 1,
    "avant-hier": 2, "avant hier": 2, "la semaine derniere": 7, "last week": 7,
    "letzte woche": 7, "la semana pasada": 7, "la settimana scorsa": 7, "vorige week": 7,
    "le mois dernier": 30, "last month": 30, "letzten monat": 30, "el mes pasado": 30, "il mese scorso": 30,
    "l'an dernier": 365, "l'annee derniere": 365, "last year": 365, "letztes jahr": 365, "el ano pasado": 365,
}  # fmt: skip
