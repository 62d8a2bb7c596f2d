"""A service of one's own choosing as a preset: the role follows from what its functions need."""

import re
from collections.abc import Callable, Sequence

from coursewire.contracts import known_needs
from coursewire.contracts.function import AnyFunction
from coursewire.domain.gate import REST_CAPABILITY
from coursewire.domain.validation import VIEW
from coursewire.presets.model import Capability, Preset, RolePart, ServicePart
from coursewire.text.counted import counted

_LONGEST = 60
_OTHER = re.compile(r"[^a-z0-9]+")


def shortname(name: str) -> str:
    """Return a short name that is made of a name."""
    return _OTHER.sub("_", name.lower()).strip("_")[:_LONGEST] or "service"


def custom(
    name: str, functions: Sequence[str], contract: Callable[[str], AnyFunction | None]
) -> Preset:
    """Return a preset for functions that somebody chose."""
    short = shortname(name)
    needed, gives = _needed(functions, contract)
    return Preset(
        name="custom",
        version=1,
        title=name,
        summary=f"{counted(len(functions), 'function')}, chosen by hand.",
        source="Chosen by hand; the role follows from what the functions need.",
        service=ServicePart(shortname=short, name=name),
        role=RolePart(shortname=f"svc_{short}", name=name),
        functions=tuple(dict.fromkeys(functions)),
        capabilities=needed,
        may_assign=("student", "teacher") if gives else (),
    )


def _needed(
    functions: Sequence[str], contract: Callable[[str], AnyFunction | None]
) -> tuple[tuple[Capability, ...], bool]:
    reasons: dict[str, str] = {REST_CAPABILITY: "Every call by REST asks for it."}
    users: dict[str, list[str]] = {}
    gives = False
    for name in dict.fromkeys(functions):
        found = contract(name)
        if found is None:
            continue
        for need in known_needs.of(found):
            gives = gives or need.kind == "give"
            for capability in need.capabilities or _to_enter(need.kind, need.place):
                reasons.setdefault(capability, f"{need.why}.".capitalize())
                users.setdefault(capability, []).append(name)
    return tuple(
        Capability(
            name=capability,
            origin="needed",
            reason=reason,
            functions=tuple(users.get(capability, ())),
        )
        for capability, reason in reasons.items()
    ), gives


def _to_enter(kind: str, place: str) -> tuple[str, ...]:
    return (VIEW,) if kind == "enter" and place != "site" else ()
