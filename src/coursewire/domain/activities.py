"""Activities: look-ups, entering one, and creation in a section of a course."""

from msgspec import Struct

from coursewire.contracts.errors import MissingRecord
from coursewire.domain import contexts, descriptions, sections, validation
from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.store import activities as store
from coursewire.store import courses
from coursewire.store.activities import ActivityRecord
from coursewire.store.session import Session

NAME = 1333


class NewActivity(Struct, frozen=True, kw_only=True):
    """An activity to be created; `module` is its kind: forum, page, assign, …"""

    course_id: int
    module: str
    name: str
    section: int = 0
    idnumber: str = ""
    intro: str = ""
    introformat: int = 1
    content: str = ""
    contentformat: int = 1
    externalurl: str = ""
    duedate: int = 0
    grade: int = 0
    visible: int = 1
    visibleoncoursepage: int = 1
    groupmode: int = 0
    groupingid: int = 0
    completion: int = 0
    completionview: int = 0
    completionusegrade: int = 0
    showdescription: int = 0


_ACTIVITY = (
    "course_id",
    "name",
    "intro",
    "introformat",
    "content",
    "contentformat",
    "externalurl",
    "duedate",
    "grade",
)
_MODULE = (
    "course_id",
    "module",
    "idnumber",
    "visible",
    "visibleoncoursepage",
    "groupmode",
    "groupingid",
    "completion",
    "completionview",
    "completionusegrade",
    "showdescription",
)


def get(session: Session, cmid: int) -> ActivityRecord | None:
    """Return an activity by the id of its course module, or None."""
    return store.get(session, cmid)


def require(session: Session, cmid: int) -> ActivityRecord:
    """Return an activity by the id of its course module, or raise MissingRecord."""
    found = store.get(session, cmid)
    if found is None:
        raise MissingRecord("course module", cmid)
    return found


def enter(call: Call, cmid: int) -> tuple[ActivityRecord, Context]:
    """Return an activity that exists and that the caller may enter, with its context."""
    activity = require(call.session, cmid)
    place = contexts.module(call.session, cmid)
    return activity, validation.validate_context(call, place)


def create(call: Call, new: NewActivity) -> ActivityRecord:
    """Put an activity at the end of a section; who may do that is decided before."""
    with call.transaction():
        session = call.session
        if courses.get(session, new.course_id) is None:
            raise MissingRecord("course", new.course_id)
        descriptions.check_format(new.introformat)
        limits.require_fit("name", new.name, NAME)
        limits.require_type("url", new.externalurl, "url")
        limits.require_fit("idnumber", new.idnumber, limits.IDNUMBER)
        courses.lock(session, {new.course_id})
        section = sections.at(call, new.course_id, new.section)
        activity = {name: getattr(new, name) for name in _ACTIVITY}
        module = {name: getattr(new, name) for name in _MODULE}
        cmid = store.add(
            session,
            {**activity, "type": new.module, "timemodified": call.now},
            {
                **module,
                "section_id": section.id,
                "ordering": store.next_place(session, section.id),
                "visibleold": new.visible,
                "added": call.now,
            },
        )
        around = contexts.get(session, contexts.COURSE, new.course_id)
        contexts.create(session, contexts.MODULE, cmid, around)
        call.audit.record("activity.create", f"activity {cmid}", course=new.course_id)
        return require(session, cmid)
