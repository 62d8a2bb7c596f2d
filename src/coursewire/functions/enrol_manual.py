"""Bodies of enrol_manual: enrol users in courses by hand, and end that."""

from coursewire.contracts import enrol_manual as c
from coursewire.contracts.errors import MoodleError
from coursewire.contracts.fields import UNSET, Unset
from coursewire.domain import contexts, course_completion, enrolments, role_assignments, users
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.enrolments import ACTIVE, SUSPENDED, Enrolment
from coursewire.domain.validation import validate_context
from coursewire.functions.binding import Bound
from coursewire.store import courses
from coursewire.store.enrolments import Instance
from coursewire.store.users import UserRecord

ENROL = "enrol/manual:enrol"
UNENROL = "enrol/manual:unenrol"


def enrol_users(call: Call, params: c.EnrolUsers) -> None:
    """Enrol users, all of them or none; the checks go item by item, the storing all at once."""
    with call.transaction():
        enrolling = _Enrolling(call, params)
        for item in params.enrolments:
            enrolling.add(item)
        enrolling.store()


class _Enrolling:
    """The enrolments of one call; what holds for a whole course is found out once for each."""

    def __init__(self, call: Call, params: c.EnrolUsers) -> None:
        self._call = call
        people = {item.userid for item in params.enrolments}
        if call.caller.id in people:
            # Stored in parts, all the same in one order with other calls.
            users.hold(call.session, people)
            courses = {item.courseid for item in params.enrolments}
            course_completion.lock_completable(call, courses)
        self._users = users.of_ids(call.session, people)
        self._places: dict[int, Context] = {}
        self._assignable: dict[int, frozenset[int]] = {}
        self._ways: dict[int, Instance] = {}
        self._wanted: dict[Instance, list[Enrolment]] = {}

    def add(self, item: c.NewEnrolment) -> None:
        """Check an item in the protocol's order and keep it for storing."""
        place = self._enter(item.courseid)
        user = users.require_active_record(self._call, self._user(item.userid))
        if item.roleid not in self._roles(place):
            raise _cannot_assign(item, place)
        way = self._way(item.courseid)
        enrolment = Enrolment(
            user_id=user.id,
            role_id=item.roleid,
            status=SUSPENDED if _number(item.suspend) else ACTIVE,
            timestart=_number(item.timestart),
            timeend=_number(item.timeend),
        )
        self._wanted.setdefault(way, []).append(enrolment)
        if user.id == self._call.caller.id:
            # What the caller may do in the course is another thing for the next item.
            self.store()
            del self._places[item.courseid]
            del self._assignable[place.id]

    def store(self) -> None:
        """Store what was added."""
        enrolments.enrol(self._call, self._wanted)
        self._wanted = {}

    def _enter(self, course_id: int) -> Context:
        """Return the course's place once the caller may enter it and enrol there."""
        place = self._places.get(course_id)
        if place is None:
            call = self._call
            place = validate_context(call, contexts.course(call.session, course_id))
            call.permissions.require(ENROL, place)
            self._places[course_id] = place
        return place

    def _user(self, user_id: int) -> UserRecord:
        return users.require(self._users, user_id)

    def _roles(self, place: Context) -> frozenset[int]:
        if place.id not in self._assignable:
            found = role_assignments.assignable(self._call.permissions, place)
            self._assignable[place.id] = frozenset(found)
        return self._assignable[place.id]

    def _way(self, course_id: int) -> Instance:
        way = self._ways.get(course_id)
        if way is None:
            way = enrolments.enabled_instance(self._call, course_id)
            if way is None:
                raise _no_way(course_id)
            self._ways[course_id] = way
        return way


def unenrol_users(call: Call, params: c.UnenrolUsers) -> None:
    """End manual enrolments, all of them or none; who is not enrolled so is passed over.

    Nobody else has the courses meanwhile, to put people into groups or to enrol them (DUR-6).
    """
    with call.transaction():
        courses.lock_alone(call.session, {item.courseid for item in params.enrolments})
        leaving = _Leaving(call, params)
        for item in params.enrolments:
            leaving.add(item)
        leaving.store()


class _Leaving:
    """The ends of one call; what holds for a whole course is found out once for each."""

    def __init__(self, call: Call, params: c.UnenrolUsers) -> None:
        self._call = call
        self._users = users.of_ids(call.session, {item.userid for item in params.enrolments})
        self._ways: dict[int, Instance] = {}
        self._leaving: dict[Instance, list[int]] = {}

    def add(self, item: c.EndedEnrolment) -> None:
        """Check an item in the protocol's order and keep it for storing."""
        way = self._ways.get(item.courseid)
        if way is None:
            way = self._ways[item.courseid] = _manual_way(self._call, item.courseid)
        user = users.require_active_record(self._call, users.require(self._users, item.userid))
        self._leaving.setdefault(way, []).append(user.id)
        if user.id == self._call.caller.id:
            # Who has left may not be somebody who ends the enrolments of others.
            self.store()
            del self._ways[item.courseid]

    def store(self) -> None:
        """End the enrolments that were added."""
        for way, user_ids in self._leaving.items():
            enrolments.unenrol(self._call, way, user_ids)
        self._leaving = {}


def _manual_way(call: Call, course_id: int) -> Instance:
    """Return the way by which people were enrolled by hand, once the caller may end that."""
    place = contexts.get(call.session, contexts.COURSE, course_id)
    validate_context(call, place)
    call.permissions.require(UNENROL, place)
    for instance in enrolments.instances(call.session, course_id):
        if instance.enrol == enrolments.MANUAL:
            return instance
    raise _no_way(course_id)


def _number(value: int | Unset) -> int:
    return 0 if value is UNSET else value


def _cannot_assign(item: c.NewEnrolment, place: Context) -> MoodleError:
    return MoodleError(
        "wsusercannotassign",
        f"You may not give role {item.roleid} to user {item.userid} in course {item.courseid}",
        reason=f"the caller may not assign role {item.roleid} in {place.where}",
        remedy="allow moodle/role:assign to a role of the caller, and let that role assign this"
        " one; the role must be assignable in courses",
    )


def _no_way(course_id: int) -> MoodleError:
    return MoodleError(
        "wsnoinstance",
        f"Nobody can be enrolled by hand in course {course_id}",
        reason=f"course {course_id} has no instance of manual enrolment that can be used",
        remedy="open manual enrolment in the course and on the site",
    )


FUNCTIONS = (Bound(c.enrol_users, enrol_users), Bound(c.unenrol_users, unenrol_users))
