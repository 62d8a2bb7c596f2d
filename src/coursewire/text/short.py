"""Short texts: names and titles, in which no markup is shown."""

import re

from coursewire.text.settings import TextSettings
from coursewire.text.tags import strip_tags

# Names without any of these are shown as they are; most have none.
SPECIAL_SIGNS = "&<>\0"
_SPECIAL = re.compile(f"[{SPECIAL_SIGNS}]")
# An ampersand that no character reference follows.
_BARE_AMPERSAND = re.compile(r"&(?![A-Za-z0-9#]{1,8};)")


def format_string(name: str, settings: TextSettings) -> str:
    """`name` as an answer shows it: tags gone, the rest escaped; as stored where raw is asked."""
    if settings.raw or _SPECIAL.search(name) is None:
        return name
    text = strip_tags(_BARE_AMPERSAND.sub("&amp;", name))
    return text.replace("<", "&lt;").replace(">", "&gt;")
