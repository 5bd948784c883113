"""Replying to a review by its platform's API: previewed, confirmed by a person, sent once.

The ledger is claimed before anything leaves, one reply a mention ever, and marked right after. What may have
been taken stays in doubt: it is looked for there, then left to a person, and never sent again by
itself. Nothing here writes a reply: its words are a person's. It cannot see what a platform does later with
a reply that it took.
"""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from enrichment.privacy import mask
from ouidire.documents import MentionDocument
from ouidire.errors import OuidireError, UsageError
from ouidire.frozen import Frozen
from ouidire.settings.configuration import Settings
from ouidire.state.people.answer_tasks import AnswerTask, load_tasks, save_task
from ouidire.state.people.audit import record_action
from ouidire.state.people.replies import SentReply, claim_reply, claimed_replies, finish_reply, load_replies
from ouidire.system.guard import Guard
from service.pipeline.configured_sources import ConfiguredSource, configure
from service.pipeline.people.answering import review_of
from service.pipeline.people.side import DecisionSide

if TYPE_CHECKING:
    from crawlers.engine.access.replies import ReplySender

FOUND = "the platform shows it"
BY_HAND = "a person said so"
PATIENCE = 20.0
"""Seconds that a platform may take for each step of a call."""


class ReplyPlace(NamedTuple):
    """Where one review is answered: the configured source that it was read by, and its platform's name."""

    entry: ConfiguredSource
    service: str


class ReplyPreview(Frozen):
    """A reply as it would be published: the platform, how long it is and may be, what it gives away.

    `personal` are kinds of personal data that seem to stand in it, such as `email`: everybody will read them.
    """

    mention_id: str
    service: str
    text: str
    length: int
    longest: int
    counted: Literal["characters", "bytes"]
    personal: tuple[str, ...] = ()
    document: MentionDocument


class ReplyResult(Frozen):
    """What became of a reply: sent now, found on the platform, refused for certain, or in doubt."""

    mention_id: str
    service: str
    outcome: Literal["sent", "found", "refused", "in_doubt"]
    reason: str = ""


def reply_place(settings: Settings, document: MentionDocument) -> ReplyPlace | None:
    """Return where a review can be answered from here; None where its source is not opted in."""
    for number, each in enumerate(settings.source):
        if not each.reply or each.source != document.source:
            continue
        entry = configure(number, each, base=settings.base)
        way = entry.source.replies
        if way is not None and entry.key == document.source_key and document.native_id:
            return ReplyPlace(entry, way.service)
    return None


class ReplyLimit(NamedTuple):
    """The platform of a review that can be answered from here, and the most that a reply may have."""

    service: str
    longest: int
    counted: Literal["characters", "bytes"]


def reply_limit(settings: Settings, document: MentionDocument) -> ReplyLimit | None:
    """Return where a review is answered from here, and how long a reply may be; None where it cannot be."""
    place = reply_place(settings, document)
    if place is None:
        return None
    way = _way(place)
    return ReplyLimit(place.service, way.longest, way.counted)


def preview_reply(side: DecisionSide, mention_id: str, text: str) -> ReplyPreview:
    """Return a reply as it would be published; nothing is asked or sent.

    Raises UsageError where it cannot be given: no such review, no source that replies, an empty or too long
    text, a review that has a reply, a reply that was sent or is in doubt.
    """
    document, place = _answerable(side, mention_id)
    with side.state.read() as connection:
        _refuse_second(load_replies(connection, [mention_id]).get(mention_id), place.service)
    way = _way(place)
    text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    length = way.length(text)
    if not text:
        raise UsageError("a reply has words; write it")
    if any(ord(each) < ord(" ") and each not in "\n\t" for each in text):
        raise UsageError("the reply holds characters that cannot be seen; type it again")
    if length > way.longest and way.counted == "bytes":
        raise UsageError(
            f"the reply is too long: {length} of {way.longest} bytes that {place.service} takes; shorten it"
        )
    if length > way.longest:
        raise UsageError(
            f"the reply is too long: {length} of {way.longest} characters that {place.service} takes; "
            "shorten it"
        )
    return ReplyPreview(
        mention_id=mention_id,
        service=place.service,
        text=text,
        length=length,
        longest=way.longest,
        counted=way.counted,
        personal=tuple(sorted(mask(text)[1])),
        document=document,
    )


def send_reply(side: DecisionSide, mention_id: str, text: str, *, by: str) -> ReplyResult:
    """Publish a reply that a person confirmed, once; what becomes of it is in the ledger and in the audit.

    Raises UsageError as `preview_reply` does; nothing was sent then.
    """
    from crawlers.engine.access.replies import ReplyInDoubt, ReplyRefused

    shown = preview_reply(side, mention_id, text)
    document, place = _answerable(side, mention_id)
    sender, own = _sender(side.settings, place), document.native_id or ""
    before = claim_reply(side.state, mention_id, text=shown.text, by=by, at=side.clock())
    if before is not None:
        _refuse_second(before, place.service)
    try:
        sender.give_first(own, shown.text)
    except ReplyRefused as error:
        return _finish(side, mention_id, place.service, "refused", by=by, reason=str(error))
    except ReplyInDoubt as error:
        if _is_shown(sender, own):
            return _finish(side, mention_id, place.service, "found", by=by, reason=FOUND)
        return _in_doubt(side, mention_id, place.service, by=by, reason=str(error))
    return _finish(side, mention_id, place.service, "sent", by=by)


def look_for_reply(side: DecisionSide, mention_id: str, *, by: str) -> ReplyResult:
    """Ask the platform whether a reply in doubt is there, and mark it as sent if so.

    Where none is shown it stays in doubt: a platform may look at a reply before it shows it. Raises
    UsageError where nothing is in doubt.
    """
    document, place = _answerable(side, mention_id, replied=True)
    _refuse_settled(side, mention_id)
    try:
        is_there = bool(_sender(side.settings, place).shown(document.native_id or ""))
    except OuidireError as error:
        return ReplyResult(
            mention_id=mention_id, service=place.service, outcome="in_doubt", reason=str(error)
        )
    if is_there:
        return _finish(side, mention_id, place.service, "found", by=by, reason=FOUND)
    reason = f"{place.service} shows no reply so far"
    return ReplyResult(mention_id=mention_id, service=place.service, outcome="in_doubt", reason=reason)


def settle_reply(side: DecisionSide, mention_id: str, *, sent: bool, by: str) -> ReplyResult:
    """Settle a reply in doubt by what a person saw on the platform; one that is not there may be sent again.

    Raises UsageError where nothing is in doubt.
    """
    document = review_of(side, mention_id)
    _refuse_settled(side, mention_id)
    outcome: Literal["found", "refused"] = "found" if sent else "refused"
    return _finish(side, mention_id, document.site, outcome, by=by, reason=BY_HAND)


def replies_in_doubt(side: DecisionSide) -> list[SentReply]:
    """Return the replies of mentions in sight that were claimed and not marked, oldest first."""
    with side.state.read() as connection:
        claimed = claimed_replies(connection)
    known = side.index.get_many("mention", [each.mention_id for each in claimed])
    return [each for each in claimed if each.mention_id in known]


def _answerable(
    side: DecisionSide, mention_id: str, *, replied: bool = False
) -> tuple[MentionDocument, ReplyPlace]:
    """Return a review and where it is answered; `replied` allows one whose source shows a reply."""
    document = review_of(side, mention_id)
    place = reply_place(side.settings, document)
    if place is None:
        raise UsageError(
            "this review cannot be answered from here: its source is none that takes replies, or is not "
            "opted in (`reply = true`); answer it on the platform"
        )
    if document.presence == "vanished":
        raise UsageError("the review is no longer on its platform: nobody can answer it")
    if document.reply is not None and not replied:
        raise UsageError("the review has a reply already; change it on the platform")
    return document, place


def _refuse_second(before: SentReply | None, service: str) -> None:
    """Raise UsageError where a reply was sent, or may have been."""
    if before is not None and before.status == "sent":
        raise UsageError(f"a reply to this review was sent by {before.by}; change it on the platform")
    if before is not None and before.status == "claimed":
        raise UsageError(
            f"a reply to this review may have been sent by {before.by}, and is not sent again; look on "
            f"{service}, then settle it: `ouidire answers settle`"
        )


def _refuse_settled(side: DecisionSide, mention_id: str) -> None:
    with side.state.read() as connection:
        known = load_replies(connection, [mention_id]).get(mention_id)
    if known is None or known.status != "claimed":
        raise UsageError(
            f"no reply to {mention_id} is in doubt; `ouidire answers doubts` lists those that are"
        )


def _way(place: ReplyPlace) -> Any:  # noqa: ANN401 (a way of the source's own parameters)
    way = place.entry.source.replies
    assert way is not None  # noqa: S101 (a place has one)
    return way


def _sender(settings: Settings, place: ReplyPlace) -> "ReplySender[Any]":
    from crawlers.engine.access.replies import ReplySender

    source, params = place.entry.source, place.entry.params
    guard = Guard.of(settings.fetch)
    return ReplySender(_way(place), params, source.grant(params), guard=guard, timeout=PATIENCE)


def _is_shown(sender: "ReplySender[Any]", native_id: str) -> bool:
    try:
        return bool(sender.shown(native_id))
    except OuidireError:
        return False


def _finish(
    side: DecisionSide,
    mention_id: str,
    service: str,
    outcome: Literal["sent", "found", "refused"],
    *,
    by: str,
    reason: str = "",
) -> ReplyResult:
    """Mark a claimed reply, and the review as answered where the reply is there."""
    now, is_sent = side.clock(), outcome != "refused"
    with side.state.begin() as connection:
        finish_reply(connection, mention_id, status="sent" if is_sent else "failed", at=now, reason=reason)
        if is_sent:
            task = load_tasks(connection, [mention_id]).get(mention_id)
            known = task or AnswerTask(mention_id=mention_id, by=by, at=now)
            changed = {"state": "answered", "by": by, "at": now, "pending": True}
            save_task(connection, known.model_copy(update=changed))
        record_action(connection, "reply", by=by, at=now, subject=mention_id, detail=f"{service}: {outcome}")
    return ReplyResult(mention_id=mention_id, service=service, outcome=outcome, reason=reason)


def _in_doubt(side: DecisionSide, mention_id: str, service: str, *, by: str, reason: str) -> ReplyResult:
    with side.state.begin() as connection:
        record_action(
            connection, "reply", by=by, at=side.clock(), subject=mention_id, detail=f"{service}: in doubt"
        )
    return ReplyResult(mention_id=mention_id, service=service, outcome="in_doubt", reason=reason)
