"""The programs that most forums run, and where each puts a post's parts on a page.

It cannot see skins that were written anew: where a program leaves no mark, no layout knows the page.
"""

from typing import Final, NamedTuple


class ForumSoftware(NamedTuple):
    """One program.

    Expressions are XPath: `post` and `topic` from the page, the others from one of them; of several the
    first that finds something holds. `marks` are small-letter texts of which a page of it
    has one. `post_id` holds a post's number, which `anchor` makes into the fragment of its address.
    """

    name: str
    since: str
    marks: tuple[str, ...]
    post: str
    post_id: str
    anchor: str
    author: str
    date: tuple[str, ...]
    body: tuple[str, ...]
    title: str
    next_page: str
    topic: str
    topic_author: str
    topic_date: tuple[str, ...]


def _has(name: str, element: str = "*") -> str:
    """Return the XPath of an element with a class."""
    return f"{element}[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"


XENFORO: Final = ForumSoftware(
    name="xenforo",
    since="2010",
    marks=('id="xenforo"', 'id="xf"', "xenforo", "data-xf-init"),
    post=f"//{_has('message')}[starts-with(@id, 'post-') or starts-with(@data-content, 'post-')]",
    post_id="@data-content | @id",
    anchor="post-{}",
    author="@data-author",
    date=(
        ".//time/@datetime",
        f".//{_has('DateTime')}/@data-time",
        f".//{_has('datePermalink')}//{_has('DateTime')}/@title",
        f".//{_has('DateTime')}/@title",
        f".//{_has('DateTime')}",
    ),
    body=(f".//{_has('messageText')}", f".//{_has('message-body')}//{_has('bbWrapper')}"),
    title=f"//h1[{_has('p-title-value', 'self::*')}] | //{_has('titleBar')}//h1 | //h1",
    next_page="//link[@rel='next']/@href | //a[contains(@class, 'pageNav-jump--next')]/@href",
    topic=f"//{_has('discussionListItem')} | //{_has('structItem--thread')}",
    topic_author="@data-author",
    topic_date=(
        ".//*[contains(@class, 'startDate')]//time/@datetime",
        f".//{_has('DateTime')}/@data-time",
        f".//{_has('DateTime')}/@title",
        f".//{_has('DateTime')}",
    ),
)
PHPBB: Final = ForumSoftware(
    name="phpbb",
    since="2007",
    marks=('id="phpbb"', "phpbb", "prosilver"),
    post=f"//div[{_has('post', 'self::*')}][starts-with(@id, 'p')]"
    "[translate(substring(@id, 2), '0123456789', '') = '']",
    post_id="@id",
    anchor="p{}",
    author=f".//p[{_has('author', 'self::*')}]//strong//text() | .//{_has('username')}/text()"
    f" | .//{_has('username-coloured')}/text()",
    date=(f".//p[{_has('author', 'self::*')}]//time/@datetime", f".//p[{_has('author', 'self::*')}]"),
    body=(f".//div[{_has('content', 'self::*')}]", f".//div[{_has('postbody', 'self::*')}]"),
    title=f"//h2[{_has('topic-title', 'self::*')}] | //*[@id='page-body']//h2 | //h2",
    next_page=f"//a[@rel='next']/@href | //link[@rel='next']/@href"
    f" | //{_has('pagination')}//strong/following-sibling::a[1]/@href"
    f" | //{_has('pagination')}//li[{_has('active', 'self::*')}]/following-sibling::li[1]/a/@href",
    topic=f"//li[{_has('row', 'self::*')}][.//a[{_has('topictitle', 'self::*')}]]",
    topic_author=f".//{_has('topic-poster')}//a | .//dt/a[not({_has('topictitle', 'self::*')})]",
    topic_date=(".//dt//time/@datetime", f".//dt[.//a[{_has('topictitle', 'self::*')}]]"),
)
VBULLETIN: Final = ForumSoftware(
    name="vbulletin",
    since="2000",
    marks=("vbulletin", "vb::ajax", "vbulletin_"),
    post="//li[starts-with(@id, 'post_')][.//*[starts-with(@id, 'post_message_')]]"
    " | //table[starts-with(@id, 'post')][.//*[starts-with(@id, 'post_message_')]]"
    f" | //li[{_has('b-post', 'self::*')}][@data-node-id]",
    post_id="@data-node-id | @id",
    anchor="post{}",
    author=f".//{_has('bigusername')} | .//a[{_has('username', 'self::*')}]"
    f" | .//{_has('username')} | .//{_has('author')}//a",
    date=(".//time/@datetime", f".//{_has('postdate')}", f".//td[{_has('thead', 'self::*')}][1]"),
    body=(
        f".//blockquote[{_has('postcontent', 'self::*')}]",
        ".//*[starts-with(@id, 'post_message_')]",
        f".//{_has('js-post__content-text')}",
    ),
    title=f"//{_has('threadtitle')} | //{_has('b-topicheader__title')} | //h1 | //title",
    next_page="//a[@rel='next']/@href | //link[@rel='next']/@href",
    topic=f"//li[{_has('threadbit', 'self::*')}] | //tr[.//a[starts-with(@id, 'thread_title_')]]"
    f" | //tr[{_has('topic-item', 'self::*')}]",
    topic_author=f".//{_has('author')}//a[{_has('username', 'self::*')}]/text()",
    topic_date=(".//time/@datetime", f".//{_has('author')}//{_has('label')}"),
)
PHPBB_TABLES: Final = PHPBB._replace(
    name="phpbb-tables",
    since="2002",
    post=f"//table[{_has('tablebg', 'self::*')}][.//a[starts-with(@name, 'p')]]"
    f"[.//{_has('postbody')}] | //tr[td//span[@class='name']/a[@name]][.//span[@class='postbody']]",
    post_id=".//a[@name][not(@href)]/@name",
    author=f".//b[{_has('postauthor', 'self::*')}] | .//span[@class='name']//b",
    date=(
        f".//td[{_has('gensmall', 'self::*')}]//div[contains(@style, 'right')]",
        f".//td[{_has('gensmall', 'self::*')}][contains(., ':')]",
        ".//td[not(.//span[@class='name'])]//span[@class='postdetails'][contains(., ':')]",
    ),
    body=(f".//div[{_has('postbody', 'self::*')}]", ".//span[@class='postbody']"),
    title=f"//a[{_has('titles', 'self::*')} or {_has('maintitle', 'self::*')}] | //h2",
    topic=f"//tr[.//a[{_has('topictitle', 'self::*')}]]",
    topic_author=f".//p[{_has('topicauthor', 'self::*')}]//a | .//span[@class='name']//a",
    topic_date=(f".//p[{_has('topicdetails', 'self::*')}]", ".//span[@class='postdetails']"),
)
"""The older skins of phpBB, made of tables: subSilver of phpBB 2, subsilver2 of phpBB 3."""
ALL: Final = (XENFORO, PHPBB, PHPBB_TABLES, VBULLETIN)
TOPIC_LINK: Final = (
    f".//a[{_has('topictitle', 'self::*')}] | .//a[starts-with(@id, 'thread_title_')]"
    f" | .//{_has('title')}//a[{_has('PreviewTooltip', 'self::*')}]"
    f" | .//h3[{_has('title', 'self::*')}]//a[last()]"
    f" | .//{_has('structItem-title')}//a[not(contains(@class, 'label'))][last()]"
    f" | .//a[{_has('topic-title', 'self::*')}]"
)
"""The link that leads from a board to a topic."""
