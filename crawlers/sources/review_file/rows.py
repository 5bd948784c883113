"""The reviews of a table, one after another, each as a mention or as a row left out with its reason.

A review is known by the platform's id of it, where the file has such a column; else by its author, date and
text, so that a longer export of the same reviews doubles nothing. Numbers that are too short to be a
platform's own are joined with the date: two files may both count from 1.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from urllib.parse import parse_qs, urlsplit

from crawlers.reading.dates import fold
from crawlers.reading.extract import TEXT_LIMIT, absolute_url, clean, count, one_line, stated_date
from crawlers.reading.sheets.cells import cell_words, is_sum, read_language, without_serial
from crawlers.reading.sheets.likert import is_no_answer
from crawlers.reading.sheets.ratings import is_no_rating, rating_on, read_rating
from crawlers.reading.tables import Cell, FileRow
from crawlers.reading.translated import original_of
from crawlers.sources.review_file.understood import Understood
from ouidire.clock import StatedDate
from ouidire.ids import CONTENT, digest
from ouidire.items import Rejected, RejectReason
from ouidire.mention import Extra, Mention, Rating, Reply

SHORT_ID = 7
"""Digits below which a number may be a row's or a shop's own count, not a platform's id."""
DATES_KEPT = 500
_YES = re.compile(
    r"(?:yes|oui|true|vrai|1|y|o|positive|positif|recommande|recommends|recommended|verifiee?|verified"
    r"|achat verifie)(?: .*)?"
)
_NO = re.compile(
    r"(?:no|non|false|faux|0|n|negative|negatif|ne recommande pas|doesn t recommend|not recommended"
    r"|unverified|not verified)(?: .*)?"
)
_NOBODY = re.compile(r"(?:anonymous|anonyme|null|none|n/?a|-+|utilisateur anonyme|a google user)?")
_NO_DATE = re.compile(r"|-+|–|—|n/?a|null|none|nat|nan")


class _Wrong(Exception):  # noqa: N818 (a reason, not an error)
    def __init__(self, reason: RejectReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class ReviewRows:
    """Turns the rows of a table into mentions; keeps only hashes of the ids already given out.

    `trusts_ids` takes short numbers for ids too: of one service's listing, not of files that may each count.
    """

    def __init__(
        self,
        understood: Understood,
        *,
        entity: str,
        fetched_at: datetime,
        unit: str,
        trusts_ids: bool = False,
    ) -> None:
        self.how, self.entity, self.fetched_at, self.unit = understood, entity, fetched_at, unit
        self.fields, self.width = understood.columns.fields, len(understood.columns.headings)
        self._trusts_ids = trusts_ids
        self._seen: set[str] = set()
        self._dates: dict[str, StatedDate | None] = {}

    def read(self, rows: Iterable[FileRow]) -> Iterator[Mention | Rejected]:
        """Yield each filled row as a mention, or as rejected with its place in the file."""
        for row in rows:
            filled = any(cell is not None and str(cell).strip() for cell in row.cells)
            where = f"{self.unit} {row.line}"
            if not row.ends and (filled or row.fault) and (row.fault is not None or self._is_cut(row)):
                yield Rejected(reason="incomplete", where=f"{where}, where the file breaks off")
            elif row.fault is not None:
                yield Rejected(reason="bad_row", where=where, detail=clean(row.fault)[:120])
            elif filled:
                try:
                    yield self._mention(row)
                except _Wrong as wrong:
                    yield Rejected(reason=wrong.reason, where=where, detail=clean(str(wrong))[:120])

    def _is_cut(self, row: FileRow) -> bool:
        return len(row.cells) < self.width

    def _has_date_beside(self, row: FileRow, sums: str) -> bool:
        """Return whether a row has a date of its own: then its first word is a review's ("Average")."""
        listed = self.how.columns.fields.get("date", ())
        cells = [row.cells[index] for index in listed if index < len(row.cells)]
        return any(cell not in (None, "") and str(cell) != sums for cell in cells)

    def _mention(self, row: FileRow) -> Mention:
        if any(cell not in (None, "") for cell in row.cells[self.width :]):
            many = f"{len(row.cells)} cells under {self.width} headings (is a delimiter not quoted?)"
            raise _Wrong("bad_row", many)
        if (sums := is_sum(row.cells)) is not None and not self._has_date_beside(row, sums):
            raise _Wrong("bad_row", f"a row of sums ({sums})")
        text = self._review_text(row)
        rating, recommends = self._rating(row), self._yes_no(row, "recommends")
        title = one_line(self._text(row, "title"))
        if title is None and (self.how.columns.preset or "").startswith("google_play"):
            title, text = _title_before_tab(text)
        if not text and not title and rating is None and recommends is None:
            raise _Wrong("no_text", "no text and no rating")
        if len(text) > TEXT_LIMIT:
            raise _Wrong("too_long", f"{len(text)} characters")
        published, author = self._date(row, "date"), self._author(row)
        url = self._url(row)
        extra: dict[str, Extra] = {} if recommends is None else {"recommends": recommends}
        if self.how.columns.preset is not None:
            extra["platform"] = self.how.columns.preset
        product = one_line(self._text(row, "subject"), limit=200)
        if product is not None:  # not the subject: another product's file is no other subject's
            extra["product"] = product
        mention = Mention(
            entity=self.entity,
            native_id=self._id(row, published, url, text=text or title or "", rating=rating),
            url=url,
            title=title,
            text=text,
            language=read_language(self._text(row, "language")),
            author=author,
            country=one_line(self._text(row, "country"), limit=60),
            place=one_line(self._text(row, "place"), limit=200),
            published=published,
            updated=self._soft_date(row, "updated"),
            experienced=self._soft_date(row, "experienced"),
            rating=rating,
            verified=self._yes_no(row, "verified"),
            likes=count(self._text(row, "likes")) if self._text(row, "likes") else None,
            reply=self._reply(row),
            extra=extra,
        )
        self._only_once(mention)
        return mention

    def _cells(self, row: FileRow, field: str) -> list[Cell]:
        return [row.cells[index] for index in self.fields.get(field, ()) if index < len(row.cells)]

    def _text(self, row: FileRow, field: str, *, between: str = "\n") -> str:
        return between.join(filter(None, (cell_words(cell) for cell in self._cells(row, field))))

    def _review_text(self, row: FileRow) -> str:
        instead = [row.cells[index] for index in self.how.columns.instead if index < len(row.cells)]
        return _joined_words(self._cells(row, "text")) or _joined_words(instead)

    def _author(self, row: FileRow) -> str | None:
        name = one_line(self._text(row, "author", between=" "), limit=200)
        return None if name is None or _NOBODY.fullmatch(fold(name)) else name

    def _rating(self, row: FileRow) -> Rating | None:
        cells = self._cells(row, "rating")
        if not cells or is_no_rating(cell_words(cells[0])):
            return None
        stated = cells[0] if isinstance(cells[0], int | float) else cell_words(cells[0])
        words = self.how.scale.words if self.how.scale is not None else None
        if words is not None and is_no_answer(stated):
            return None
        if words is not None and (value := words.value(stated)) is not None:
            return Rating(value=value, best=words.best, worst=1)
        read = read_rating(stated)
        rating = rating_on(read, self.how.scale) if read is not None else None
        if rating is None:
            scale = f" on a scale to {self.how.scale.best:g}" if self.how.scale and read is not None else ""
            raise _Wrong("bad_rating", f"{stated}{scale}")
        return rating

    def _date(self, row: FileRow, field: str) -> StatedDate | None:
        for cell in self._cells(row, field):
            stated: object = cell if isinstance(cell, datetime | date | int | float) else cell_words(cell)
            if _NO_DATE.fullmatch(fold(str("" if stated is None else stated))):
                return None
            found = self._read_date(stated)
            if found is None:
                raise _Wrong("bad_date", str(stated))
            return found
        return None

    def _soft_date(self, row: FileRow, field: str) -> StatedDate | None:
        """Return a date beside that of the review: what cannot be read of it loses no review."""
        try:
            return self._date(row, field)
        except _Wrong:
            return None

    def _read_date(self, stated: object) -> StatedDate | None:
        if isinstance(stated, int | float) and not isinstance(stated, bool) and stated < 100_000:  # noqa: PLR2004 (days, not seconds)
            stated = f"{stated:g}"
        key = str(stated)
        if key not in self._dates:
            if len(self._dates) > DATES_KEPT:
                self._dates.clear()
            self._dates[key] = stated_date(
                without_serial(stated, timezone=self.how.zone),
                fetched_at=self.fetched_at,
                midnight="day",
                day_first=self.how.day_first,
                timezone=self.how.zone,
                other_languages=False,
            )
        return self._dates[key]

    def _yes_no(self, row: FileRow, field: str) -> bool | None:
        stated = " ".join(re.sub(r"[\W_]+", " ", fold(self._text(row, field))).split())
        if not stated:
            return None
        if _NO.fullmatch(stated):
            return False
        return True if _YES.fullmatch(stated) else None

    def _reply(self, row: FileRow) -> Reply | None:
        text = original_of(self._text(row, "reply"))[:TEXT_LIMIT]
        if not text or re.fullmatch(r"null|none|n/a|-+", fold(text)):
            return None
        return Reply(text=text, published=self._soft_date(row, "reply_date"))

    def _url(self, row: FileRow) -> str | None:
        stated = self._text(row, "url")
        return absolute_url(stated, stated) if re.match(r"https?://", stated, re.IGNORECASE) else None

    def _id(
        self, row: FileRow, published: StatedDate | None, url: str | None, *, text: str, rating: Rating | None
    ) -> str:
        exact = published if published and published.precision != "relative" else None
        at = f"{exact.at.isoformat()} {exact.precision}" if exact else ""
        native = self._text(row, "id")[:300].strip().rstrip("/").rpartition("/")[2]
        native = native or (_id_in(url) or "")
        if not self._trusts_ids and re.fullmatch(rf"\d{{1,{SHORT_ID}}}", native):
            return f"{native}~{digest(at, size=4)}"
        if native and not re.fullmatch(r"null|none|n/a|-+", fold(native)):
            return native
        said = " ".join(fold(text).split()) or (f"{rating.value:g}/{rating.best:g}" if rating else "")
        return CONTENT + digest(at, said, size=12)

    def _only_once(self, mention: Mention) -> None:
        """Remember a platform's id. Raises _Wrong where it came before."""
        native = mention.native_id or ""
        if native.startswith(CONTENT):
            return
        key = digest(native, size=8)
        if key in self._seen:
            raise _Wrong("duplicate_in_page", native)
        self._seen.add(key)


def _title_before_tab(text: str) -> tuple[str | None, str]:
    """Return the title that Google Play puts before the words of a review and a tab, and the words."""
    title, tab, words = text.partition("\t")
    return (one_line(title), words.strip()) if tab and "\n" not in title else (None, text)


def _id_in(url: str | None) -> str | None:
    """Return the id of a review that its address states (Google Play: `…?reviewId=…`), or None."""
    query = parse_qs(urlsplit(url or "").query)
    listed = query.get("reviewId") or query.get("reviewid") or query.get("review_id")
    return listed[0] if listed else None


def _joined_words(cells: Sequence[Cell]) -> str:
    """Return the words of cells, a line each, without those that say that there are none."""
    parts = (original_of(cell_words(cell)) for cell in cells)
    return "\n".join(part for part in parts if part and not re.fullmatch(r"null|none|n/a|-+", fold(part)))
