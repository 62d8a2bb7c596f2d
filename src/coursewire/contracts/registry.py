"""Every function that Moodle publishes, whether Coursewire has it or not.

The entries stand in `functions.json`. They are read at the first question and kept as bytes: a
server that only wants to know a name does not pay for trees.
"""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import msgspec
from msgspec import Raw, Struct

from coursewire.contracts.function import Kind
from coursewire.contracts.schema import Schema, tree_from_schema
from coursewire.contracts.tree import Node

MOBILE_SERVICE = "moodle_mobile_app"
"""The short name of the one built-in service of a fresh site."""


class Entry(Struct, frozen=True, kw_only=True):
    """What is published of one function; the trees are read on demand."""

    name: str
    component: str
    type: Kind
    ajax: bool
    loginrequired: bool
    readonlysession: bool
    capabilities: tuple[str, ...]
    services: tuple[str, ...]
    deprecated: bool
    parameters: Raw
    returns: Raw

    def parameter_tree(self) -> Node:
        """Return the tree of the parameters, always an object."""
        return tree_from_schema(_schema(self.parameters))

    def return_tree(self) -> Node | None:
        """Return the tree of the answer, or None where the function answers nothing."""
        return None if bytes(self.returns) == b"null" else tree_from_schema(_schema(self.returns))


def _schema(raw: Raw) -> Schema:
    return msgspec.json.decode(raw, type=Schema)


@cache
def entries() -> Mapping[str, Entry]:
    """Return every published function by name, in the order of names."""
    content = (files("coursewire.contracts") / "functions.json").read_bytes()
    return MappingProxyType(msgspec.json.decode(content, type=dict[str, Entry]))


def is_published(name: str) -> bool:
    """Tell whether Moodle has a function of this name."""
    return name in entries()


def in_service(shortname: str) -> tuple[str, ...]:
    """Return the names of the functions that a built-in service holds."""
    return tuple(entry.name for entry in entries().values() if shortname in entry.services)
