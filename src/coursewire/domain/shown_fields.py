"""Which fields of a person the caller sees, and how they are written (functions.md 4.7)."""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import Any, TypedDict, cast

from coursewire.contracts.core_user.profiles import ProfileField
from coursewire.contracts.parts import NameValue, UserCourse, UserCourseGroup, UserRole
from coursewire.domain import course_people, installed, user_pictures
from coursewire.domain.call import Call
from coursewire.domain.course_people import CoursePeople
from coursewire.domain.user_facts import WITH_SHARED_COURSES, Facts
from coursewire.domain.user_fields import NOTHING
from coursewire.domain.user_names import naming, shows
from coursewire.domain.user_places import VIEW_ALL, Place
from coursewire.store.profile_fields import ProfileValue
from coursewire.store.users import UserRecord
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string

# Values of `maildisplay`, and of a custom field's `visible`.
ADDRESS_FOR_ALL = 1
FIELD_FOR_NOBODY, FIELD_FOR_ALL = 0, 2

ACCOUNT = ("username", "auth", "mailformat", "trackforums")
IDENTITY = ("idnumber", "institution")
PHONES = ("phone1", "phone2")
PLACE_OF_LIFE = ("country", "city", "timezone")
TIMES = ("firstaccess", "lastaccess")


class UserDetails(TypedDict, total=False):
    """What the caller may see of a user; what is absent may not be seen."""

    id: int
    fullname: str
    profileimageurl: str
    profileimageurlsmall: str
    firstname: str
    lastname: str
    username: str
    auth: str
    confirmed: bool
    lang: str
    theme: str
    mailformat: int
    trackforums: int
    email: str
    idnumber: str
    institution: str
    department: str
    phone1: str
    phone2: str
    address: str
    description: str
    descriptionformat: int
    country: str
    city: str
    timezone: str
    suspended: bool
    firstaccess: int
    lastaccess: int
    interests: str
    customfields: list[ProfileField]
    preferences: list[NameValue]
    # Only where people are looked at in a course.
    groups: list[UserCourseGroup]
    roles: list[UserRole]
    enrolledcourses: list[UserCourse]
    lastcourseaccess: int


class Sight:
    """What the caller sees of people in one place: which fields that are is decided once.

    Of themselves a caller sees more than of others.
    """

    def __init__(self, call: Call, place: Place, facts: Facts, *, oneself: bool) -> None:
        self._call = call
        self._site = call.site
        self._place = place
        self._facts = facts
        self._is_admin = call.caller.is_admin
        self._oneself = oneself
        self._full = oneself or place.full
        self._shows_department = self._full or "department" in place.identity
        self._shows_suspended = self._sees("suspended")
        self._stored = [*self._told_as_stored()]
        self._stored_values = _reader(self._stored)
        # Most sites leave most of these fields empty.
        self._filled = [*filter(facts.anyone_has, self._told_where_filled())]
        self._filled_values = _reader(self._filled)
        self._without_picture = self._picture(0, 0)
        self._fullname = naming(self._site)
        self._has_more = oneself or bool(facts.interests or facts.profile_values)
        self._shows_all_descriptions = self._is_admin or (
            "description" not in place.hidden
            and (oneself or not self._site.profilesforenrolledusersonly)
        )

    def of(self, person: UserRecord, course: CoursePeople | None = None) -> UserDetails:
        """Return what is seen of a person; with a course, also what the person is in it."""
        fields: dict[str, Any] = dict(zip(self._stored, self._stored_values(person), strict=True))
        given = zip(self._filled, self._filled_values(person), strict=True)
        fields.update({name: value for name, value in given if value not in NOTHING})
        fields["fullname"] = self._fullname(person)
        # Only a picture of one's own needs the place where it is stored.
        picture = person.picture
        own = self._picture(picture, self._facts.place(person.id).id) if picture else None
        fields.update(own or self._without_picture)
        self._add_account(fields, person)
        if self._shows_address(person):
            fields["email"] = person.email
        if person.description is not None and self._shows_description(person):
            self._add_description(fields, person, person.description)
        if self._has_more:
            self._add_more(fields, person.id)
        if course is not None:
            self._add_in_course(fields, person.id, course)
        return cast(UserDetails, fields)

    def _told_as_stored(self) -> Iterator[str]:
        yield "id"
        for name in ("firstname", "lastname"):
            if self._place.names or shows(self._site, name):
                yield name
        if self._full:
            yield from ACCOUNT
        yield from filter(self._sees, TIMES)

    def _told_where_filled(self) -> Iterator[str]:
        identity = self._place.identity
        yield "address"
        for name in IDENTITY:
            if self._full or name in identity:
                yield name
        for name in PHONES:
            if self._is_admin or name in identity:
                yield name
        yield from filter(self._sees, PLACE_OF_LIFE)

    def _picture(self, picture: int, place_id: int) -> dict[str, str]:
        """Return where a picture is found; 0 stands for none."""
        site = self._site
        return {
            "profileimageurl": user_pictures.address(site, user_pictures.LARGE, picture, place_id),
            "profileimageurlsmall": user_pictures.address(
                site, user_pictures.SMALL, picture, place_id
            ),
        }

    def _add_account(self, fields: dict[str, Any], person: UserRecord) -> None:
        if self._full:
            fields["confirmed"] = bool(person.confirmed)
            fields["lang"] = person.lang if person.lang in installed.LANGS else ""
            fields["theme"] = person.theme if person.theme in installed.THEMES else ""
        if self._shows_department and person.department is not None:
            fields["department"] = person.department
        if self._shows_suspended:
            fields["suspended"] = bool(person.suspended)

    def _add_in_course(self, fields: dict[str, Any], user_id: int, course: CoursePeople) -> None:
        if course.wants(course_people.ROLES):
            fields["roles"] = course.roles(user_id)
        if course.wants(course_people.GROUPS):
            groups = course.groups(user_id)
            if groups is not None:
                fields["groups"] = groups
        if course.wants(course_people.COURSES) and self._sees("mycourses"):
            courses = course.courses(user_id)
            if courses:
                fields["enrolledcourses"] = courses
        if course.wants(course_people.LAST_ACCESS) and self._sees("lastaccess"):
            fields["lastcourseaccess"] = course.last_access(user_id)

    def _shows_address(self, person: UserRecord) -> bool:
        place = self._place
        if self._oneself or "email" in place.identity:
            return True
        if "email" in place.hidden:
            return False
        if person.maildisplay == ADDRESS_FOR_ALL or place.addresses:
            return True
        return person.maildisplay == WITH_SHARED_COURSES and person.id in self._facts.sharing

    def _add_description(self, fields: dict[str, Any], person: UserRecord, text: str) -> None:
        form = person.descriptionformat
        if not self._facts.are_as_stored:
            place = self._facts.place(person.id)
            files = FileArea(self._site.url, place.id, "user", "profile")
            text, form = format_text(text, form, self._call.text, files)
        fields["description"] = text
        fields["descriptionformat"] = form

    def _shows_description(self, person: UserRecord) -> bool:
        if self._shows_all_descriptions:
            return True
        return "description" not in self._place.hidden and person.id in self._facts.with_roles

    def _add_more(self, fields: dict[str, Any], user_id: int) -> None:
        """Add what stands beside the user's row: interests, custom fields, preferences."""
        interests = self._facts.interests.get(user_id)
        if interests:
            fields["interests"] = ", ".join(interests)
        values = self._facts.profile_values.get(user_id)
        custom = self._custom_fields(values, user_id) if values else None
        if custom:
            fields["customfields"] = custom
        if self._oneself:
            held = self._facts.own_preferences.items()
            fields["preferences"] = [NameValue(name=name, value=value) for name, value in held]

    def _custom_fields(self, values: Sequence[ProfileValue], user_id: int) -> list[ProfileField]:
        return [
            self._custom_field(value)
            for value in values
            if value.value and self._shows_custom(value, user_id)
        ]

    def _custom_field(self, held: ProfileValue) -> ProfileField:
        return ProfileField(
            type=held.field.datatype,
            value=held.value,
            displayvalue=format_string(held.value, self._call.text),
            name=format_string(held.field.name, self._call.text),
            shortname=held.field.shortname,
        )

    def _shows_custom(self, held: ProfileValue, user_id: int) -> bool:
        may = self._call.permissions.may
        if held.field.visible == FIELD_FOR_ALL:
            return True
        if held.field.visible == FIELD_FOR_NOBODY:
            return may(VIEW_ALL, self._site.system)
        return self._oneself or may(VIEW_ALL, self._facts.place(user_id))

    def _sees(self, field: str) -> bool:
        return self._is_admin or field not in self._place.hidden


def _reader(names: Sequence[str]) -> Callable[[UserRecord], tuple[Any, ...]]:
    """Return what reads fields of a record in order, also where it is one alone, or none."""
    if len(names) > 1:
        return attrgetter(*names)
    if not names:
        return lambda _person: ()
    alone = attrgetter(names[0])
    return lambda person: (alone(person),)
