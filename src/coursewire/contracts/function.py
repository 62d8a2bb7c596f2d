"""A function's contract as one value, shared by the server, the client and the reference."""

from typing import Any, Generic, Literal, TypeVar

from msgspec import Struct

from coursewire.contracts.access import Access
from coursewire.contracts.needs import Need
from coursewire.contracts.tree import Node, tree_of

P = TypeVar("P", bound=Struct)
R = TypeVar("R")

Kind = Literal["read", "write"]


class Function(Struct, Generic[P, R], frozen=True, kw_only=True):
    """What a caller must know of an external function.

    `params` is the struct of its named parameters, `returns` the type of its answer (None: it
    answers nothing). `capabilities` are those that Moodle declares for it, informative; `services`
    are the built-in services that hold it. `access` is what Coursewire's own body looks up and can
    ask for; a server's function must declare it. `needs` are what calls need of their caller, told
    by plugins; those of the core stand in `known_needs.py`. The other members have the meaning and
    the name that they have in `functions.json`.
    """

    name: str
    params: type[P]
    returns: type[R] | None
    kind: Kind
    summary: str
    access: Access | None = None
    capabilities: tuple[str, ...] = ()
    component: str = "moodle"
    ajax: bool = False
    loginrequired: bool = True
    readonlysession: bool = False
    services: tuple[str, ...] = ()
    deprecated: bool = False
    needs: tuple[Need, ...] | None = None

    def parameter_tree(self) -> Node:
        """Return the tree of the parameters, always an object."""
        return tree_of(self.params)

    def return_tree(self) -> Node | None:
        """Return the tree of the answer, or None where the function answers nothing."""
        return None if self.returns is None else tree_of(self.returns)


AnyFunction = Function[Any, Any]
