"""Courses with what stands about them in other tables, read for all of them at once."""

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property

from coursewire.domain import contexts, course_formats, custom_fields, shown_categories, user_names
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.course_images import Pictures
from coursewire.domain.course_rights import UPDATE
from coursewire.domain.course_texts import Shown
from coursewire.domain.courses import KIND
from coursewire.domain.custom_fields import FieldValue
from coursewire.store import categories, course_contacts, courses, enrolments
from coursewire.store.course_contacts import ContactRecord
from coursewire.store.courses import CourseRecord
from coursewire.text.short import format_string


class Listing:
    """What is told of courses besides their own columns."""

    def __init__(
        self, call: Call, listed: Collection[CourseRecord], places: Mapping[int, Context]
    ) -> None:
        self._call = call
        self._courses = listed
        self._ids = [course.id for course in listed]
        self._places = places
        self.texts = Shown(call, listed).texts

    def category_name(self, course: CourseRecord) -> str:
        """Return the name of the course's category; empty where the caller may not know it."""
        return self._category_names.get(course.category, "")

    def contacts(self, course: CourseRecord) -> list[tuple[int, str]]:
        """Return who answers for the course: id and name."""
        site = self._call.site
        found = self._contacts.get(course.id)
        if found is None:
            return []
        return [(person.id, user_names.fullname(person, site)) for person in found]

    def ways_in(self, course: CourseRecord) -> list[str]:
        """Return the kinds of the ways into the course that are open."""
        offered = self._call.site.enrol_plugins
        return [kind for kind in self._ways.get(course.id, []) if kind in offered]

    def options(self, course: CourseRecord) -> dict[str, int | str]:
        """Return the options of the course's format."""
        stored = self._options.get((course.id, course.format), {})
        return course_formats.options(course.format, stored)

    def fields(self, course: CourseRecord) -> Sequence[FieldValue]:
        """Return the custom fields that have a value and that the caller sees."""
        if not self._has_fields:
            return ()
        is_editor = self._call.permissions.may(UPDATE, self._places[course.id])
        return self._fields[is_editor].get(course.id, ())

    @cached_property
    def pictures(self) -> Pictures:
        """The pictures of the courses, by their contexts."""
        return Pictures(self._call, [self._places[course_id].id for course_id in self._ids])

    @cached_property
    def _category_names(self) -> Mapping[int, str]:
        call = self._call
        found = categories.of_ids(call.session, {course.category for course in self._courses})
        places = contexts.of_instances(call.session, contexts.CATEGORY, found)
        return {
            key: format_string(category.name, call.text)
            for key, category in found.items()
            if key in places and shown_categories.is_shown(call, category, places[key])
        }

    @cached_property
    def _contacts(self) -> Mapping[int, list[ContactRecord]]:
        call = self._call
        roles = call.site.course_contact_roles
        return course_contacts.of_courses(call.session, self._ids, roles, call.now)

    @cached_property
    def _ways(self) -> Mapping[int, list[str]]:
        return enrolments.open_ways(self._call.session, self._ids)

    @cached_property
    def _options(self) -> Mapping[tuple[int, str], dict[str, str]]:
        return courses.format_options(self._call.session, self._ids)

    @cached_property
    def _has_fields(self) -> bool:
        return any(self._fields.values())

    @cached_property
    def _fields(self) -> Mapping[bool, Mapping[int, list[FieldValue]]]:
        session = self._call.session
        return {
            editor: custom_fields.values(session, KIND, self._ids, editor=editor)
            for editor in (False, True)
        }
