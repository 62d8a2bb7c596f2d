"""What the caller may see of people in a place: a course, or a person's own context."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.once import once
from coursewire.domain.user_facts import Facts

VIEW = "moodle/user:viewdetails"
VIEW_ALL = "moodle/user:viewalldetails"


class Place(Struct, frozen=True):
    """The caller's rights in a place; `hidden` are the fields that the site hides from them."""

    full: bool
    views: bool
    names: bool
    identity: frozenset[str]
    hidden: frozenset[str]
    # The address of everybody in the course, whatever they chose.
    addresses: bool


class Places:
    """The places of one call, judged once for all that are alike.

    Most have neither roles, overrides nor locks of their own: what holds in them is what holds in
    the places above that have some, and is worked out once for all with the same of these.
    """

    def __init__(self, call: Call) -> None:
        self._permissions = call.permissions
        self._site = call.site
        # By the path of the category around a course.
        self._above: dict[str, tuple[int, ...]] = {}
        self._courses: dict[tuple[int, ...], Place] = {}
        self._people: dict[int, Place] = {}

    def course(self, context: Context) -> Place:
        """Return the caller's rights in a course."""
        deciding = self._deciding(context)
        found = self._courses.get(deciding)
        if found is None:
            found = self._courses[deciding] = self._judged(context, in_course=True)
        return found

    def _deciding(self, context: Context) -> tuple[int, ...]:
        """Return the places on the way to a course in which something of their own decides."""
        around = context.path.rpartition("/")[0]
        above = self._above.get(around)
        if above is None:
            above = self._above[around] = tuple(filter(self._are_special, context.ids[:-1]))
        return (*above, context.id) if self._are_special(context.id) else above

    def person(self, context: Context) -> Place:
        """Return the caller's rights in a person's own context, which lies in the site itself."""
        where = context if self._are_special(context.id) else self._site.system
        found = self._people.get(where.id)
        if found is None:
            found = self._people[where.id] = self._judged(where, in_course=False)
        return found

    def people(self, user_ids: Sequence[int], facts: Facts) -> list[Place]:
        """Return the caller's rights in the own contexts of many people, in their order."""
        if any(map(self._are_special, facts.place_ids)):
            return [self.person(facts.place(user_id)) for user_id in user_ids]
        return [self.person(self._site.system)] * len(user_ids)

    @once
    def _are_special(self) -> Callable[[int], bool]:
        """Tell of a place by its id whether something of its own decides there."""
        held = frozenset(place for place, _ in self._permissions.held or ())
        # The front page has a role of its own for everybody.
        of_their_own = held | self._permissions.definitions.overridden | {self._site.front_page.id}
        return (of_their_own | self._permissions.locked).__contains__

    def _judged(self, context: Context, *, in_course: bool) -> Place:
        may, site = self._permissions.may, self._site
        reveals = "moodle/course:viewhiddenuserfields" if in_course else _VIEW_HIDDEN
        hidden = frozenset(site.hiddenuserfields)
        if hidden and may(reveals, context):
            hidden = _NOTHING
        identity = frozenset(site.showuseridentity) - hidden
        return Place(
            full=may(VIEW_ALL, context),
            views=may(VIEW, context),
            names=may("moodle/site:viewfullnames", context),
            identity=identity if may("moodle/site:viewuseridentity", context) else _NOTHING,
            hidden=hidden,
            addresses=in_course and may("moodle/course:useremail", context),
        )


_VIEW_HIDDEN = "moodle/user:viewhiddendetails"
_NOTHING: frozenset[str] = frozenset()
