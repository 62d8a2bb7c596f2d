"""What one user may see of others: the one place that decides it (AUTHZ-6, functions.md 4.7)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from msgspec import Struct

from coursewire.domain import shown_courses
from coursewire.domain.call import Call
from coursewire.domain.course_people import CoursePeople, CourseView
from coursewire.domain.shown_fields import Sight, UserDetails
from coursewire.domain.user_facts import Facts
from coursewire.domain.user_places import Place, Places
from coursewire.store.batches import batches
from coursewire.store.users import UserRecord

T = TypeVar("T", bound=Struct)


def shown_as(kind: type[T], people: Iterable[UserDetails]) -> list[T]:
    """Return the details of people as an answer of this kind tells them."""
    return [kind(**details) for details in cast("Iterable[Mapping[str, Any]]", people)]


def in_any_course(call: Call, people: Sequence[UserRecord]) -> list[UserDetails]:
    """Return what the caller may see of people anywhere; those not seen at all are left out.

    Who is seen in the whole site is shown as there. Others are shown as in the last of their
    courses in which the caller sees them: that is the course the reference happens to end with.
    """
    places = Places(call)
    return [
        details
        for some in batches(people)
        for details in _Showing(call, places, some).in_any_course()
    ]


def in_course(
    call: Call,
    people: Sequence[UserRecord],
    view: CourseView,
    wanted: frozenset[str] | None = None,
) -> list[UserDetails]:
    """Return what the caller may see of people in one course; those not seen are left out.

    Fields that are not `wanted` are spared, but for the id; None stands for all of them.
    """
    places = Places(call)
    return [
        details
        for some in batches(people)
        for details in _Showing(call, places, some).in_course(view, wanted)
    ]


class _Showing:
    """The showing of one set of people to the caller."""

    def __init__(self, call: Call, places: Places, people: Sequence[UserRecord]) -> None:
        self._call = call
        self._places = places
        self._people = people
        self._facts = Facts(call, people)

    def in_any_course(self) -> list[UserDetails]:
        own = self._places.people([person.id for person in self._people], self._facts)
        everybody = list(zip(self._people, own, strict=True))
        elsewhere = [
            person.id for person, place in everybody if not self._is_seen_in(place, person)
        ]
        courses = shown_courses.last_of(self._call, elsewhere, self._places) if elsewhere else {}
        hidden = {user_id for user_id in elsewhere if user_id not in courses}
        in_course = {user_id: self._places.course(course) for user_id, course in courses.items()}
        seen = [
            (person, in_course.get(person.id, place))
            for person, place in everybody
            if person.id not in hidden
        ]
        return self._shown(seen)

    def in_course(self, view: CourseView, wanted: frozenset[str] | None) -> list[UserDetails]:
        place = self._places.course(view.place)
        seen = [
            (person, place)
            for person in self._people
            if place.views or self._is_seen_in(self._own_place(person), person)
        ]
        course = CoursePeople(view, [person.id for person, _ in seen])
        return self._shown(seen, course, wanted)

    def _shown(
        self,
        seen: Sequence[tuple[UserRecord, Place]],
        course: CoursePeople | None = None,
        wanted: frozenset[str] | None = None,
    ) -> list[UserDetails]:
        """Return what is seen of people in their places, all who are seen alike at once."""
        caller_id = self._call.caller.id
        # By the identity of the place, which the places hold.
        alike: dict[tuple[int, bool], list[int]] = {}
        for number, (person, place) in enumerate(seen):
            alike.setdefault((id(place), person.id == caller_id), []).append(number)
        shown: list[UserDetails] = [{}] * len(seen)
        for (_, oneself), numbers in alike.items():
            people = [seen[number][0] for number in numbers]
            sight = Sight(
                self._call,
                seen[numbers[0]][1],
                self._facts,
                people,
                oneself=oneself,
                course=course,
                wanted=wanted,
            )
            for number, details in zip(numbers, sight.details(), strict=True):
                shown[number] = details
        return shown

    def _own_place(self, person: UserRecord) -> Place:
        return self._places.person(self._facts.place(person.id))

    def _is_seen_in(self, own: Place, person: UserRecord) -> bool:
        """Tell whether a person, whose own place this is, is seen in the whole site."""
        if own.views or person.id == self._call.caller.id:
            return True
        return person.id in self._facts.contacts
