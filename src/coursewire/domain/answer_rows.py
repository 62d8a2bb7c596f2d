"""How many rows an answer may have: counted before they are read, refused where too many (IN-9).

What is counted is what was asked for. Whom or what of it the caller may not see is found out only
by reading, so it counts as well.
"""

from collections.abc import Callable

from coursewire.contracts.errors import AnswerTooLarge
from coursewire.domain.call import Call
from coursewire.store.session import Session

# Tells whether there are more than so many.
More = Callable[[Session, int], bool]


def require_few(call: Call, what: str, are_more: More) -> None:
    """Refuse a call that asks for more rows than one answer has."""
    if are_more(call.session, call.most_rows):
        raise AnswerTooLarge(what, call.most_rows)


def require_count(call: Call, what: str, count: int) -> None:
    """Refuse a call of which that many rows are known to be asked for."""
    if count > call.most_rows:
        raise AnswerTooLarge(what, call.most_rows)
