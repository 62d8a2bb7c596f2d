"""What the functions browser searches: every function of Moodle and of plugins, read once."""

import re
from functools import lru_cache

from msgspec import Struct

from coursewire.contracts.registry import entries
from coursewire.contracts.tree import List, Node, Object
from coursewire.functions.catalogue import Catalogue

_KEY = re.compile(rb'"([a-z0-9_]+)":\{')


class Listed(Struct, frozen=True, kw_only=True):
    """A function in the list; `text` is all that a search looks at, in lower case."""

    name: str
    component: str
    kind: str
    is_here: bool
    deprecated: bool
    login: bool
    summary: str
    text: str


class Facets(Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; what is empty does not narrow."""

    words: tuple[str, ...] = ()
    kind: str = ""
    component: str = ""
    here: bool = False
    deprecated: str = ""
    open: bool = False
    names: frozenset[str] | None = None


@lru_cache(maxsize=4)
def index(catalogue: Catalogue) -> tuple[Listed, ...]:
    """Return all functions by name."""
    found = [_here(catalogue, name) for name in catalogue.components]
    for name, entry in entries().items():
        if catalogue.get(name) is None:
            # Names alone are wanted: reading 760 trees would cost a second.
            keys = [key.decode() for key in _KEY.findall(bytes(entry.parameters))]
            found.append(
                Listed(
                    name=name,
                    component=entry.component,
                    kind=entry.type,
                    is_here=False,
                    deprecated=entry.deprecated,
                    login=entry.loginrequired,
                    summary="",
                    text=" ".join((name, entry.component, *keys, *entry.capabilities)).lower(),
                )
            )
    return tuple(sorted(found, key=lambda each: each.name))


def _here(catalogue: Catalogue, name: str) -> Listed:
    contract = catalogue.require(name).contract
    asked = () if contract.access is None else contract.access.asks
    told = (name, contract.component, contract.summary, *contract.capabilities, *asked)
    return Listed(
        name=name,
        component=contract.component,
        kind=contract.kind,
        is_here=True,
        deprecated=contract.deprecated,
        login=contract.loginrequired,
        summary=contract.summary,
        text=" ".join((*told, *_names(contract.parameter_tree()))).lower(),
    )


def _names(node: Node) -> list[str]:
    if isinstance(node, List):
        return _names(node.items)
    if not isinstance(node, Object):
        return []
    return [name for key, child in node.keys.items() for name in (key, *_names(child))]


def search(catalogue: Catalogue, facets: Facets) -> list[Listed]:
    """Return the functions that fit: first those with the words in their names, and those here."""
    found = [each for each in index(catalogue) if _fits(each, facets)]
    words = facets.words
    return sorted(
        found,
        key=lambda each: (not all(word in each.name for word in words), not each.is_here),
    )


def _fits(each: Listed, facets: Facets) -> bool:
    return (
        (not facets.kind or each.kind == facets.kind)
        and (not facets.component or each.component == facets.component)
        and (not facets.here or each.is_here)
        and (not facets.deprecated or each.deprecated == (facets.deprecated == "yes"))
        and not (facets.open and each.login)
        and (facets.names is None or each.name in facets.names)
        and all(word in each.text for word in facets.words)
    )
