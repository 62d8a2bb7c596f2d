"""Every form of the console's pages of courses and categories, in a fitting order (AUD-1)."""

from tests.rules.changes import Change, form

_CATEGORIES = "/console/courses/categories"
_COURSE = "/console/courses/{id:int}"
_GROUP = f"{_COURSE}/groups/{{group:int}}"
_GROUPING = f"{_COURSE}/groupings/{{grouping:int}}"
_HERE = "@course/@group"
_THERE = "@course/@grouping"
COURSE_FORMS: tuple[Change, ...] = (
    form(
        "/console/courses/new",
        *("course.create", "enrolment.add_instance"),
        category="1",
        fullname="N",
        shortname="new",
    ),
    form(
        f"{_COURSE}/edit",
        "course.update",
        at="@course",
        fullname="Changed",
        shortname="c1",
        category="1",
        format="topics",
        groupmode="0",
        visible="1",
    ),
    form(_CATEGORIES, "category.create", name="Arts", parent="0"),
    form(f"{_CATEGORIES}/{{id:int}}", "category.update", at="@category", name="There", visible="1"),
    form(
        f"{_CATEGORIES}/{{id:int}}/delete",
        "category.delete",
        at="@category",
        confirm="There",
        contents="delete",
    ),
    form(f"{_COURSE}/enrol", "enrolment.enrol", at="@course", people="person4", role="5"),
    form(f"{_COURSE}/suspend", "enrolment.enrol", at="@course", user="@people.4", on="1"),
    form(f"{_COURSE}/unenrol", "enrolment.unenrol", at="@course", user="@people.4"),
    form(f"{_COURSE}/groups", "group.create", at="@course", name="Blues"),
    form(f"{_GROUP}/edit", "group.update", at=_HERE, name="Reds", visibility="0"),
    form(f"{_GROUP}/add", "group.add_members", at=_HERE, people="person1"),
    form(f"{_GROUP}/remove", "group.remove_members", at=_HERE, user="@people.1"),
    form(f"{_COURSE}/groupings", "grouping.create", at="@course", name="Teams"),
    form(f"{_GROUPING}/edit", "grouping.update", at=_THERE, name="Sides"),
    form(f"{_GROUPING}/assign", "grouping.assign", at=_THERE, group="@group"),
    form(f"{_GROUPING}/unassign", "grouping.unassign", at=_THERE, group="@group"),
    form(
        f"{_COURSE}/activities",
        "activity.update",
        at="@course",
        activity="@activity",
        groupmode="1",
        grouping="@grouping",
    ),
    form("/console/courses/csv", "list.export"),
    form(f"{_CATEGORIES}/csv", "list.export"),
    form(f"{_COURSE}/csv", "list.export", at="@course"),
    form(f"{_COURSE}/groups/csv", "list.export", at="@course"),
    form(f"{_GROUP}/csv", "list.export", at=_HERE),
    form(f"{_COURSE}/groupings/csv", "list.export", at="@course"),
    form(f"{_COURSE}/activities/csv", "list.export", at="@course"),
    form(f"{_COURSE}/grades/csv", "list.export", at="@course"),
    form(f"{_GROUPING}/delete", "grouping.delete", at=_THERE),
    form(f"{_GROUP}/delete", "group.delete", at=_HERE),
    form(f"{_COURSE}/delete", "course.delete", at="@other", confirm="c2"),
)
