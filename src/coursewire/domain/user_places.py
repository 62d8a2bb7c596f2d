"""What the caller may see of people in a place: a course, or a person's own context."""

from msgspec import Struct

from coursewire.domain.call import Call
from coursewire.domain.contexts import Context

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
    """The places of one call, each judged once.

    Most people's own contexts have neither roles nor overrides of their own: the answer for them
    is that for the whole site, and is worked out once for all of them.
    """

    def __init__(self, call: Call) -> None:
        self._permissions = call.permissions
        self._site = call.site
        self._courses: dict[int, Place] = {}
        self._people: dict[int, Place] = {}
        self._special: frozenset[int] | None = None

    def course(self, context: Context) -> Place:
        """Return the caller's rights in a course."""
        found = self._courses.get(context.id)
        if found is None:
            found = self._courses[context.id] = self._judged(context, in_course=True)
        return found

    def person(self, context: Context) -> Place:
        """Return the caller's rights in a person's own context."""
        where = context if context.id in self._specials() else self._site.system
        found = self._people.get(where.id)
        if found is None:
            found = self._people[where.id] = self._judged(where, in_course=False)
        return found

    def _specials(self) -> frozenset[int]:
        if self._special is None:
            held = frozenset(place for place, _ in self._permissions.held or ())
            self._special = held | self._permissions.definitions.overridden
        return self._special

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
