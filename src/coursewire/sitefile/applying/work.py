"""What the application of one plan carries along: the call, names and ids, what to report."""

from collections import Counter
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec import Struct

from coursewire.domain import site as domain_site
from coursewire.domain.call import Call
from coursewire.sitefile.differences import Difference, How
from coursewire.sitefile.ids import Ids, Kind
from coursewire.sitefile.model.access import Token
from coursewire.sitefile.problems import Path

Differences = tuple[Difference, ...]


class IssuedToken(Struct, frozen=True, repr_omit_defaults=True):
    """A token that got a random value, for showing it once."""

    token: Token
    value: str

    def __repr__(self) -> str:
        """Show everything but the value."""
        return f"IssuedToken({self.token.label!r})"


class Work:
    """The application of one plan, inside its transaction."""

    def __init__(
        self,
        call: Call,
        ids: Ids,
        *,
        hashes: Mapping[str, str],
        functions: Collection[str],
    ) -> None:
        self.call = call
        self.ids = ids
        self.functions = functions
        self.issued: list[IssuedToken] = []
        self.warnings: Counter[str] = Counter()
        # The field of the file that a refusal is about, where the operation knows.
        self.field: Path = ()
        self._hashes = hashes

    @contextmanager
    def about(self, *field: str) -> Generator[None]:
        """Name the field that is at fault if the domain refuses what is done inside."""
        self.field = field
        yield
        self.field = ()

    def hash_of(self, username: str) -> str | None:
        """Return the hash of a new user's password, made before the transaction began."""
        return self._hashes.get(username)

    def id(self, kind: Kind, name: str) -> int:
        """Return the id of an object by its name; the plan has seen to it that there is one."""
        return self.ids.get(kind, name)

    def id_or_none(self, kind: Kind, name: str) -> int:
        """Return the id of an object, 0 where the file names none."""
        return self.ids.get(kind, name) if name else 0

    def refresh_site(self) -> None:
        """Let what follows see the settings and roles as they are now."""
        self.call.site = domain_site.refreshed(self.call.session, self.call.site)


class Applier(Struct, frozen=True):
    """What makes, changes and removes the objects of one section.

    `change` gets the wanted object (or, when something is taken away, none), the present one and
    the differences; `remove` gets the present or the wanted one.
    """

    create: Callable[[Work, Any], None]
    change: Callable[[Work, Any, Any, Differences], None]
    remove: Callable[[Work, Any], None]


def items(differences: Differences, field: str, how: How) -> tuple[Any, ...]:
    """Return what a list field gains or loses."""
    found = _changed(differences, field, how)
    return () if found is None else tuple(found)


def pairs(differences: Differences, field: str, how: How) -> dict[str, Any]:
    """Return what a field of names and values gains or loses."""
    found = _changed(differences, field, how)
    return {} if found is None else dict(found)


def values(differences: Differences) -> dict[str, Any]:
    """Return the fields that get other values."""
    return {each.field: each.after for each in differences if each.how == "set"}


def _changed(differences: Differences, field: str, how: How) -> Any:  # noqa: ANN401 - any field
    for difference in differences:
        if (difference.field, difference.how) == (field, how):
            return difference.before if how == "take" else difference.after
    return None
