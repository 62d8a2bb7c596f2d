"""Changes of activities from the command line and site files, and their deletion."""

from collections.abc import Mapping
from typing import Any

from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain import (
    activities,
    contexts,
    grade_item_changes,
    grade_items,
    grades,
    sections,
)
from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.store import activities as store
from coursewire.store import activity_deletion, courses
from coursewire.store.activities import ActivityRecord

_ACTIVITY = frozenset(
    {"name", "intro", "introformat", "content", "externalurl", "duedate", "grade"}
)
_MODULE = frozenset(
    {
        "idnumber",
        "visible",
        "groupmode",
        "groupingid",
        "completion",
        "completionview",
        "completionusegrade",
        "showdescription",
    }
)

# What a grade item has from its activity as well.
_NAMES = ("name", "idnumber")


def change(call: Call, cmid: int, values: Mapping[str, Any]) -> None:
    """Write columns of an activity, or move it into another section."""
    with call.transaction():
        activity = _locked(call, cmid)
        if "type" in values:
            reason = f"the activity {activity.name!r} is a {activity.module}, and stays one"
            raise InvalidParameter(reason, remedy="give the new activity another name")
        row: dict[str, Any] = {
            name: int(v) if isinstance(v, bool) else v for name, v in values.items()
        }
        limits.require_fit("idnumber", row.get("idnumber"), limits.IDNUMBER)
        limits.require_fit("name", row.get("name"), activities.NAME)
        limits.require_type("url", row.get("externalurl", ""), "url")
        module = {name: value for name, value in row.items() if name in _MODULE}
        if "visible" in module:
            module["visibleold"] = module["visible"]
        if "section" in row:
            section = sections.at(call, activity.course_id, row["section"])
            place = store.next_place(call.session, section.id)
            module |= {"section_id": section.id, "ordering": place}
        columns = {name: value for name, value in row.items() if name in _ACTIVITY}
        if columns:
            columns["timemodified"] = call.now
        store.change(call.session, cmid, columns, module)
        if "visible" in row:
            _set_hidden(call, activity, hidden=not row["visible"])
        if "grade" in row:
            _set_grade(call, activity, row["grade"])
        _set_names(call, activity, row)
        call.audit.record("activity.update", f"activity {cmid}", fields=sorted(values))


def grade_item(call: Call, cmid: int) -> int:
    """Return the grade item of an activity, or raise MissingRecord where it is not graded."""
    item = _item(call, _require(call, cmid))
    if item is None:
        raise MissingRecord("grade item of activity", cmid)
    return item


def remove(call: Call, cmid: int) -> None:
    """Delete an activity with its grades."""
    with call.transaction():
        activity = _locked(call, cmid)
        item = _item(call, activity)
        if item is not None:
            grades.remove_item(call, item)
        contexts.delete(call.session, contexts.get(call.session, contexts.MODULE, cmid))
        activity_deletion.remove(call.session, cmid, activity.instance)
        call.audit.record("activity.delete", f"activity {cmid}", name=activity.name)


def _locked(call: Call, cmid: int) -> ActivityRecord:
    """Return an activity whose course nobody else changes meanwhile."""
    courses.lock(call.session, [_require(call, cmid).course_id])
    return _require(call, cmid)


def _require(call: Call, cmid: int) -> ActivityRecord:
    found = activities.get(call.session, cmid)
    if found is None:
        raise MissingRecord("course module", cmid)
    return found


def _item(call: Call, activity: ActivityRecord) -> int | None:
    item = grade_items.of_activity(
        call.session, activity.course_id, activity.module, activity.instance
    )
    return None if item is None else item.id


def _set_hidden(call: Call, activity: ActivityRecord, *, hidden: bool) -> None:
    """Let grades be seen when their activity is."""
    item = _item(call, activity)
    if item is not None:
        grade_item_changes.change(call, item, hidden=hidden)


def _set_names(call: Call, activity: ActivityRecord, row: Mapping[str, Any]) -> None:
    """Let the grade item be called as its activity is."""
    item = grade_items.of_activity(
        call.session, activity.course_id, activity.module, activity.instance
    )
    wanted = {name: row[name] for name in _NAMES if name in row}
    if item is not None and any(getattr(item, name) != wanted[name] for name in wanted):
        grade_item_changes.rename(call, item.id, **wanted)


def _set_grade(call: Call, activity: ActivityRecord, grademax: int) -> None:
    """Let the grade item follow the highest grade of its activity."""
    item = _item(call, activity)
    if not grademax:
        if item is not None:
            grades.remove_item(call, item)
    elif item is not None:
        grade_item_changes.change(call, item, grademax=float(grademax))
    else:
        grade_items.add_activity(
            call,
            activity.course_id,
            activity.module,
            activity.instance,
            activity.name,
            grademax=grademax,
            idnumber=activity.idnumber,
        )
