"""The capabilities that Moodle knows, and what the standard roles are allowed on a fresh site.

The rows stand in `capabilities.json`, one a line. Observed ones have their own type, level, risks
and roles; one that is only named by some contract has a type told by its name, the level 50 (70
for activities, 80 for blocks) and is allowed to nobody.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

import msgspec
from msgspec import Struct

ARCHETYPES = (
    "manager",
    "coursecreator",
    "editingteacher",
    "teacher",
    "student",
    "guest",
    "user",
    "frontpage",
)
"""The kinds of roles; a fresh site has one role of each, of the same short name, in this order."""

RISK_MANAGE_TRUST = 1
RISK_CONFIG = 2
RISK_XSS = 4
RISK_PERSONAL = 8
RISK_SPAM = 16
RISK_DATA_LOSS = 32


class KnownCapability(Struct, frozen=True, forbid_unknown_fields=True):
    """A named permission; `level` is the narrowest kind of place in which it means something.

    `risks` are bits: 1 trust, 2 configuration, 4 scripts in pages, 8 personal data, 16 spam, 32
    loss of data. `roles` are the kinds of roles (archetypes) that are allowed it from the start.
    """

    name: str
    type: Literal["read", "write"]
    level: int
    risks: int
    roles: tuple[str, ...]

    @property
    def component(self) -> str:
        """The component it belongs to: `moodle`, or a plugin's full name."""
        kind, _, rest = self.name.partition("/")
        return kind if kind == "moodle" else f"{kind}_{rest.partition(':')[0]}"


@cache
def known() -> Mapping[str, KnownCapability]:
    """Return every capability by name, in the order of names."""
    content = (files("coursewire.contracts") / "capabilities.json").read_bytes()
    rows = msgspec.json.decode(content, type=list[KnownCapability])
    return MappingProxyType({row.name: row for row in rows})


def is_known(name: str) -> bool:
    """Tell whether a capability of this name exists."""
    return name in known()


def allowed_to(archetype: str) -> tuple[str, ...]:
    """Return the names of the capabilities that a fresh site allows to roles of this kind."""
    if archetype not in ARCHETYPES:
        msg = f"{archetype!r} is no archetype; they are {', '.join(ARCHETYPES)}"
        raise ValueError(msg)
    return tuple(row.name for row in known().values() if archetype in row.roles)
