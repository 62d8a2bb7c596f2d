"""Bodies of core_enrol for the courses of somebody."""

from coursewire.contracts import core_enrol as c
from coursewire.contracts.fields import UNSET
from coursewire.domain import courses_of_person, installed
from coursewire.domain.call import Call
from coursewire.domain.course_images import Pictures
from coursewire.domain.course_texts import Shown, Texts
from coursewire.domain.courses_of_person import PersonCourse
from coursewire.functions.binding import Bound


def get_users_courses(call: Call, params: c.GetUsersCourses) -> list[c.EnrolledCourse]:
    """List the courses in which a user takes part and in which the caller may see the user.

    No context is validated and no right is needed: what the caller may not see is left out.
    """
    found = courses_of_person.find(call, params.userid, with_people=params.returnusercount)
    shown = Shown(call, [each.course for each in found])
    pictures = Pictures(call, [each.place.id for each in found])
    return [_as_course(each, shown.texts(each.course, each.place), pictures) for each in found]


def _as_course(found: PersonCourse, texts: Texts, pictures: Pictures) -> c.EnrolledCourse:
    course, completion = found.course, found.completion
    shortname, fullname, displayname, summary, summaryformat = texts
    picture, files = pictures.shown_with(found.place.id)
    # Without completion nothing is said of its conditions, whatever is stored.
    conditions = course.showcompletionconditions if course.enablecompletion else None
    return c.EnrolledCourse(
        id=course.id,
        shortname=shortname,
        fullname=fullname,
        displayname=displayname,
        summary=summary,
        summaryformat=summaryformat,
        idnumber=course.idnumber or "",
        visible=course.visible,
        enrolledusercount=UNSET if found.people is None else found.people,
        format=course.format,
        courseimage=picture,
        showgrades=bool(course.showgrades),
        lang=course.lang if course.lang in installed.LANGS else "",
        enablecompletion=bool(course.enablecompletion),
        completionhascriteria=completion.has_criteria,
        completionusertracked=completion.is_tracked,
        category=course.category,
        progress=completion.progress,
        completed=completion.is_completed,
        startdate=course.startdate,
        enddate=course.enddate,
        marker=course.marker,
        lastaccess=found.last_access,
        # Nobody can star a course here yet.
        isfavourite=False,
        hidden=found.is_put_away,
        overviewfiles=files,
        showactivitydates=bool(course.showactivitydates),
        showcompletionconditions=None if conditions is None else bool(conditions),
        timemodified=course.timemodified,
    )


FUNCTIONS = (Bound(c.get_users_courses, get_users_courses, long=True),)
