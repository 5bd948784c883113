"""JMESPath expressions of the configuration: checked before anything is fetched, applied to answers.

The language has no loops and no side effects; what an expression costs on an answer is bounded by the
answer's size, and by the budget of the process that reads it. It cannot see whether an expression means what
was meant: an answer in which it finds nothing is said.
"""

from functools import lru_cache
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from ouidire.errors import SourceError

LONGEST = 500
"""Characters of an expression."""


def check_expression(text: str) -> str:
    """Return an expression that can be read. Raises ValueError with the place where it cannot."""
    if len(text) > LONGEST:
        message = f"an expression of at most {LONGEST} characters (it has {len(text)})"
        raise ValueError(message)
    try:
        jmespath.compile(text)
    except RecursionError as error:
        message = "an expression that is not nested so deep"
        raise ValueError(message) from error
    except (JMESPathError, ValueError) as error:
        message = f"{text!r} is no JMESPath expression ({str(error).splitlines()[0][:120]})"
        raise ValueError(message) from error
    return text


def find(expression: str, value: Any) -> Any:  # noqa: ANN401 (raw payloads)
    """Return what an expression finds in a value, None where it finds nothing.

    A text that is the very name of a value is taken for that name: headings of CSV files hold blanks. Raises
    SourceError when the expression cannot be applied.
    """
    if isinstance(value, dict) and expression in value:
        return value[expression]
    try:
        return _compiled(expression).search(value)
    except (JMESPathError, RecursionError, TypeError, ValueError, AttributeError, OverflowError) as error:
        message = f"the expression {expression!r} cannot be applied to the answer ({type(error).__name__})"
        raise SourceError(message) from error


@lru_cache(maxsize=256)
def _compiled(expression: str) -> Any:  # noqa: ANN401 (jmespath has no types)
    return jmespath.compile(expression)
