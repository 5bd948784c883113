"""The verdict of a digest, what moved, and the first page in words: sentences that HTML and text twin share.

As `reports.words.figure_text`, it returns plain text and decides nothing.
"""

from collections.abc import Sequence

from reports.data.metric import IMPORTANCE, MeasureKey, Metric
from reports.data.search_pages import DigestResultPage, RatingMove, ResultRow, SuggestionMoves
from reports.words.figure_text import ARROWS, FigureText, Tone, capital

_HEADLINES: tuple[MeasureKey, ...] = ("nps", "positive", "nps_stars", "volume")
"""Whose power is said where nothing shows: the first that was compared."""
MOVES_IN_MAIL = 1
"""Measures that moved beside those of the verdict, and are named in the mail."""
_LEAP = 2
"""Ranks that a result must have moved by to be shown: an entrant moves all that stand below it by one."""
_LISTS = 6
_SUGGESTIONS = 4
"""Lists of search suggestions that are shown, and entrants or exits of each, at most."""
_PRESENCE = {True: "present", False: "absent", None: "unknown"}


class VerdictText(FigureText):
    """The verdict of one context in one language, with the figures, changes and names that go with it."""

    # What moved

    def moves(self) -> list[tuple[str, str, Tone]]:
        """Return a line for each metric that moved: before and now, then the difference, with its tone."""
        lines: list[tuple[str, str, Tone]] = []
        for metric in self._moved_metrics():
            change = metric.change
            if change is None or change.value_now is None or change.value_before is None:
                continue
            if change.delta is None or metric.key == "spike":  # the key moment has lines of its own
                continue
            text = self.say(
                "why.move",
                measure=capital(self.measure(metric.key)),
                now=self.amount(change.value_now, change.unit),
                was=self.amount(change.value_before, change.unit),
            )
            detail = self.say(
                "why.move_detail",
                delta=self.amount(change.delta, change.unit, difference=True),
                interval=f"{self.interval(change)}, {self.n(change.n_now)}",
            )
            shrunk, seen = (
                self.amount(part, change.unit, difference=True)
                for part in (change.shrunk or 0.0, change.delta)
            )
            if change.shrunk is not None and shrunk != seen:
                detail = self.say("why.shrunk", detail=detail, shrunk=shrunk)
            apart = self.mix(metric)
            detail = self.say("why.mixed", detail=detail, mix=apart) if apart else detail
            lines.append((text, detail, self.tone(metric)))
        return lines

    def moves_note(self) -> str:
        """Return what the moves are differences with.

        Where comparisons stand on unequal pasts, the longest and the shortest.
        """
        weeks = [
            metric.change.weeks for metric in self._moved_metrics() if metric.key != "spike" and metric.change
        ]
        if not weeks:
            return ""
        longest, shortest = (
            self.say(f"{self.localizer.period}.baseline", n=n) for n in (max(weeks), min(weeks))
        )
        baseline = longest
        if longest != shortest:
            baseline = self.say("why.between", fewest=self.localizer.number(min(weeks)), most=longest)
        return self.say("why.moves_note", baseline=baseline)

    # The verdict

    def verdict(self) -> str:
        """Return the one sentence."""
        verdict = self.context.verdict
        if verdict.kind == "moved":
            return self._moved_sentence()
        if verdict.kind == "signal":
            return self.say("verdict.signal" if len(verdict.signals) > 1 else "verdict.signal_one")
        if verdict.kind == "quiet" and verdict.incomplete:
            return self.say("verdict.quiet_incomplete")
        return self.say(f"verdict.{verdict.kind}", brand=self.context.brand.name)

    def headline(self) -> str:
        """Return the verdict for a subject: of what moved, the first alone, with its interval."""
        moved = self._headline_metrics() if self.context.verdict.kind == "moved" else []
        return capital(self._clause(moved[0]) + ".") if moved else self.verdict()

    def short_headline(self) -> str:
        """Return the verdict for a subject, in some sixty characters: what moved most, now and usually."""
        moved = self._moved_metrics() if self.context.verdict.kind == "moved" else []
        for metric in moved:
            change = metric.change
            if change is not None and change.value_now is not None and change.value_before is not None:
                return self.say(
                    "brief.subject_move",
                    measure=capital(self.measure(metric.key)),
                    arrow=ARROWS.get(metric.direction, ""),
                    now=self.amount(change.value_now, metric.figure.unit),
                    was=self.amount(change.value_before, metric.figure.unit),
                )
        short = self._short_key()
        return self.say(short) if short else self.verdict().rstrip(".")

    def _short_key(self) -> str:
        """Return the key of a short form of the verdict; nothing where the verdict itself is short."""
        verdict = self.context.verdict
        name: str = verdict.kind
        if name == "signal" and len(verdict.signals) == 1:
            name = "signal_one"
        if name == "quiet" and verdict.incomplete:
            name = "quiet_incomplete"
        key = f"brief.subject_{name}"
        return key if self.localizer.has(key) else ""

    def mail_details(self) -> list[str]:
        """Return the sentences under the verdict of the mail: the digest's, with one move more at most."""
        return self.verdict_details(in_mail=True)

    def verdict_details(self, *, in_mail: bool = False) -> list[str]:
        """Return the sentences under the verdict: what else moved, signals, what is incomplete.

        In the mail, fewer: one more that moved, and of a quiet period only what would have been seen.
        """
        verdict = self.context.verdict
        lines = [self.say("verdict.rival", brand=self.context.brand.name)] if self.context.rival else []
        is_said = self.localizer.has(f"verdict.{verdict.kind}_detail")
        if is_said and not (in_mail and verdict.kind == "quiet"):
            lines.append(self.say(f"verdict.{verdict.kind}_detail"))
        if verdict.kind in ("quiet", "signal"):
            lines += self._power()
        headlines = {metric.key for metric in self._headline_metrics()}
        others = [metric for metric in self._moved_metrics() if metric.key not in headlines]
        if in_mail and verdict.kind == "moved":
            lines += self._mixes()
            lines += self._reason()
        if others:
            named = [self._short_move(metric) for metric in others]
            lines.append(self._also(named, MOVES_IN_MAIL if in_mail else None))
        asked = in_mail and any(action.kind == "first_page" for action in self.context.actions)
        lines += [
            self.say(f"verdict.{signal}", n=self.context.reviews.vanished)
            for signal in verdict.signals
            if not (asked and signal == "hostile_entrant")  # what is to be done says it
        ]
        broken = self.context.history[-1].broken
        if verdict.incomplete and broken:
            key = "verdict.incomplete" if len(broken) == 1 else "verdict.incomplete_many"
            lines.append(self.say(key, sources=self.localizer.together(list(broken))))
        return lines

    def _mixes(self) -> list[str]:
        """Return, of what the verdict names, what is opinion and what is sources that weigh otherwise."""
        mixes = [self.mix(metric) for metric in self._headline_metrics()]
        return [capital(f"{mix}.") for mix in mixes if mix]

    def _reason(self) -> list[str]:
        """Return of what many more people complain than usual, first of all, and the day of most talk.

        Nothing where no theme stands out.
        """
        moves = [each for each in self.context.theme_moves if each.now > each.usual]
        sure = [each for each in moves if each.announced] or [each for each in moves if each.watch]
        if not sure:
            return []
        first = max(sure, key=lambda each: each.now - each.usual)
        day = self.context.experience.day
        words = {
            "aspect": self.aspect_with_article(first.aspect),
            "now": self.localizer.percent(first.now),
            "was": self.localizer.percent(first.usual),
            "day": self.localizer.day(day.day, form="weekday") if day else "",
        }
        form = f"{'' if first.announced else '_watch'}{'_day' if day else ''}"
        return [self.say(f"brief.reason{form}", **words)]

    def _short_move(self, metric: Metric) -> str:
        """Return which way a measure went, in a few words; of a day that stands out, which it is."""
        day = self.context.experience.day
        if metric.key == "spike" and day is not None:
            return self.say("brief.also_spike", day=self.localizer.day(day.day, form="weekday"))
        return f"{self.measure(metric.key)} {ARROWS.get(metric.direction, '')}"

    def _also(self, named: list[str], most: int | None) -> str:
        """Return what else moved; in the mail, the first few and how many more."""
        if most is None:
            return self.say("verdict.also", list=self.localizer.together(named))
        left = len(named) - most
        shown = self.localizer.together(named[:most])
        return (
            self.say("brief.also_more", list=shown, n=left)
            if left > 0
            else self.say("brief.also", list=shown)
        )

    def _moved_sentence(self) -> str:
        clauses = [self._clause(metric) for metric in self._headline_metrics()]
        if not clauses:
            return self.say("verdict.quiet")
        if len(clauses) == 1:
            return capital(clauses[0] + ".")
        return capital(self.say("verdict.and", first=clauses[0], second=clauses[1]))

    def _power(self) -> list[str]:
        """Return what difference would have been seen: that nothing shows is not that nothing changed."""
        tried = [self.context.metrics[key] for key in _HEADLINES if key in self.context.metrics]
        for metric in tried:
            change = metric.change
            if change is not None and change.visible is not None:
                return [
                    self.say(
                        "verdict.power_asked" if metric.key == "nps" else "verdict.power",
                        n=change.n_now,
                        measure=self.measure(metric.key),
                        needed=self.plus_or_minus(change.visible, change.unit),
                    )
                ]
        return []

    def _clause(self, metric: Metric) -> str:
        change = metric.change
        now, was = (change.value_now, change.value_before) if change else (None, None)
        day = self.context.experience.day
        key = f"moved.{metric.key}_{metric.direction}"
        of_rival = f"moved_rival.{metric.key}_{metric.direction}"
        return self.say(
            of_rival if self.context.rival and self.localizer.has(of_rival) else key,
            brand=self.context.brand.name,
            measure=self.measure(metric.key),
            now=self.amount(now or 0.0, metric.figure.unit),
            was=self.amount(was or 0.0, metric.figure.unit),
            gap=self.gap_of(metric),
            usual=self.usual_of(metric) if metric.key == "volume" else self.localizer.fixed["usual"],
            day=self.localizer.day(day.day, form="weekday") if day else "",
        )

    def _headline_metrics(self) -> list[Metric]:
        """Return the metrics of the verdict: the most important, and the next one of another link, if any."""
        moved = self._moved_metrics()
        others = [each for each in moved[1:] if IMPORTANCE[each.key] != IMPORTANCE[moved[0].key]]
        return [*moved[:1], *others[:1]]

    def _moved_metrics(self) -> list[Metric]:
        """Return the metrics that moved, the most important first."""
        moved = self.context.verdict.moved
        return [self.context.metrics[key] for key in IMPORTANCE if key in moved]

    # What the digest is about

    def scope(self) -> str:
        """Return what the digest reads: the brand, and the places, products, sources, languages chosen."""
        scope = self.context.scope
        sources = [self.context.source_names.get(slug, slug) for slug in scope.sources]
        languages = [str(self.localizer.locale.languages.get(code, code)) for code in scope.languages]
        chosen = [
            self.localizer.together(list(values))
            for values in (scope.places, scope.subjects, sources, languages)
            if values
        ]
        if not chosen:
            return self.context.brand.name
        return self.say("mail.scoped", brand=self.context.brand.name, scope=" · ".join(chosen))

    def intents(self) -> str:
        """Return what people say they will do, or nothing."""
        named = [
            f"{self.say(f'intent.{name}')} ({self.localizer.number(n)})"
            for name, n in self.context.engage.intents
            if self.localizer.has(f"intent.{name}")
        ]
        n = self.context.talk.volume.figure.n
        return self.say("why.intents", list=", ".join(named), n=n) if named else ""

    # The first page

    def query(self, page: DigestResultPage) -> str:
        """Return a page's name: query, engine and day."""
        day = self.localizer.day(page.captured_at)
        return self.say("page.query", query=page.query, engine=capital(page.engine), day=day)

    def page_counts(self, page: DigestResultPage) -> str:
        """Return the counts of a page's results by who stands behind them, and of those against the brand."""
        counts = (
            ("earned", page.earned),
            ("review_sites", page.review_sites),
            ("competitors", page.competitors),
        )
        parts = [
            self.say("page.owned", owned=page.owned, n=page.results),
            *(self.say(f"page.{name}", n=n) for name, n in counts if n),
        ]
        return ", ".join(parts) + self.hostile(page)

    def was(self, row: ResultRow) -> str:
        """Return the rank that a result had before, or nothing."""
        if row.was is None or row.entrant or abs(row.was - row.rank) < _LEAP:
            return ""
        return self.say("page.was", n=row.was)

    def rating_move(self, move: RatingMove) -> str:
        """Return how the rating that a result shows has moved."""
        before, after = (self.localizer.number(value, digits=1) for value in (move.before, move.after))
        return self.say("page.rating_moved", title=move.title, domain=move.domain, before=before, after=after)

    def hostile(self, page: DigestResultPage) -> str:
        """Return the count of a page's hostile results, after a comma; nothing where none was read for it."""
        if page.hostile is None:
            return ""
        count = self.say("page.hostile", n=page.hostile) if page.hostile else self.say("page.no_hostile")
        return f", {count}"

    def other_page(self, page: DigestResultPage) -> str:
        """Return one more page in a line."""
        if page.query_kind == "category":
            return self.say(f"page.{_PRESENCE[page.brand_present]}", query=page.query)
        hostile = self.hostile(page)
        return self.say("page.other", query=page.query, owned=page.owned, n=page.results, hostile=hostile)

    def suggestions(self, lists: Sequence[SuggestionMoves]) -> list[str]:
        """Return a line for each list of suggestions that has changed, or one that says that none has."""
        moved = [each for each in lists if each.entrants or each.exits]
        lines = [self._suggestion_moves(each) for each in moved[:_LISTS]]
        if len(moved) > _LISTS:
            lines.append(self.say("page.more_suggestions", n=len(moved) - _LISTS))
        compared = sum(each.before_at is not None for each in lists)
        if compared and not moved:
            lines.append(self.say("page.same_suggestions", n=compared))
        if len(lists) > compared:
            lines.append(self.say("page.first_suggestions", n=len(lists) - compared))
        return lines

    def new_suggestions(self) -> list[str]:
        """Return what engines newly suggest to those who type the brand's name, for the short mail."""
        lists = self.context.convince.suggestions if self.context.convince else ()
        new = tuple(dict.fromkeys(each for moves in lists for each in moves.entrants))
        return [self.say("page.new_suggestions", n=len(new), list=self._quoted(new))] if new else []

    def _suggestion_moves(self, moves: SuggestionMoves) -> str:
        parts = [
            self.say(f"page.suggestions_{name}", n=len(found), list=self._quoted(found))
            for name, found in (("in", moves.entrants), ("out", moves.exits))
            if found
        ]
        change = self.localizer.together(parts)
        return self.say(
            "page.suggestions_of", query=moves.query.strip(), engine=capital(moves.engine), change=change
        )

    def _quoted(self, suggestions: Sequence[str]) -> str:
        shown = [self.say("page.suggestion", text=each) for each in suggestions[:_SUGGESTIONS]]
        more = ["…"] if len(suggestions) > _SUGGESTIONS else []
        return ", ".join([*shown, *more])

    def ownership(self, row: ResultRow) -> str:
        """Return who stands behind a result."""
        return self.say(f"ownership.{row.ownership}")

    def whose(self, row: ResultRow) -> str:
        """Return a result's domain, with the competitor whose it is."""
        return f"{row.domain} · {row.owner}" if row.ownership == "competitor" and row.owner else row.domain

    def stance(self, row: ResultRow) -> Tone:
        """Return "bad" for a result that argues against the brand, "flat" for another."""
        return "bad" if row.hostile else "flat"

    def rating(self, row: ResultRow) -> str:
        """Return the rating that a result shows, or nothing."""
        if row.rating is None:
            return ""
        shown = self.localizer.number(row.rating, digits=1)
        if row.rating_best not in (None, 5):
            shown += f"/{self.localizer.number(row.rating_best or 5)}"
        if row.rating_count is None:
            return self.say("page.rating", rating=shown)
        return self.say("page.rating_votes", rating=shown, votes=row.rating_count)
