"""`ouidire erase`."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from ouidire.errors import UsageError
from service.cli.options import DEFAULT_CONFIG, Config, Json, Now, opened
from service.cli.output import ERROR, OK, confirmed, inform, say_json, say_table

if TYPE_CHECKING:
    from service.pipeline.installation import Installation
    from service.pipeline.keep.erasure import Candidate
    from service.pipeline.keep.forget import Forgotten


def erase(
    config: Config = DEFAULT_CONFIG,
    now: Now = None,
    *,
    url: Annotated[str | None, typer.Option(help="Erase what this address shows.")] = None,
    author: Annotated[
        str | None, typer.Option(help="Erase all of an author, by the name that a site shows.")
    ] = None,
    mention: Annotated[
        str | None, typer.Option(help="Erase one mention, by its id (`ouidire search` prints it).")
    ] = None,
    site: Annotated[
        list[str] | None,
        typer.Option("--site", help="With --author: the site of that name, as trustpilot.com; repeat it."),
    ] = None,
    everywhere: Annotated[
        bool, typer.Option("--everywhere", help="With --author: whoever has this name, on every site.")
    ] = False,
    take_all: Annotated[
        bool, typer.Option("--all", help="With --url: all reviews that stand at this address.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Erase without asking, as scripts do.")] = False,
    as_json: Json = False,
) -> int:
    """Show what would be erased, ask, then erase it everywhere and refuse it for ever."""
    from service.pipeline.keep.erasure import candidates, is_erased
    from service.pipeline.keep.forget import erase as erase_all

    _refuse_unclear(url, author, mention, by_author=bool(site or everywhere), take_all=take_all)
    with opened(config, now) as installation:
        sites = None if everywhere else _sites_named(installation, site)
        found = candidates(installation, url=url, author=author, item_id=mention, sites=sites)
        if author is not None and not everywhere and sites is None:
            sites = _only_site(found)
        if url is not None and len(found) > 1 and not take_all:
            _show(found)
            raise UsageError(
                f"{len(found)} mentions stand at this address: name one by --mention, or give --all"
            )
        if not as_json:
            _show(found)
        if found and not yes and not (sys.stdin.isatty() and confirmed("Erase for ever?")):
            raise UsageError("nothing was erased; --yes erases what is shown without asking")
        done = erase_all(installation, url=url, author=author, item_id=mention, sites=sites)
        known = author is None and is_erased(installation, url=url, item_id=mention)
    if as_json:
        say_json(done)
    else:
        _say_done(done, url=url, author=author, known=known)
    return OK if done.mentions or author is not None else ERROR


def _refuse_unclear(
    url: str | None, author: str | None, mention: str | None, *, by_author: bool, take_all: bool
) -> None:
    """Raise UsageError where it is not clear what is to be erased."""
    named = [each for each in (url, author, mention) if each is not None]
    if len(named) != 1 or not named[0].strip():
        raise UsageError("say what to erase: one of --url, --author or --mention")
    if by_author and author is None:
        raise UsageError("--site and --everywhere go with --author")
    if take_all and url is None:
        raise UsageError("--all goes with --url")


def _say_done(done: "Forgotten", *, url: str | None, author: str | None, known: bool) -> None:
    """Print what was erased; where nothing was, why. `known`: it was erased before."""
    if done.mentions:
        inform(
            f"Mentions erased: {done.mentions}. Harvests rewritten: {done.harvests}; "
            f"pages dropped: {done.pages}; events dropped: {done.events}."
        )
        inform("They will not be collected again. Digests already sent cannot be taken back.")
    elif author is not None:
        inform("Nothing is known of this name; it will be refused from now on.")
    elif known:
        inform("It is erased already, and will not be collected again.")
    elif url is not None:
        inform("No mention is known at this address: `ouidire search` prints addresses.")
    else:
        inform("No mention has this id: `ouidire search` and `export` show ids.")


def _sites_named(installation: "Installation", wanted: list[str] | None) -> list[str] | None:
    """Return the sites that are named. Raises UsageError for one of which nothing is known."""
    from ouidire.settings.problems import suggestion
    from service.pipeline.keep.erasure import sites_of

    if not wanted:
        return None
    known = sites_of(installation)
    unknown = [each for each in wanted if each not in known]
    if unknown:
        raise UsageError(f"no site is called {unknown[0]!r}{suggestion(unknown[0], known)}")
    return wanted


def _only_site(found: "list[Candidate]") -> list[str]:
    """Return the one site of an author's mentions. Raises UsageError where there is not exactly one."""
    sites = sorted({each.site for each in found})
    if len(sites) == 1:
        return sites
    _show(found)
    if not sites:
        raise UsageError(
            "nothing is known of this name; to have it refused from now on, name the site (--site), "
            "or give --everywhere"
        )
    raise UsageError(
        f"this name stands on several sites ({', '.join(sites)}), perhaps of several people: "
        "name one by --site, or give --everywhere"
    )


def _show(found: "list[Candidate]") -> None:
    """Print what would be erased, mention by mention."""
    if found:
        rows = [
            (each.id, each.date, each.site, each.stars, each.place, f"{each.beginning} …") for each in found
        ]
        say_table(("id", "date", "site", "stars", "place", "begins"), rows)
