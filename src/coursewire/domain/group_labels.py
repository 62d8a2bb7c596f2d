"""Names and id numbers of groups and groupings: what they may be, and which are taken."""

from collections.abc import Callable, Iterable, Set
from typing import Protocol

from coursewire.contracts.errors import InvalidParameter, MoodleError
from coursewire.contracts.fields import UNSET, Unset
from coursewire.domain import text_limits as limits
from coursewire.store.session import Session

# Stands for a row that is being checked, and for rows of this call that wait to be stored.
NEW = 0
PENDING = -1

# A course with a name or id number in it.
Place = tuple[int, str]
# (column, wanted places) → (id, course, value) of the rows that stand there.
Finder = Callable[[Session, str, Set[Place]], list[tuple[int, int, str]]]


class Labelled(Protocol):
    """A group or a grouping."""

    @property
    def id(self) -> int: ...
    @property
    def course_id(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def idnumber(self) -> str: ...


class Taken:
    """The rows that have each wanted value in each course, from the store and from this call."""

    def __init__(self, rows: Iterable[tuple[int, int, str]]) -> None:
        self._rows: dict[Place, set[int]] = {}
        for row_id, course_id, value in rows:
            self.add(row_id, (course_id, value))

    def add(self, row_id: int, place: Place) -> None:
        """Note that a row has a value."""
        self._rows.setdefault(place, set()).add(row_id)

    def free(self, row_id: int, place: Place) -> None:
        """Note that a row no longer has a value."""
        self._rows.get(place, set[int]()).discard(row_id)

    def by_other(self, row_id: int, place: Place) -> bool:
        """Tell whether another row has a value."""
        holders = self._rows.get(place)
        return bool(holders and holders - {row_id})


class Labels:
    """The labels of groups, or of groupings, while one call gives some and takes others."""

    def __init__(
        self,
        session: Session,
        kind: str,
        having: Finder,
        wanted: Iterable[tuple[int, str, str]],
    ) -> None:
        """Look up (course, name, id number) of everything that the call wants to name."""
        self._kind = kind
        places = list(wanted)
        names = {(course_id, name) for course_id, name, _ in places}
        self._names = Taken(having(session, "name", names))
        idnumbers = {(course_id, idnumber) for course_id, _, idnumber in places}
        unique = {place for place in idnumbers if limits.is_unique(place[1])}
        self._idnumbers = Taken(having(session, "idnumber", unique) if unique else ())

    def add(self, row_id: int, course_id: int, name: str, idnumber: str) -> None:
        """Note that a row has these labels."""
        self._names.add(row_id, (course_id, name))
        if limits.is_unique(idnumber):
            self._idnumbers.add(row_id, (course_id, idnumber))

    def hold(self, row: Labelled) -> None:
        """Note the labels of a stored row."""
        self.add(row.id, row.course_id, row.name, row.idnumber)

    def release(self, row: Labelled) -> None:
        """Note that a stored row gives its labels up."""
        self._names.free(row.id, (row.course_id, row.name))
        self._idnumbers.free(row.id, (row.course_id, row.idnumber))

    def require_free_name(self, row_id: int, course_id: int, name: str) -> None:
        """Refuse a name that another row of the course has."""
        if self._names.by_other(row_id, (course_id, name)):
            reason = f"course {course_id} has a {self._kind} named {name!r} already"
            raise InvalidParameter(reason)

    def require_free_idnumber(self, row_id: int, course_id: int, idnumber: str) -> None:
        """Refuse an id number that another row of the course has."""
        if self._idnumbers.by_other(row_id, (course_id, idnumber)):
            raise idnumber_taken(f"course {course_id} has a {self._kind} with {idnumber!r} already")


def require_name(kind: str, name: str) -> None:
    """Refuse a blank name."""
    if not limits.trimmed(name):
        reason = f"the name of a {kind} is blank"
        raise InvalidParameter(reason)


def idnumber_of(sent: str | Unset) -> str:
    """Return an id number as it is stored."""
    return "" if sent is UNSET else limits.trimmed(sent)


def idnumber_taken(reason: str) -> MoodleError:
    """Return the refusal of an id number that is in use."""
    return MoodleError("idnumbertaken", "This ID number is already in use", reason=reason)
