"""What is ticked already in a list that is searched: another search, or an error, keeps it."""

from itertools import chain

from coursewire.console.forms import Form

# One query looks all of them up, and one page shows them.
MOST = 500


def names(field: str, *given: Form) -> list[str]:
    """Return the names that are ticked in a field of any of the forms, each once."""
    ticked = chain.from_iterable(form.all(field) for form in given)
    return list(dict.fromkeys(ticked))[:MOST]


def numbers(field: str, *given: Form) -> list[int]:
    """Return the ids that are ticked in a field of any of the forms, each once."""
    ticked = chain.from_iterable(form.numbers(field) for form in given)
    return list(dict.fromkeys(ticked))[:MOST]
