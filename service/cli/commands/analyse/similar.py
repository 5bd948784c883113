"""`ouidire similar`: the mentions that say much the same as one."""

from typing import Annotated

import typer

from ouidire.documents import MentionDocument
from ouidire.errors import UsageError
from service.cli.mention_options import names_known
from service.cli.mention_output import say_hits
from service.cli.options import DEFAULT_CONFIG, Config, Json, opened
from service.cli.output import OK, inform, say, say_json


def similar(
    mention: Annotated[str, typer.Argument(help="The mention's id.")],
    config: Config = DEFAULT_CONFIG,
    *,
    size: Annotated[int, typer.Option(min=1, max=200, help="Hits shown.")] = 5,
    as_json: Json = False,
) -> int:
    """List the mentions of the same brands nearest to one in meaning, its near-duplicates left out."""
    from service.pipeline.meaning import has_vector, similar_mentions

    with opened(config, writes=False) as installation:
        found = installation.index.get("mention", mention)
        if not isinstance(found, MentionDocument):
            raise UsageError(f"no mention has the id {mention!r}; `ouidire search` and `export` show ids")
        answer = similar_mentions(installation.index, found, size=size)
        names = names_known(installation)
    compared = has_vector(found)
    if as_json:
        say_json({"mention": found.id, "has_vector": compared, "others": answer.kept, "hits": answer.hits})
        return OK
    if not compared:
        inform(
            "This mention has no vector: its text says too little, or another model reads texts "
            "(`enrichment.model`). Nothing can be near it in meaning."
        )
    elif not answer.hits:
        inform("No other mention of the same brands has a vector to be compared with.")
    else:
        inform(f"Nearest in meaning ({len(answer.hits)}), among {answer.kept} other mentions:")
        say_hits(answer.hits, names)
        say("")
        inform("Near is not the same: “quick” and “not quick” are near. No figure is made of it.")
    return OK
