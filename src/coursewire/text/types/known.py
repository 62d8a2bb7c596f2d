"""What some scalar types need to know of the site."""

from msgspec import Struct


class Known(Struct, frozen=True, kw_only=True):
    """The names that exist on the site, and the settings that change what a type admits.

    `site_url` has no final slash.
    """

    site_url: str
    langs: frozenset[str] = frozenset({"en"})
    auths: frozenset[str] = frozenset()
    themes: frozenset[str] = frozenset()
    capabilities: frozenset[str] = frozenset()
    extended_usernames: bool = False
