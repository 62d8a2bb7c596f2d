"""Categories, and courses with what completes them."""

from coursewire.domain import (
    categories,
    category_changes,
    completion_criteria,
    course_changes,
    course_deletion,
    courses,
    enrolment_instances,
    enrolments,
)
from coursewire.domain.categories import NewCategory
from coursewire.domain.completion_criteria import Criteria
from coursewire.domain.courses import NewCourse
from coursewire.sitefile.applying.work import Applier, Differences, Work, pairs, values
from coursewire.sitefile.model.courses import Category, CompletionCriteria, Course

# What a file and the store call differently.
_COLUMNS = {"completion": "enablecompletion"}


def create_category(work: Work, category: Category) -> None:
    """Make a category behind its siblings."""
    new = NewCategory(
        name=category.name,
        parent=work.id_or_none("category", category.parent),
        idnumber=category.idnumber,
        description=category.description,
        visible=int(category.visible),
    )
    made = categories.create(work.call, new)
    work.ids.put("category", category.natural_key, made.id)


def change_category(
    work: Work, wanted: Category, present: Category, differences: Differences
) -> None:
    """Change a category; its courses stay in it."""
    category_id = work.id("category", present.label)
    changed = values(differences)
    if "parent" in changed:
        changed["parent"] = work.id_or_none("category", changed["parent"])
    category_changes.change(work.call, category_id, changed)
    work.ids.alias("category", wanted.natural_key, category_id)


def remove_category(work: Work, category: Category) -> None:
    """Remove an empty category."""
    category_changes.remove(work.call, work.id("category", category.label))
    work.ids.drop("category", category.natural_key)


def create(work: Work, course: Course) -> None:
    """Make a course with its sections and, unless the file says no, its manual enrolment."""
    new = NewCourse(
        category=work.id("category", course.category),
        fullname=course.fullname,
        shortname=course.shortname,
        idnumber=course.idnumber,
        summary=course.summary,
        summaryformat=course.summaryformat,
        format=course.format,
        formatoptions=course.format_options,
        numsections=course.numsections,
        showgrades=int(course.showgrades),
        newsitems=course.newsitems,
        startdate=course.startdate,
        enddate=course.enddate,
        maxbytes=course.maxbytes,
        visible=int(course.visible),
        groupmode=course.groupmode,
        groupmodeforce=int(course.groupmodeforce),
        enablecompletion=int(course.completion),
        completionnotify=int(bool(course.completionnotify)),
        showreports=int(bool(course.showreports)),
        showactivitydates=int(bool(course.showactivitydates)),
        showcompletionconditions=int(course.showcompletionconditions is not False),
        lang=course.lang,
    )
    made = courses.create(work.call, new)
    work.ids.put("course", course.natural_key, made.id)
    if course.manual_enrolment:
        add_manual_enrolment(work, course)


def change(work: Work, wanted: Course, present: Course, differences: Differences) -> None:
    """Change a course; what completes it is said once its activities are there."""
    course_id = work.id("course", present.shortname)
    changed = values(differences)
    changed.pop("completion_criteria", None)
    if changed.pop("manual_enrolment", None) is not None:
        if wanted.manual_enrolment:
            add_manual_enrolment(work, wanted)
        else:
            instance = work.ids.get("manual_enrolment", present.shortname)
            enrolment_instances.remove(work.call, instance)
            work.ids.drop("manual_enrolment", present.natural_key)
    if "category" in changed:
        changed["category"] = work.id("category", changed["category"])
    columns = {_COLUMNS.get(name, name): value for name, value in changed.items()}
    options = pairs(differences, "format_options", "add")
    if columns or options:
        course_changes.change(work.call, course_id, columns, options)


def finish(work: Work, course: Course) -> None:
    """Say what completes a course, now that its activities are there."""
    criteria = course.completion_criteria
    wanted = criteria or CompletionCriteria()
    completion_criteria.set_all(
        work.call,
        work.id("course", course.shortname),
        Criteria(
            is_any=wanted.aggregation == "any",
            by_oneself=wanted.by_oneself,
            activities=[work.ids.get("cm", course.shortname, name) for name in wanted.activities],
            grade=wanted.grade,
        ),
    )


def remove(work: Work, course: Course) -> None:
    """Delete a course with everything in it."""
    course_deletion.delete(work.call, work.id("course", course.shortname))
    work.ids.drop("course", course.natural_key)


def add_manual_enrolment(work: Work, course: Course) -> None:
    """Let people be enrolled in a course by hand, as students unless said otherwise."""
    student = work.ids.find("role", "student") or 0
    course_id = work.id("course", course.shortname)
    instance = enrolments.add_instance(work.call, course_id, enrolments.MANUAL, roleid=student)
    work.ids.put("manual_enrolment", course.natural_key, instance)


CATEGORIES = Applier(create_category, change_category, remove_category)
COURSES = Applier(create, change, remove)
