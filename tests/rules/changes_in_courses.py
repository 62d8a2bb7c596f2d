"""Every form of the console's pages of courses and categories, in a fitting order (AUD-1)."""

from tests.rules.changes import Change, form

_COURSE = "/console/courses/{id:int}"
COURSE_FORMS: tuple[Change, ...] = (
    form(
        "/console/courses/new",
        *("course.create", "enrolment.add_instance"),
        category="1",
        fullname="N",
        shortname="new",
    ),
    form("/console/courses/categories", "category.create", name="Arts", parent="0"),
    form(f"{_COURSE}/enrol", "enrolment.enrol", at="@course", people="person4", role="5"),
    form(f"{_COURSE}/suspend", "enrolment.enrol", at="@course", user="@people.4", on="1"),
    form(f"{_COURSE}/unenrol", "enrolment.unenrol", at="@course", user="@people.4"),
    form(
        f"{_COURSE}/activities",
        "activity.update",
        at="@course",
        activity="@activity",
        groupmode="1",
        grouping="@grouping",
    ),
    form(f"{_COURSE}/delete", "course.delete", at="@other", confirm="c2"),
)
