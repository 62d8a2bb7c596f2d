"""The activities of one kind in several courses, as far as the caller may enter them."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct

from coursewire.contracts.parts import CallWarning, ExternalFile
from coursewire.domain import (
    activity_access,
    contexts,
    course_warnings,
    enrolled_courses,
    stored_files,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.course_page import MANAGE
from coursewire.domain.stored_files import F
from coursewire.store import activities, activity_details, courses, files
from coursewire.store.activities import ActivityRecord
from coursewire.store.activity_details import ActivityDetails
from coursewire.store.courses import CourseRecord
from coursewire.store.files import FileRecord
from coursewire.text import as_stored
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string

INTRO, CONTENT = "intro", "content"


class Entered(Struct, frozen=True):
    """The courses that the caller may enter, in the order asked for, and those left out."""

    courses: dict[int, CourseRecord]
    left_out: list[int]

    @property
    def warnings(self) -> list[CallWarning]:
        """Tell of each course that was left out."""
        return [course_warnings.not_entered(course_id) for course_id in self.left_out]


class Listed(Struct, frozen=True, kw_only=True):
    """An activity that the caller may enter."""

    record: ActivityRecord
    details: ActivityDetails
    place: Context
    files: list[FileRecord]
    # As answers show them.
    name: str
    intro: str
    introformat: int

    @property
    def component(self) -> str:
        """Return the name under which files and capabilities of the kind go."""
        return component(self.record)


def component(record: ActivityRecord) -> str:
    """Return the name under which files and capabilities of the kind of an activity go."""
    return f"mod_{record.module}"


def enter(call: Call, course_ids: Sequence[int]) -> Entered:
    """Enter the courses, each once; none given mean all that the caller takes part in."""
    session = call.session
    wanted = list(dict.fromkeys(course_ids))
    if not wanted:
        mine = enrolled_courses.of_user(session, call.caller.id, call.site, call.now)
        wanted = [course.id for course in mine]
    records = courses.of_ids(session, wanted)
    entered = validation.enterable(call, records)
    return Entered(
        {course_id: records[course_id] for course_id in wanted if course_id in entered},
        [course_id for course_id in wanted if course_id not in entered],
    )


def find(
    call: Call, course_ids: Collection[int], module: str, capabilities: Collection[str] = ()
) -> list[Listed]:
    """Return the activities of a kind that the caller may enter, course by course.

    The courses are entered before; `capabilities` are needed in each activity.
    """
    session = call.session
    by_course = activities.of_kind(session, course_ids, module)
    found = [record for course_id in course_ids for record in by_course.get(course_id, [])]
    places = contexts.of_instances(session, contexts.MODULE, [record.id for record in found])
    shown = [
        (record, place)
        for record in found
        if (place := places.get(record.id)) is not None
        and activity_access.hindrance(call, record, place) is None
        and (not capabilities or _may_all(call, capabilities, place))
    ]
    details = activity_details.of_ids(session, [record.id for record, _ in shown])
    stored = files.of_contexts(session, [place.id for _, place in shown])
    texts = _Texts(call, [record for record, _ in shown], details)
    return [
        Listed(
            record=record,
            details=details[record.id],
            place=place,
            files=stored.get(place.id, []),
            name=name,
            intro=intro,
            introformat=introformat,
        )
        for record, place in shown
        for name, intro, introformat in (texts.of(record, place),)
    ]


def _may_all(call: Call, capabilities: Collection[str], place: Context) -> bool:
    for capability in capabilities:  # noqa: SIM110 - a generator for each activity costs more
        if not call.permissions.may(capability, place):
            return False
    return True


class _Texts:
    """Names and introductions: one look tells whether all are shown as they are stored."""

    def __init__(
        self, call: Call, listed: Sequence[ActivityRecord], details: Mapping[int, ActivityDetails]
    ) -> None:
        self._call = call
        self._details = details
        names = [record.name for record in listed]
        told = [details[record.id] for record in listed]
        intros = [each.intro for each in told]
        formats = [each.introformat for each in told]
        self._are_as_stored = as_stored.are_shown(names, intros, formats, call.text)

    def of(self, record: ActivityRecord, place: Context) -> tuple[str, str, int]:
        """Return the name and the introduction of an activity, and the introduction's format."""
        details = self._details[record.id]
        if self._are_as_stored:
            return record.name, details.intro, details.introformat
        settings = self._call.text
        area = FileArea(self._call.site.url, place.id, component(record), INTRO)
        intro, introformat = format_text(details.intro, details.introformat, settings, area)
        return format_string(record.name, settings), intro, introformat


def described(call: Call, listed: Listed) -> dict[str, Any]:
    """Return all that kinds have in common which declare the same fields first.

    By the names that answers have for it. Where an activity stands is told to those who manage it.
    """
    record = listed.record
    shown: dict[str, Any] = {
        "id": record.instance,
        "course": record.course_id,
        "name": listed.name,
        "intro": listed.intro,
        "introformat": listed.introformat,
        "coursemodule": record.id,
        "introfiles": files_of(call, listed, INTRO, ExternalFile),
    }
    if call.permissions.may(MANAGE, listed.place):
        shown["section"] = record.section_number
        shown["visible"] = bool(record.visible)
        shown["groupmode"] = record.groupmode
        shown["groupingid"] = record.groupingid
        shown["lang"] = ""
    return shown


def files_of(call: Call, listed: Listed, area: str, kind: type[F]) -> list[F]:
    """Return the files of an area of an activity, with where to fetch them."""
    if not listed.files:
        return []
    base = f"{call.site.url}/webservice/pluginfile.php/{listed.place.id}/{listed.component}/{area}"
    return [
        stored_files.told(file, base + _item(file), kind)
        for file in listed.files
        if (file.component, file.filearea) == (listed.component, area)
    ]


def _item(file: FileRecord) -> str:
    # Introductions have one area an activity, without a number.
    return "" if file.filearea == INTRO else f"/{file.itemid}"
