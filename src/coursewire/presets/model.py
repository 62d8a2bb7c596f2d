"""A preset: everything that an integration needs, as a versioned data file of this folder."""

from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from coursewire.presets.problems import PresetError

NAMES = ("health-check", "cyclr", "cyclr-2026", "percipio", "read-only")
"""The presets that come with Coursewire."""

Text = Annotated[str, Meta(min_length=1)]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a preset."""


class Capability(Part, frozen=True, kw_only=True):
    """What the role allows: asked for by the guide, or needed in practice and why."""

    name: Text
    origin: Literal["guide", "needed"]
    reason: str = ""
    # The functions that do not work without it; none named: all of them.
    functions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.origin == "needed" and not self.reason:
            msg = "a capability that is needed beyond the guide says why"
            raise ValueError(msg)


class ServicePart(Part, frozen=True, kw_only=True):
    """The service; `restricted` is for authorised users only."""

    shortname: Text
    name: Text
    restricted: bool = True


class RolePart(Part, frozen=True, kw_only=True):
    """The role of the service account."""

    shortname: Text
    name: Text


class Preset(Part, frozen=True, kw_only=True):
    """What one integration needs to call which functions."""

    name: Text
    version: Annotated[int, Meta(ge=1)]
    title: Text
    summary: Text
    source: Text
    service: ServicePart
    role: RolePart
    functions: Annotated[tuple[Text, ...], Meta(min_length=1)]
    capabilities: Annotated[tuple[Capability, ...], Meta(min_length=1)]
    # Roles that holders of the role may give.
    may_assign: tuple[str, ...] = ()
    # The plugin whose functions these are; empty: everybody's.
    plugin: str = ""
    address_hint: str = ""
    notes: tuple[str, ...] = ()

    def without(self, capabilities: frozenset[str]) -> "Preset":
        """Return the preset without capabilities that somebody does not want to give."""
        kept = tuple(each for each in self.capabilities if each.name not in capabilities)
        return msgspec.structs.replace(self, capabilities=kept)


@cache
def load(name: str) -> Preset:
    """Return a preset by its name."""
    if name not in NAMES:
        msg = f"there is no preset {name!r}; there are {', '.join(NAMES)}"
        raise PresetError(msg)
    return msgspec.convert(_raw(name), Preset)


def everything() -> list[Preset]:
    """Return all presets."""
    return [load(name) for name in NAMES]


def text_of(file_name: str) -> bytes:
    """Return a data file of this folder, such as the demo site."""
    return (files("coursewire.presets") / file_name).read_bytes()


def _raw(name: str) -> dict[str, Any]:
    """Read a preset; one with a `base` has all of that, and its own beside it."""
    import yaml  # noqa: PLC0415 - a server whose pages issue no token goes without it

    raw: dict[str, Any] = yaml.safe_load(text_of(f"{name}.yaml"))
    base = raw.pop("base", None)
    if base is None:
        return raw
    below = _raw(base)
    lists = {
        field: [*below[field], *raw.get(field, ())]
        for field in ("functions", "capabilities", "may_assign", "notes")
        if field in below or field in raw
    }
    merged: dict[str, Any] = {**below, **raw}
    return merged | lists
