"""Bodies of core_group for groupings: create, read, update, delete."""

from coursewire.contracts.core_group import groupings as c
from coursewire.contracts.errors import InvalidResponse
from coursewire.contracts.fields import UNSET
from coursewire.contracts.parts import CourseId, CustomField
from coursewire.domain import grouping_groups, groupings, groups
from coursewire.domain.call import Call
from coursewire.domain.grouping_changes import Changes
from coursewire.domain.groupings import Creation
from coursewire.domain.managed_courses import ManagedCourses
from coursewire.domain.shown_groups import Shown
from coursewire.functions.binding import Bound
from coursewire.functions.core_group import managed, shown
from coursewire.store.groups import GroupRecord


def create_groupings(call: Call, params: c.CreateGroupings) -> list[c.CreatedGrouping]:
    """Create groupings: all of them or none."""
    with call.transaction():
        courses = ManagedCourses(call)
        creation = Creation(call, params.groupings)
        for new in params.groupings:
            creation.check_name(new)
            courses.hard(new.courseid)
            creation.add(new)
        created = creation.store()
    if any(new.idnumber is UNSET for new in params.groupings):
        # The contract promises an idnumber that Moodle only echoes; what was made stays
        # (case `groupings`, "idnumber absent").
        reason = "the groupings were created, but the answer lacks an idnumber that was not sent"
        raise InvalidResponse(reason)
    return [
        c.CreatedGrouping(
            id=grouping.id,
            courseid=grouping.course_id,
            name=grouping.name,
            description=grouping.description,
            descriptionformat=grouping.descriptionformat,
            idnumber=grouping.idnumber,
            customfields=new.customfields,
        )
        for grouping, new in zip(created, params.groupings, strict=True)
    ]


def get_groupings(call: Call, params: c.GetGroupings) -> list[c.Grouping]:
    """Read groupings by id, on request with their groups."""
    found = groupings.of_ids(call, params.groupingids)
    fields = shown.custom_fields(call, groupings.KIND, params.groupingids)
    gathered = grouping_groups.groups_of(call, params.groupingids) if params.returngroups else {}
    inside = [group for some in gathered.values() for group in some]
    group_fields = shown.custom_fields(call, groups.KIND, [group.id for group in inside])
    groups_as = Shown(call, groups.KIND, inside)
    groupings_as = Shown(call, groupings.KIND, found.values())
    answer: list[c.Grouping] = []
    for grouping, course in managed.groupings_in_turn(call, found, params.groupingids):
        there = [
            _group(groups_as.texts(course, group), group, group_fields.get(group.id, []))
            for group in gathered.get(grouping.id, [])
        ]
        # Moodle shows the name of a grouping as it is stored.
        _, text, number = groupings_as.texts(course, grouping)
        answer.append(
            c.Grouping(
                id=grouping.id,
                courseid=grouping.course_id,
                name=grouping.name,
                description=text,
                descriptionformat=number,
                idnumber=grouping.idnumber,
                customfields=fields.get(grouping.id, []),
                groups=there or UNSET,
            )
        )
    return answer


def get_course_groupings(call: Call, params: CourseId) -> list[c.CourseGrouping]:
    """List the groupings of a course by name."""
    course = ManagedCourses(call).hard(params.courseid)
    found = groupings.of_course(call, params.courseid)
    shown_as = Shown(call, groupings.KIND, found)
    return [
        c.CourseGrouping(
            id=grouping.id,
            courseid=grouping.course_id,
            name=grouping.name,
            description=text,
            descriptionformat=number,
            idnumber=grouping.idnumber,
        )
        for grouping in found
        for _, text, number in (shown_as.texts(course, grouping),)
    ]


def update_groupings(call: Call, params: c.UpdateGroupings) -> None:
    """Change groupings: all of them or none."""
    with call.transaction():
        courses = ManagedCourses(call)
        changes = Changes(call, params.groupings)
        for change in params.groupings:
            grouping = changes.check(change)
            courses.hard(grouping.course_id)
            changes.add(change)
        changes.store()


def delete_groupings(call: Call, params: c.DeleteGroupings) -> None:
    """Delete groupings; their groups stay, unknown ids are passed over."""
    with call.transaction():
        courses = ManagedCourses(call)
        found = groupings.of_ids(call, params.groupingids)
        # In the order asked for: it decides which refusal is told.
        chosen = [found[key] for key in dict.fromkeys(params.groupingids) if key in found]
        for grouping in chosen:
            courses.hard(grouping.course_id)
        groupings.delete(call, chosen)


def _group(
    texts: tuple[str, str, int], group: GroupRecord, fields: list[CustomField]
) -> c.GroupOfGrouping:
    # … as that of a group in a grouping.
    _, text, number = texts
    return c.GroupOfGrouping(
        id=group.id,
        courseid=group.course_id,
        name=group.name,
        description=text,
        descriptionformat=number,
        enrolmentkey=group.enrolmentkey,
        idnumber=group.idnumber,
        customfields=fields,
    )


FUNCTIONS = (
    Bound(c.create_groupings, create_groupings),
    Bound(c.get_groupings, get_groupings),
    Bound(c.get_course_groupings, get_course_groupings),
    Bound(c.update_groupings, update_groupings),
    Bound(c.delete_groupings, delete_groupings),
)
