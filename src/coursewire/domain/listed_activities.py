"""The activities of one kind in several courses, as far as the caller may enter them."""

from collections.abc import Collection, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from msgspec import Struct

from coursewire.contracts.activity_parts import PlainFile
from coursewire.contracts.parts import CallWarning, ExternalFile
from coursewire.domain import (
    activity_access,
    contexts,
    course_warnings,
    enrolled_courses,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.course_page import MANAGE
from coursewire.store import activities, activity_details, courses, files
from coursewire.store.activities import ActivityRecord
from coursewire.store.activity_details import ActivityDetails
from coursewire.store.courses import CourseRecord
from coursewire.store.files import FileRecord
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string

INTRO, CONTENT = "intro", "content"
F = TypeVar("F", ExternalFile, PlainFile)


class Entered(Struct, frozen=True):
    """The courses that the caller may enter, in the order asked for, and those left out."""

    courses: dict[int, CourseRecord]
    left_out: list[int]

    @property
    def warnings(self) -> list[CallWarning]:
        """Tell of each course that was left out."""
        return [course_warnings.not_entered(course_id) for course_id in self.left_out]


class Listed(Struct, frozen=True, kw_only=True):
    """An activity that the caller may enter; `is_managed`: the caller may change it."""

    record: ActivityRecord
    details: ActivityDetails
    place: Context
    files: list[FileRecord]
    is_managed: bool

    @property
    def component(self) -> str:
        """Return the name under which files and capabilities of the kind go."""
        return f"mod_{self.record.module}"


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
    may = call.permissions.may
    shown = [
        record
        for record in found
        if record.id in places
        and activity_access.hindrance(call, record, places[record.id]) is None
        and all(may(capability, places[record.id]) for capability in capabilities)
    ]
    details = activity_details.of_ids(session, [record.id for record in shown])
    stored = files.of_contexts(session, [places[record.id].id for record in shown])
    return [
        Listed(
            record=record,
            details=details[record.id],
            place=places[record.id],
            files=stored.get(places[record.id].id, []),
            is_managed=may(MANAGE, places[record.id]),
        )
        for record in shown
    ]


def named(call: Call, listed: Listed) -> dict[str, Any]:
    """Return number, course, name and introduction by the names that answers have for them."""
    record, details = listed.record, listed.details
    area = FileArea(call.site.url, listed.place.id, listed.component, INTRO)
    intro, introformat = format_text(details.intro, details.introformat, call.text, area)
    return {
        "id": record.instance,
        "course": record.course_id,
        "name": format_string(record.name, call.text),
        "intro": intro,
        "introformat": introformat,
    }


def placed(listed: Listed) -> dict[str, Any]:
    """Return where an activity stands, which those who manage it are told."""
    record = listed.record
    if not listed.is_managed:
        return {}
    return {
        "section": record.section_number,
        "visible": bool(record.visible),
        "groupmode": record.groupmode,
        "groupingid": record.groupingid,
        "lang": "",
    }


def described(call: Call, listed: Listed) -> dict[str, Any]:
    """Return all that kinds have in common which declare the same fields first."""
    return {
        **named(call, listed),
        "coursemodule": listed.record.id,
        "introfiles": files_of(call, listed, INTRO, ExternalFile),
        **placed(listed),
    }


def files_of(call: Call, listed: Listed, area: str, kind: type[F]) -> list[F]:
    """Return the files of an area of an activity, with where to fetch them."""
    base = f"{call.site.url}/webservice/pluginfile.php/{listed.place.id}/{listed.component}/{area}"
    return [
        kind(
            filename=file.filename,
            filepath=file.filepath,
            filesize=file.filesize,
            fileurl=f"{base}{_item(file)}{quote(file.filepath + file.filename)}",
            timemodified=file.timemodified,
            mimetype=file.mimetype,
            isexternalfile=False,
        )
        for file in listed.files
        if (file.component, file.filearea) == (listed.component, area)
    ]


def _item(file: FileRecord) -> str:
    # Introductions have one area an activity, without a number.
    return "" if file.filearea == INTRO else f"/{file.itemid}"
