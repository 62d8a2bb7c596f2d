"""Capabilities as the editor of roles shows them: by area, with risks and functions in words."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from coursewire.contracts import capabilities as known
from coursewire.contracts.capabilities import KnownCapability
from coursewire.domain.site import Site
from coursewire.functions.catalogue import Catalogue

_RISKS: Sequence[tuple[int, str]] = (
    (known.RISK_DATA_LOSS, "can destroy much"),
    (known.RISK_CONFIG, "changes the site's settings"),
    (known.RISK_MANAGE_TRUST, "changes others' rights"),
    (known.RISK_PERSONAL, "shows personal data"),
    (known.RISK_XSS, "may add scripts"),
    (known.RISK_SPAM, "sends to many"),
)


class Line(Struct, frozen=True, kw_only=True):
    """A capability in the editor."""

    name: str
    kind: str
    area: str
    risks: tuple[str, ...]
    functions: tuple[str, ...]


def area(name: str) -> str:
    """Return the part of a site that a capability is about: `moodle/course`."""
    return name.partition(":")[0]


def areas(site: Site) -> list[str]:
    """Return all areas."""
    return sorted({area(name) for name in site.capabilities})


def lines(site: Site, catalogue: Catalogue, words: str, chosen: str) -> list[Line]:
    """Return the capabilities of an area, or of all, whose name or functions hold all words."""
    functions = _functions(catalogue)
    found = [
        _line(capability, functions.get(name, ()))
        for name, capability in sorted(site.capabilities.items())
        if not chosen or area(name) == chosen
    ]
    sought = words.lower().split()
    return [line for line in found if all(word in _told(line) for word in sought)]


def _functions(catalogue: Catalogue) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = {}
    for bound in catalogue.all():
        for name in bound.contract.capabilities:
            found.setdefault(name, []).append(bound.contract.name)
    return found


def _line(capability: KnownCapability, functions: Sequence[str]) -> Line:
    return Line(
        name=capability.name,
        kind=capability.type,
        area=area(capability.name),
        risks=tuple(words for bit, words in _RISKS if capability.risks & bit),
        functions=tuple(sorted(functions)),
    )


def _told(line: Line) -> str:
    return " ".join((line.name, *line.risks, *line.functions)).lower()
