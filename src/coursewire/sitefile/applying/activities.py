"""Activities, and what is graded by hand."""

from coursewire.domain import (
    activities,
    activity_changes,
    activity_files,
    grade_item_changes,
    grade_items,
    grades,
)
from coursewire.domain.activities import NewActivity
from coursewire.sitefile.applying.work import Applier, Differences, Work, pairs, values
from coursewire.sitefile.model.courses import Activity, GradeItem

# What a file and the store call differently.
_COLUMNS = {
    "show_description": "showdescription",
    "url": "externalurl",
    "due": "duedate",
    "completion_view": "completionview",
    "completion_use_grade": "completionusegrade",
}


def create(work: Work, activity: Activity) -> None:
    """Put an activity into its section; a graded one gets its grade item."""
    course_id = work.id("course", activity.course)
    new = NewActivity(
        course_id=course_id,
        module=activity.type,
        name=activity.name,
        section=activity.section,
        idnumber=activity.idnumber,
        intro=activity.intro,
        content=activity.content,
        externalurl=activity.url,
        duedate=activity.due,
        grade=activity.grade,
        visible=int(activity.visible),
        groupmode=activity.groupmode,
        groupingid=_grouping(work, activity.course, activity.grouping),
        completion=activity.completion,
        completionview=int(activity.completion_view),
        completionusegrade=int(activity.completion_use_grade),
        showdescription=int(activity.show_description),
    )
    made = activities.create(work.call, new)
    work.ids.put("cm", activity.natural_key, made.id)
    for name, text in activity.files.items():
        activity_files.put(work.call, made.id, name, text.encode())
    if activity.grade:
        item_id = grade_items.add_activity(
            work.call,
            course_id,
            activity.type,
            made.instance,
            activity.name,
            grademax=activity.grade,
            idnumber=activity.idnumber,
        )
        _grade(work, item_id, activity.grades)


def change(work: Work, wanted: Activity, present: Activity, differences: Differences) -> None:
    """Change an activity."""
    del present
    changed = values(differences)
    if "grouping" in changed:
        changed["groupingid"] = _grouping(work, wanted.course, changed.pop("grouping"))
    columns = {_COLUMNS.get(name, name): value for name, value in changed.items()}
    cmid = work.ids.get("cm", wanted.course, wanted.name)
    if columns:
        activity_changes.change(work.call, cmid, columns)
    for name, text in pairs(differences, "files", "add").items():
        activity_files.put(work.call, cmid, name, text.encode())
    for name in pairs(differences, "files", "take"):
        activity_files.take(work.call, cmid, name)
    given, taken = pairs(differences, "grades", "add"), pairs(differences, "grades", "take")
    if given or taken:
        item_id = activity_changes.grade_item(work.call, cmid)
        _grade(work, item_id, given)
        _grade(work, item_id, dict.fromkeys(taken))


def remove(work: Work, activity: Activity) -> None:
    """Delete an activity with its grades."""
    activity_changes.remove(work.call, work.ids.get("cm", activity.course, activity.name))
    work.ids.drop("cm", activity.natural_key)


def create_item(work: Work, graded: GradeItem) -> None:
    """Make something that is graded by hand, with its grades."""
    item_id = grade_items.add_manual(
        work.call,
        work.id("course", graded.course),
        graded.name,
        grademax=graded.max,
        hidden=graded.hidden,
    )
    work.ids.put("grade_item", graded.natural_key, item_id)
    _grade(work, item_id, graded.grades)


def change_item(
    work: Work, wanted: GradeItem, present: GradeItem, differences: Differences
) -> None:
    """Change what is graded by hand, and give or take grades."""
    del present
    item_id = work.ids.get("grade_item", wanted.course, wanted.name)
    changed = values(differences)
    if changed:
        columns = {"max": "grademax"}
        named = {columns.get(name, name): value for name, value in changed.items()}
        grade_item_changes.change(work.call, item_id, **named)
    _grade(work, item_id, pairs(differences, "grades", "add"))
    _grade(work, item_id, dict.fromkeys(pairs(differences, "grades", "take")))


def remove_item(work: Work, graded: GradeItem) -> None:
    """Remove what is graded by hand, with its grades."""
    grades.remove_item(work.call, work.ids.get("grade_item", graded.course, graded.name))
    work.ids.drop("grade_item", graded.natural_key)


def _grouping(work: Work, course: str, name: str) -> int:
    return work.ids.get("grouping", course, name) if name else 0


def _grade(work: Work, item_id: int, given: dict[str, float] | dict[str, None]) -> None:
    if given:
        users = {work.id("user", name): value for name, value in given.items()}
        grades.set_grades(work.call, item_id, users)


ACTIVITIES = Applier(create, change, remove)
GRADE_ITEMS = Applier(create_item, change_item, remove_item)
