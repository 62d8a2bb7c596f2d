"""A preset: everything that an integration needs, as a versioned data file.

Those of this folder come with Coursewire; a site may have files of its own, of the same form.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from coursewire.presets.problems import PresetError

NAMES = ("health-check", "cyclr", "cyclr-2026", "percipio", "read-only")
"""The presets that come with Coursewire."""

LISTS = ("functions", "capabilities", "may_assign", "notes")
"""The fields to which a preset adds its own, where it builds on another one."""

Text = Annotated[str, Meta(min_length=1)]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a preset."""


class Capability(Part, frozen=True, kw_only=True):
    """What the role allows: asked for by the guide, or needed in practice and why."""

    name: Text
    origin: Literal["guide", "needed"] = "guide"
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
    version: Annotated[int, Meta(ge=1)] = 1
    title: Text
    summary: str = ""
    source: str = ""
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
    return msgspec.convert(raw(name), Preset)


def everything() -> list[Preset]:
    """Return all presets."""
    return [load(name) for name in NAMES]


def text_of(file_name: str) -> bytes:
    """Return a data file of this folder, such as the demo site."""
    return (files("coursewire.presets") / file_name).read_bytes()


def raw(name: str) -> dict[str, Any]:
    """Return the fields of a preset that comes with Coursewire."""
    import yaml  # noqa: PLC0415 - a server whose pages issue no token goes without it

    fields: dict[str, Any] = yaml.safe_load(text_of(f"{name}.yaml"))
    base = fields.pop("base", None)
    return fields if base is None else on_top(raw(base), fields)


def on_top(below: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a preset with a base: all that the base has, and its own beside it."""
    lists = {
        name: [*below.get(name, ()), *fields.get(name, ())]
        for name in LISTS
        if name in below or name in fields
    }
    return {**below, **fields, **lists}
