"""A mention's document as people have decided of it.

Pure, and the same again when applied twice: whoever writes a document may have read it from the index.
"""

from ouidire.documents import MentionDocument
from ouidire.state.people.decisions import Decisions


def with_decisions(document: MentionDocument, decisions: Decisions) -> MentionDocument:
    """Return the document of a mention with what was decided of it."""
    return _with_task(document, decisions)


def _with_task(document: MentionDocument, decisions: Decisions) -> MentionDocument:
    """Return the document with its answer's state; a reply that its source shows answers for itself."""
    if decisions.task is None or document.reply is not None:
        return document
    state = None if decisions.task.state == "new" else decisions.task.state
    return document.model_copy(update={"answer_state": state})
