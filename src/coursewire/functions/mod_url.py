"""Body of mod_url: the links of courses."""

from coursewire.contracts import mod_url as c
from coursewire.contracts.activity_parts import InCourses
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import Listed
from coursewire.functions.binding import Bound


def get_urls_by_courses(call: Call, params: InCourses) -> c.Links:
    """List the links of the courses that the caller may enter."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "url")
    return c.Links(urls=[_link(call, each) for each in found], warnings=entered.warnings)


def _link(call: Call, listed: Listed) -> c.Link:
    return c.Link(
        **listed_activities.described(call, listed),
        externalurl=listed.details.externalurl.strip(),
        display=0,
        displayoptions="",
        parameters="",
        timemodified=listed.details.timemodified,
    )


FUNCTIONS = (Bound(c.get_urls_by_courses, get_urls_by_courses, long=True),)
