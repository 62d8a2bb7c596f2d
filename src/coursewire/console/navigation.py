"""The left rail: where everything is, in the words of the guides."""

from msgspec import Struct

from coursewire.domain.console_rights import Right


class Place(Struct, frozen=True):
    """One entry: its words, its path, and what else the palette finds it by."""

    title: str
    path: str
    words: str = ""
    right: Right = "viewer"


class Group(Struct, frozen=True):
    """Entries that belong together; a title for those after the first."""

    title: str
    places: tuple[Place, ...]


# An entry appears as soon as its page is in listing.ACTIONS.
EVERYTHING: tuple[Group, ...] = (
    Group(
        "",
        (
            Place("Home", "/console/", "start dashboard health"),
            Place("Tokens", "/console/tokens", "manage tokens keys"),
            Place("External services", "/console/services", "built-in custom authorised users"),
            Place("Functions", "/console/functions", "documentation try"),
        ),
    ),
    Group(
        "Site",
        (
            Place("Users", "/console/users", "accounts people"),
            Place("Courses", "/console/courses", "categories groups grades"),
            Place("Roles", "/console/roles", "capabilities permissions"),
        ),
    ),
    Group(
        "Administration",
        (
            Place("Audit", "/console/audit", "log changes calls"),
            Place("Explain", "/console/explain", "error refused request why accessexception"),
            Place("Web services", "/console/web-services", "enable overview manage protocols rest"),
            Place("Settings", "/console/settings", "web services protocols rest"),
            Place("Plugins", "/console/plugins", "packages partner percipio"),
        ),
    ),
    Group(
        "You",
        (
            Place("My keys", "/console/me/keys", "own tokens"),
            Place("Account", "/console/account", "password second factor sessions sign out"),
        ),
    ),
)


def present(paths: frozenset[str]) -> tuple[Group, ...]:
    """Return the entries whose pages are there."""
    groups = (
        Group(group.title, tuple(one for one in group.places if one.path in paths))
        for group in EVERYTHING
    )
    return tuple(group for group in groups if group.places)
