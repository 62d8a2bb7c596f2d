"""Names and texts of many things told with one look to be shown as they are stored, as most are.

The other answer is no more than a doubt: each is then shaped for itself.
"""

from collections.abc import Collection

from coursewire.text.formats import HTML
from coursewire.text.html.clean_already import are_clean
from coursewire.text.settings import PLACEHOLDER, TextSettings
from coursewire.text.short import SPECIAL_SIGNS

# What no placeholder has in it, so that none comes about where two texts meet.
_BETWEEN = "\0"
_ONLY_HTML = frozenset({HTML})


def are_shown(
    names: Collection[str], texts: Collection[str], formats: Collection[int], settings: TextSettings
) -> bool:
    """Tell whether names and texts, in their formats, are all shown as they are."""
    return are_names(names, settings) and are_texts(texts, formats, settings)


def are_names(names: Collection[str], settings: TextSettings) -> bool:
    """Tell whether `format_string` leaves all of the names as they are."""
    if settings.raw:
        return True
    joined = "".join(names)
    return not any(sign in joined for sign in SPECIAL_SIGNS)


def are_texts(texts: Collection[str], formats: Collection[int], settings: TextSettings) -> bool:
    """Tell whether `format_text` leaves all of the texts, and their formats, as they are."""
    if settings.fileurl and PLACEHOLDER in _BETWEEN.join(texts):
        return False
    if settings.raw:
        return True
    return not settings.filter and _ONLY_HTML.issuperset(formats) and are_clean(texts)
