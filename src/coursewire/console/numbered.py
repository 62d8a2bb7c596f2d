"""Which parameters take the number of something: told by their names."""

import re
from collections.abc import Mapping

from coursewire.store.id_choices import KINDS

_NAMES = re.compile(r"[a-z_]+")
_ENDS = re.compile(r"ids?$")
# Parameters that do not say by their name what they are the number of.
_OTHERWISE: Mapping[str, str] = {
    "cm": "activity",
    "student": "user",
    "defaultgrouping": "grouping",
    "parent": "category",
    "newparent": "category",
}


def kind_of(path: str) -> str:
    """Return what a parameter is the number of, '' where it is another number.

    The name of the parameter says so (`courseid`, `userids`) or, where that is `id` alone, the
    name of the list in which it stands (`groups[0][id]`).
    """
    names: list[str] = _NAMES.findall(path)
    own = names[-1] if names else ""
    if own in ("id", "ids") and len(names) > 1:
        own = {"categories": "category"}.get(names[-2], names[-2].removesuffix("s"))
    elif own not in _OTHERWISE:
        own = _ENDS.sub("", own) if _ENDS.search(own) else ""
    found = _OTHERWISE.get(own, own)
    return found if found in KINDS else ""
