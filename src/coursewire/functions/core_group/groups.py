"""Bodies of core_group for groups: create, read, update, delete."""

from coursewire.contracts.core_group import groups as c
from coursewire.contracts.parts import CourseId
from coursewire.domain import groups
from coursewire.domain.call import Call
from coursewire.domain.group_changes import Changes
from coursewire.domain.group_visibility import GroupViewer
from coursewire.domain.groups import Creation
from coursewire.domain.managed_courses import ManagedCourses
from coursewire.domain.shown_groups import Shown
from coursewire.functions.binding import Bound
from coursewire.functions.core_group import managed, shown
from coursewire.store.groups import GroupRecord


def create_groups(call: Call, params: c.CreateGroups) -> list[c.CreatedGroup]:
    """Create groups: all of them or none."""
    with call.transaction():
        courses = ManagedCourses(call)
        creation = Creation(call, params.groups)
        for new in params.groups:
            creation.check_name(new)
            courses.soft(new.courseid)
            creation.add(new)
        created = creation.store()
    return [_as_created(*both) for both in zip(created, params.groups, strict=True)]


def get_groups(call: Call, params: c.GroupIds) -> list[c.Group]:
    """Read groups by id, in the order asked for."""
    fields = shown.custom_fields(call, groups.KIND, params.groupids)
    found = groups.of_ids(call, params.groupids)
    shown_as = Shown(call, groups.KIND, found.values())
    return [
        c.Group(
            id=group.id,
            courseid=group.course_id,
            name=name,
            description=text,
            descriptionformat=number,
            enrolmentkey=group.enrolmentkey,
            idnumber=group.idnumber,
            visibility=group.visibility,
            participation=bool(group.participation),
            customfields=fields.get(group.id, []),
        )
        for group, course in managed.in_turn(call, found, params.groupids)
        for name, text, number in (shown_as.texts(course, group),)
    ]


def get_course_groups(call: Call, params: CourseId) -> list[c.CourseGroup]:
    """List the groups of a course by name, as far as the caller may see them."""
    course = ManagedCourses(call).soft(params.courseid)
    visible = GroupViewer(call).groups(course, groups.of_course(call, params.courseid))
    shown_as = Shown(call, groups.KIND, visible)
    return [
        c.CourseGroup(
            id=group.id,
            courseid=group.course_id,
            name=name,
            description=text,
            descriptionformat=number,
            enrolmentkey=group.enrolmentkey,
            idnumber=group.idnumber,
            visibility=group.visibility,
            participation=bool(group.participation),
        )
        for group in visible
        for name, text, number in (shown_as.texts(course, group),)
    ]


def update_groups(call: Call, params: c.UpdateGroups) -> None:
    """Change groups: all of them or none."""
    with call.transaction():
        courses = ManagedCourses(call)
        changes = Changes(call, params.groups)
        for change in params.groups:
            group = changes.check(change)
            courses.hard(group.course_id)
            changes.add(change)
        changes.store()


def delete_groups(call: Call, params: c.GroupIds) -> None:
    """Delete groups with their memberships; unknown ids are passed over."""
    with call.transaction():
        courses = ManagedCourses(call)
        found = groups.of_ids(call, params.groupids)
        # In the order asked for: it decides which refusal is told.
        chosen = [found[key] for key in dict.fromkeys(params.groupids) if key in found]
        for group in chosen:
            courses.soft(group.course_id)
        groups.delete(call, chosen)


def _as_created(group: GroupRecord, sent: c.NewGroup) -> c.CreatedGroup:
    return c.CreatedGroup(
        id=group.id,
        courseid=group.course_id,
        name=group.name,
        description=group.description,
        descriptionformat=group.descriptionformat,
        enrolmentkey=group.enrolmentkey or "",
        idnumber=group.idnumber,
        visibility=group.visibility,
        participation=bool(group.participation),
        customfields=sent.customfields,
    )


FUNCTIONS = (
    Bound(c.create_groups, create_groups),
    Bound(c.get_groups, get_groups),
    Bound(c.get_course_groups, get_course_groups, long=True),
    Bound(c.update_groups, update_groups),
    Bound(c.delete_groups, delete_groups),
)
