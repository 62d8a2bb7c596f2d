"""What the page of a course shows to the caller: its sections, and the activities in them."""

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from coursewire.domain import (
    activity_access,
    activity_completion,
    completion_tracking,
    contexts,
    course_formats,
)
from coursewire.domain.activity_completion import Progress
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.store import activities, activity_details, courses, files, sections
from coursewire.store.activities import ActivityRecord
from coursewire.store.activity_details import ActivityDetails
from coursewire.store.courses import CourseRecord
from coursewire.store.files import FileRecord
from coursewire.store.sections import SectionRecord

HIDDEN_SECTIONS = "moodle/course:viewhiddensections"
MANAGE = "moodle/course:manageactivities"


class ShownSection(Struct, frozen=True):
    """A section of the page; one that is closed to the caller shows nothing but its name."""

    section: SectionRecord
    is_open: bool


class ShownActivity(Struct, frozen=True, kw_only=True):
    """An activity of the page, with what stands about it in other tables."""

    record: ActivityRecord
    details: ActivityDetails
    place: Context
    progress: Progress | None
    files: list[FileRecord]


class Page:
    """The page of one course for the caller, who may enter it; read in one go."""

    def __init__(self, call: Call, course: CourseRecord, place: Context) -> None:
        self._call = call
        self._course = course
        self._place = place

    def sections(self) -> list[ShownSection]:
        """Return the sections; hidden ones where the format announces them, or the caller may."""
        may_see = self._call.permissions.may(HIDDEN_SECTIONS, self._place)
        return [
            ShownSection(section, bool(section.visible) or may_see)
            for section in sections.of_course(self._call.session, self._course.id)
            if section.visible or may_see or self._announces_hidden
        ]

    def activities(self, *, stealthy: bool) -> list[ShownActivity]:
        """Return the activities that the caller may enter, in the order of the page.

        One that is open but not on the page is there for those who manage it, and where `stealthy`
        ones are asked for.
        """
        shown = [
            record
            for record in self._all
            if record.id in self._places and self._is_shown(record, stealthy=stealthy)
        ]
        ids = [record.id for record in shown]
        details = activity_details.of_ids(self._call.session, ids)
        stored = files.of_contexts(self._call.session, [self._places[cmid].id for cmid in ids])
        progress = self._progress(shown)
        return [
            ShownActivity(
                record=record,
                details=details[record.id],
                place=self._places[record.id],
                progress=progress.get(record.id),
                files=stored.get(self._places[record.id].id, []),
            )
            for record in shown
        ]

    @cached_property
    def is_tracked(self) -> bool:
        """Tell whether the caller's progress in the course is of interest."""
        return completion_tracking.is_tracked(self._call, self._place, self._call.caller.id)

    @cached_property
    def _announces_hidden(self) -> bool:
        course = self._course
        stored = courses.format_options(self._call.session, [course.id])
        options = course_formats.options(course.format, stored.get((course.id, course.format), {}))
        return options.get("hiddensections") == 0

    @cached_property
    def _all(self) -> list[ActivityRecord]:
        return activities.of_course(self._call.session, self._course.id)

    @cached_property
    def _places(self) -> Mapping[int, Context]:
        ids = [record.id for record in self._all]
        return contexts.of_instances(self._call.session, contexts.MODULE, ids)

    def _is_shown(self, record: ActivityRecord, *, stealthy: bool) -> bool:
        place = self._places[record.id]
        if activity_access.hindrance(self._call, record, place) is not None:
            return False
        if record.visibleoncoursepage or stealthy:
            return True
        return self._call.permissions.may(MANAGE, place)

    def _progress(self, shown: list[ActivityRecord]) -> dict[int, Progress]:
        if not completion_tracking.is_enabled(self._call, self._course):
            return {}
        found = activity_completion.progress(self._call, self._call.caller.id, shown)
        return {each.activity.id: each for each in found}
