"""Body of core_course for making courses."""

from coursewire.contracts.core_course import courses as c
from coursewire.contracts.errors import MoodleError, Refusal
from coursewire.contracts.fields import UNSET, given
from coursewire.domain import categories, contexts, course_dates, course_furnishing, validation
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.courses import Creation, NewCourse, Sought, require_lang, require_names
from coursewire.domain.deletable_courses import CREATE
from coursewire.functions.binding import Bound
from coursewire.store.categories import CategoryRecord

VISIBILITY = "moodle/course:visibility"
FORCE_LANG = "moodle/course:setforcedlanguage"


def create_courses(call: Call, params: c.CreateCourses) -> list[c.CreatedCourse]:
    """Create courses: all of them or none."""
    with call.transaction():
        sought = [
            Sought(new.categoryid, new.shortname, given(new.idnumber, "")) for new in params.courses
        ]
        creation = Creation(call, sought)
        news = _New(call)
        for new in params.courses:
            creation.add(news.read(new))
        made = creation.store()
        course_furnishing.furnish(call, made)
    return [c.CreatedCourse(id=course.id, shortname=course.shortname) for course in made]


class _New:
    """The new courses of one call, read one after the other; their categories are read once."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._categories: dict[int, tuple[CategoryRecord, Context]] = {}

    def read(self, new: c.NewCourse) -> NewCourse:
        """Return a course as it is to be made, if the caller may make it there."""
        call = self._call
        category, place = self._category(new.categoryid)
        call.permissions.require(CREATE, place)
        require_names(new.fullname, new.shortname)
        if new.lang is not UNSET:
            require_lang(new.lang)
        start = course_dates.today(call) if new.startdate is UNSET else new.startdate
        end = start + course_dates.YEAR if new.enddate is UNSET else new.enddate
        options = {each.name: each.value for each in given(new.courseformatoptions, [])}
        if new.hiddensections is not UNSET:
            options.setdefault("hiddensections", str(new.hiddensections))
        may = call.permissions.may
        return NewCourse(
            category=new.categoryid,
            fullname=new.fullname,
            shortname=new.shortname,
            idnumber=given(new.idnumber, ""),
            summary=given(new.summary, ""),
            summaryformat=new.summaryformat,
            format=new.format,
            formatoptions=options,
            numsections=given(new.numsections, 0),
            showgrades=new.showgrades,
            newsitems=new.newsitems,
            startdate=start,
            enddate=end,
            maxbytes=new.maxbytes,
            showreports=new.showreports,
            visible=new.visible if may(VISIBILITY, place) else category.visible,
            groupmode=new.groupmode,
            groupmodeforce=new.groupmodeforce,
            defaultgroupingid=new.defaultgroupingid,
            enablecompletion=given(new.enablecompletion, 1),
            completionnotify=given(new.completionnotify, 0),
            lang=given(new.lang, "") if may(FORCE_LANG, place) else "",
            customfields=new.customfields,
        )

    def _category(self, category_id: int) -> tuple[CategoryRecord, Context]:
        found = self._categories.get(category_id)
        if found is None:
            found = self._categories[category_id] = _enter_category(self._call, category_id)
        return found


def _enter_category(call: Call, category_id: int) -> tuple[CategoryRecord, Context]:
    """Return the category of a new course; whatever stands in the way is told as one error."""
    try:
        place = validation.validate_context(call, contexts.category(call.session, category_id))
    except Refusal as refusal:
        raise MoodleError(
            "errorcatcontextnotvalid",
            f"Nothing can be done in the context of this category (category id {category_id})."
            f" The reason: {refusal.message}",
            reason=f"category {category_id}: {refusal.reason}",
            remedy=refusal.remedy,
        ) from refusal
    return categories.require(call.session, category_id), place


FUNCTIONS = (Bound(c.create_courses, create_courses, long=True),)
