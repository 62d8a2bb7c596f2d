"""The course of an asset: made, changed, its one activity, its open way in, its entry."""

from typing import Any

from coursewire.plugin import (
    Call,
    Context,
    CourseRecord,
    Instance,
    activities,
    activity_changes,
    contexts,
    course_changes,
    course_furnishing,
    courses,
    custom_fields,
    enrolment_instances,
    enrolments,
    grade_items,
    replace,
    roles,
)
from coursewire_percipio import entries
from coursewire_percipio.assets import ACTIVITY, FORMAT, LANG, Asset

OPEN_SELF = "enrol/self:config"
FORCE_LANG = "moodle/course:setforcedlanguage"
STUDENT = "student"
GRADE_MAX = 100
BY_HAND, AUTOMATIC = 1, 2
NEWS = 1
# What a change of a column needs besides; sending what stands there needs nothing.
_NEEDS = {
    "category": "moodle/course:changecategory",
    "fullname": "moodle/course:changefullname",
    "shortname": "moodle/course:changeshortname",
    "idnumber": "moodle/course:changeidnumber",
    "summary": "moodle/course:changesummary",
    "summaryformat": "moodle/course:changesummary",
    "visible": "moodle/course:visibility",
}
_CHANGING = (
    "fullname",
    "idnumber",
    "summary",
    "summaryformat",
    "startdate",
    "visible",
    "showgrades",
    "groupmode",
    "enablecompletion",
    "completionnotify",
)


def create(call: Call, asset: Asset, category: int, visible: int, lang: str) -> int:
    """Make the course of a new asset and open it to everybody who wants to learn."""
    made = courses.create(
        call,
        courses.NewCourse(
            category=category,
            fullname=asset.fullname,
            shortname=asset.shortname,
            idnumber=asset.idnumber,
            summary=asset.summary,
            summaryformat=asset.summaryformat,
            format=FORMAT,
            formatoptions={"activitytype": asset.module},
            showgrades=asset.showgrades,
            newsitems=NEWS,
            startdate=asset.startdate,
            visible=visible,
            groupmode=asset.groupmode,
            enablecompletion=asset.enablecompletion,
            completionnotify=asset.completionnotify,
            lang=lang,
            customfields=asset.customfields,
        ),
    )
    # A course that is one activity has no forum for news.
    course_furnishing.furnish(call, [replace(made, newsitems=0)])
    cmid = _add_activity(call, made.id, asset)
    _remember(call, asset, made.id, cmid, None)
    open_self_enrolment(call, made.id)
    return made.id


def changes(call: Call, course: CourseRecord, asset: Asset, category: int) -> dict[str, Any]:
    """Return what of a course is to be changed, if the caller may change each of it."""
    place = contexts.get(call.session, contexts.COURSE, course.id)
    wanted: dict[str, Any] = {name: getattr(asset, name) for name in _CHANGING}
    wanted |= {"category": category, "shortname": asset.shortname, "format": FORMAT}
    found = {name: value for name, value in wanted.items() if value != getattr(course, name)}
    for name, capability in _NEEDS.items():
        if name in found:
            call.permissions.require(capability, place)
    if course.lang != LANG and call.permissions.may(FORCE_LANG, place):
        found["lang"] = LANG
    return found


def update(call: Call, course: CourseRecord, asset: Asset, changed: dict[str, Any]) -> int:
    """Change the course of a known asset, or make an existing course that of an asset."""
    course_changes.change(call, course.id, changed, {"activitytype": asset.module})
    custom_fields.save(call.session, courses.KIND, [(course.id, asset.customfields)])
    entry = entries.find(call.session, asset.shortname)
    known = None if entry is None else activities.get(call.session, entry.course_module_id)
    if known is not None and known.module == asset.module and known.course_id == course.id:
        cmid = known.id
        _change_activity(call, cmid, asset)
    else:
        if known is not None:
            activity_changes.remove(call, known.id)
            entry = None
        cmid = _add_activity(call, course.id, asset)
    _remember(call, asset, course.id, cmid, entry)
    return course.id


def open_self_enrolment(call: Call, course_id: int) -> Instance:
    """Let people enrol themselves: a closed way is opened, a missing one made."""
    place: Context = contexts.get(call.session, contexts.COURSE, course_id)
    call.permissions.require(OPEN_SELF, place)
    student = roles.find(call.session, STUDENT)
    role_id = student.id if student else 0
    there = [
        way for way in enrolments.instances(call.session, course_id) if way.enrol == enrolments.SELF
    ]
    if not there:
        made = enrolments.add_instance(call, course_id, enrolments.SELF, roleid=role_id)
        return enrolments.get_instance(call.session, made)
    way = there[0]
    if way.status != enrolments.ENABLED:
        enrolment_instances.change(call, way.id, status=enrolments.ENABLED, roleid=role_id)
        return enrolments.get_instance(call.session, way.id)
    return way


def _add_activity(call: Call, course_id: int, asset: Asset) -> int:
    graded = asset.module == ACTIVITY
    made = activities.create(
        call,
        activities.NewActivity(
            course_id=course_id,
            module=asset.module,
            name=asset.fullname,
            intro=asset.summary,
            introformat=asset.summaryformat,
            externalurl=asset.launch,
            grade=GRADE_MAX if graded else 0,
            completion=AUTOMATIC if graded else BY_HAND,
            completionusegrade=1 if graded else 0,
        ),
    )
    grade_items.add_activity(
        call, course_id, asset.module, made.instance, asset.fullname, grademax=GRADE_MAX
    )
    return made.id


def _change_activity(call: Call, cmid: int, asset: Asset) -> None:
    values = {
        "name": asset.fullname,
        "intro": asset.summary,
        "introformat": asset.summaryformat,
        "externalurl": asset.launch,
    }
    activity_changes.change(call, cmid, values)


def _remember(
    call: Call, asset: Asset, course_id: int, cmid: int, entry: entries.Entry | None
) -> None:
    row: dict[str, int | str] = {
        "course_id": course_id,
        "course_module_id": cmid,
        "percipioid": asset.shortname,
        "percipiotype": asset.percipiotype,
        "displaylabel": asset.displaylabel,
        "link": asset.link,
        "launch": asset.launch,
        "metadata": asset.metadata,
        "imageurl": asset.imageurl,
        "imageuploaded": 0,
        "timecreated": call.now if entry is None else entry.timecreated,
        "timemodified": call.now,
    }
    entries.save(call.session, row)
