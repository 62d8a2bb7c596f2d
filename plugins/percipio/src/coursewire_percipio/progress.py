"""`percipio_progress_tracking`: how far a person is, written back by the partner."""

from coursewire.plugin import (
    ActivityRecord,
    Call,
    MissingRecord,
    MoodleError,
    UserRecord,
    activities,
    contexts,
    enrolments,
    grade_items,
    look_ups,
    plugin_settings,
    reported_progress,
    validation,
)
from coursewire_percipio import attempts, courses_of_assets, documents, entries
from coursewire_percipio.contracts import COMPONENT, Document, Tracked
from coursewire_percipio.entries import Entry
from coursewire_percipio.settings import SETTINGS
from coursewire_percipio.within import all_or_nothing

OK = 200
GRADE = "moodle/grade:manage"
_LONGEST_ID = 18


def progress_tracking(call: Call, params: Document) -> Tracked:
    """Write the state, the grade and the attempt of one person; older news change nothing."""
    document = documents.read(params.data)
    shortname, username = document.text("courseshortname"), document.text("username")
    for key, value in (("courseshortname", shortname), ("username", username)):
        if not value.strip():
            raise documents.blank(key)
    entry = entries.find(call.session, shortname.strip())
    if entry is None:
        raise MoodleError("error", f"No course was imported for {shortname.strip()[:80]}")
    user = _user(call, username.strip())
    place = contexts.get(call.session, contexts.COURSE, entry.course_id)
    validation.validate_context(call, place)
    call.permissions.require(GRADE, place)
    with all_or_nothing(call):
        look_ups.hold_user(call.session, user.id)
        look_ups.lock_course(call.session, entry.course_id)
        return _write(call, document, entry, user)


def _write(call: Call, document: documents.Document, entry: Entry, user: UserRecord) -> Tracked:
    activity = activities.get(call.session, entry.course_module_id)
    if activity is None:
        raise MissingRecord("course module", entry.course_module_id)
    attempt = attempts.read(call, document, _grademax(call, activity))
    before = attempts.last_modified(call.session, entry, user.id, call.clock.now_ms())
    if before is not None and attempt.timemodified < before:
        return Tracked(message="A newer report is known; this one changed nothing", code=OK)
    attempts.save(call.session, entry, user.id, attempt)
    reported_progress.store(
        call,
        activity,
        reported_progress.Progress(
            user_id=user.id,
            state=attempt.state,
            grade=attempt.grade,
            feedback=attempt.feedback,
        ),
    )
    # Last, for an enrolment counts what was done before it: that is to be the state reported now.
    if not enrolments.is_enrolled(call.session, user.id, entry.course_id):
        _enrol(call, entry, user)
    return Tracked(message="The progress was written", code=OK)


def _user(call: Call, written: str) -> UserRecord:
    """Return a user by id; what is no known id is a user name, where the site wants that."""
    found: UserRecord | None = None
    if written.isascii() and written.isdigit() and len(written) <= _LONGEST_ID:
        found = look_ups.user(call.session, int(written))
    if found is None and _takes_names(call):
        found = look_ups.user_named(call.session, written)
    if found is None or found.id == call.site.guest_id:
        raise MoodleError("error", f"There is no user {written[:80]}")
    return found


def _takes_names(call: Call) -> bool:
    return plugin_settings.read(call.session, COMPONENT, SETTINGS).is_on("usernamefallback")


def _grademax(call: Call, activity: ActivityRecord) -> float:
    item = grade_items.of_activity(
        call.session, activity.course_id, activity.module, activity.instance
    )
    return courses_of_assets.GRADE_MAX if item is None else item.grademax


def _enrol(call: Call, entry: Entry, user: UserRecord) -> None:
    """Enrol somebody by the course's own way in, from now on."""
    way = enrolments.enabled_instance(call, entry.course_id, enrolments.SELF)
    if way is None:
        raise MoodleError(
            "canntenrol",
            "The user is not enrolled, and self enrolment in the course is closed",
            remedy=f"open self enrolment in course {entry.course_id}",
        )
    role_id = enrolments.role_of(call, way)
    new = enrolments.Enrolment(user_id=user.id, role_id=role_id, timestart=call.now)
    enrolments.enrol(call, {way: [new]})
