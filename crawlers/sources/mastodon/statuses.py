"""The statuses of one Mastodon answer as mentions, and which of them are not ours to keep.

It cannot see what an instance hides from us, nor answers that it has not fetched from other instances.
"""

from typing import Final
from urllib.parse import urlsplit

from crawlers.reading.extract import absolute_url, count
from crawlers.reading.json_answer import JsonObject, mapping, markup_text, name_of, objects, plain_text
from crawlers.reading.mentions import ReadMentions
from ouidire.mention import Extra, Mention
from ouidire.page import Page

PUBLIC: Final = "public"


def keep_status(status: JsonObject, entity: str, where: str, page: Page, read: ReadMentions) -> None:
    """Take one status: a post, or a comment where it answers another.

    What repeats another's status is no mention of its own; what is not public, or whose author does not want
    to be found by searching, is left out with that reason.
    """
    account = mapping(status.get("account"))
    if not account and "content" not in status:
        read.reject("unreadable", where, "no status")
        return
    if status.get("reblog"):
        read.reject("duplicate_in_page", where, "repeats another's status")
        return
    hidden = account.get("noindex") is True or account.get("indexable") is False
    if status.get("visibility", PUBLIC) != PUBLIC or hidden:
        read.reject("not_public", where, status.get("id"))
        return
    extra: dict[str, Extra] = {}
    for name, key in (("shares", "reblogs_count"), ("comments", "replies_count")):
        if (number := count(status.get(key))) is not None:
            extra[name] = number
    if account.get("bot") is True:
        extra["bot"] = True
    language = name_of(status.get("language"), limit=20)
    read.keep(
        Mention(
            kind="comment" if status.get("in_reply_to_id") else "post",
            entity=entity,
            native_id=name_of(status.get("id"), limit=100),
            url=absolute_url(page.url, status.get("url") or status.get("uri")),
            title=markup_text(status.get("spoiler_text")) or None,
            text=_words(status),
            author=_address_of(account, page),
            language=language.split("-")[0].lower() if language else None,
            published=read.date(status.get("created_at"), where),
            updated=read.date(status.get("edited_at"), None),
            likes=count(status.get("favourites_count")),
            extra=extra,
        ),
        where,
    )


def _words(status: JsonObject) -> str:
    """Return a status' words; where it has none, its author's descriptions of its pictures."""
    pictures = objects(status.get("media_attachments"))
    described = [plain_text(picture.get("description")) for picture in pictures]
    return markup_text(status.get("content")) or "\n".join(each for each in described if each)


def _address_of(account: JsonObject, page: Page) -> str | None:
    """Return an account's address with its instance, which its own instance leaves out: name@instance."""
    name = name_of(account.get("acct"), limit=200) or name_of(account.get("username"), limit=200)
    if name is None or "@" in name:
        return name
    return f"{name}@{page.context.get('instance') or urlsplit(page.url).hostname or ''}"
