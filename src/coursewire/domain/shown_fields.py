"""Which fields of a person the caller sees, and how they are written (functions.md 4.7)."""

from typing import Any

from msgspec import Struct

from coursewire.contracts.core_user.profiles import ProfileField
from coursewire.contracts.fields import UNSET, Unset
from coursewire.contracts.parts import NameValue, UserCourse, UserCourseGroup, UserRole
from coursewire.domain import course_people, installed, user_pictures
from coursewire.domain.call import Call
from coursewire.domain.course_people import CoursePeople
from coursewire.domain.user_facts import WITH_SHARED_COURSES, Facts
from coursewire.domain.user_fields import is_empty
from coursewire.domain.user_names import fullname, shows
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


class UserDetails(Struct, frozen=True, kw_only=True, gc=False):
    """What the caller may see of a user; what is absent may not be seen."""

    id: int
    fullname: str
    profileimageurl: str
    profileimageurlsmall: str
    firstname: str | Unset = UNSET
    lastname: str | Unset = UNSET
    username: str | Unset = UNSET
    auth: str | Unset = UNSET
    confirmed: bool | Unset = UNSET
    lang: str | Unset = UNSET
    theme: str | Unset = UNSET
    mailformat: int | Unset = UNSET
    trackforums: int | Unset = UNSET
    email: str | Unset = UNSET
    idnumber: str | Unset = UNSET
    institution: str | Unset = UNSET
    department: str | Unset = UNSET
    phone1: str | Unset = UNSET
    phone2: str | Unset = UNSET
    address: str | Unset = UNSET
    description: str | Unset = UNSET
    descriptionformat: int | Unset = UNSET
    country: str | Unset = UNSET
    city: str | Unset = UNSET
    timezone: str | Unset = UNSET
    suspended: bool | Unset = UNSET
    firstaccess: int | Unset = UNSET
    lastaccess: int | Unset = UNSET
    interests: str | Unset = UNSET
    customfields: list[ProfileField] | Unset = UNSET
    preferences: list[NameValue] | Unset = UNSET
    # Only where people are looked at in a course.
    groups: list[UserCourseGroup] | Unset = UNSET
    roles: list[UserRole] | Unset = UNSET
    enrolledcourses: list[UserCourse] | Unset = UNSET
    lastcourseaccess: int | Unset = UNSET


def shown(
    call: Call,
    person: UserRecord,
    place: Place,
    facts: Facts,
    course: CoursePeople | None = None,
) -> UserDetails:
    """Return what the caller sees of a person in a place where the person is seen at all.

    With a course, also what the person is in it.
    """
    fields = _Fields(call, person, place, facts)
    if course is None:
        return UserDetails(**fields.all())
    return UserDetails(**fields.all(), **fields.in_course(course))


class _Fields:
    """The fields of one person, each group of them with the rule that they share."""

    def __init__(self, call: Call, person: UserRecord, place: Place, facts: Facts) -> None:
        self._call = call
        self._site = call.site
        self._person = person
        self._place = place
        self._facts = facts
        self._is_admin = call.caller.is_admin
        self._oneself = person.id == call.caller.id
        self._full = self._oneself or place.full

    def all(self) -> dict[str, Any]:
        """Return what the caller sees of the person wherever they look."""
        fields = self._always()
        if self._full:
            self._add_account(fields)
        self._add_identity(fields)
        self._add_life(fields)
        self._add_more(fields)
        if self._sees("suspended"):
            fields["suspended"] = bool(self._person.suspended)
        for name in ("firstaccess", "lastaccess"):
            if self._sees(name):
                fields[name] = getattr(self._person, name)
        return fields

    def in_course(self, course: CoursePeople) -> dict[str, Any]:
        """Return what the caller sees of the person in a course."""
        user_id = self._person.id
        fields: dict[str, Any] = {}
        if course.wants(course_people.ROLES):
            fields["roles"] = course.roles(user_id)
        if course.wants(course_people.GROUPS):
            groups = course.groups(user_id)
            fields["groups"] = UNSET if groups is None else groups
        if course.wants(course_people.COURSES) and self._sees("mycourses"):
            fields["enrolledcourses"] = course.courses(user_id) or UNSET
        if course.wants(course_people.LAST_ACCESS) and self._sees("lastaccess"):
            fields["lastcourseaccess"] = course.last_access(user_id)
        return fields

    def _always(self) -> dict[str, Any]:
        person, site = self._person, self._site
        picture = person.picture
        # Only a picture of one's own needs the place where it is stored.
        own = self._facts.place(person.id).id if picture else 0
        fields: dict[str, Any] = {
            "id": person.id,
            "fullname": fullname(person, site),
            "profileimageurl": user_pictures.address(site, user_pictures.LARGE, picture, own),
            "profileimageurlsmall": user_pictures.address(site, user_pictures.SMALL, picture, own),
        }
        for name in ("firstname", "lastname"):
            if self._place.names or shows(site, name):
                fields[name] = getattr(person, name)
        if not is_empty(person.address):
            fields["address"] = person.address
        return fields

    def _add_account(self, fields: dict[str, Any]) -> None:
        person = self._person
        for name in ACCOUNT:
            fields[name] = getattr(person, name)
        fields["confirmed"] = bool(person.confirmed)
        fields["lang"] = person.lang if person.lang in installed.LANGS else ""
        fields["theme"] = person.theme if person.theme in installed.THEMES else ""

    def _add_identity(self, fields: dict[str, Any]) -> None:
        person, identity = self._person, self._place.identity
        if self._shows_address():
            fields["email"] = person.email
        for name in IDENTITY:
            if (self._full or name in identity) and not is_empty(getattr(person, name)):
                fields[name] = getattr(person, name)
        if (self._full or "department" in identity) and person.department is not None:
            fields["department"] = person.department
        for name in PHONES:
            if (self._is_admin or name in identity) and not is_empty(getattr(person, name)):
                fields[name] = getattr(person, name)

    def _shows_address(self) -> bool:
        person, place = self._person, self._place
        if self._oneself or "email" in place.identity:
            return True
        if "email" in place.hidden:
            return False
        if person.maildisplay == ADDRESS_FOR_ALL or place.addresses:
            return True
        return person.maildisplay == WITH_SHARED_COURSES and person.id in self._facts.sharing

    def _add_life(self, fields: dict[str, Any]) -> None:
        person = self._person
        for name in PLACE_OF_LIFE:
            value = getattr(person, name)
            if not is_empty(value) and self._sees(name):
                fields[name] = value
        if person.description is not None and self._shows_description():
            self._add_description(fields, person.description)

    def _add_description(self, fields: dict[str, Any], text: str) -> None:
        form = self._person.descriptionformat
        if not self._facts.are_as_stored:
            place = self._facts.place(self._person.id)
            files = FileArea(self._site.url, place.id, "user", "profile")
            text, form = format_text(text, form, self._call.text, files)
        fields["description"] = text
        fields["descriptionformat"] = form

    def _shows_description(self) -> bool:
        if self._is_admin:
            return True
        if "description" in self._place.hidden:
            return False
        if self._oneself or not self._site.profilesforenrolledusersonly:
            return True
        return self._person.id in self._facts.with_roles

    def _add_more(self, fields: dict[str, Any]) -> None:
        """Add what stands beside the user's row: interests, custom fields, preferences."""
        interests = self._facts.interests.get(self._person.id)
        if interests:
            fields["interests"] = ", ".join(interests)
        custom = self._custom_fields()
        if custom:
            fields["customfields"] = custom
        if self._oneself:
            held = self._facts.own_preferences.items()
            fields["preferences"] = [NameValue(name=name, value=value) for name, value in held]

    def _custom_fields(self) -> list[ProfileField]:
        values = self._facts.profile_values.get(self._person.id)
        if not values:
            return []
        return [
            self._custom_field(value)
            for value in values
            if value.value and self._shows_custom(value)
        ]

    def _custom_field(self, held: ProfileValue) -> ProfileField:
        return ProfileField(
            type=held.field.datatype,
            value=held.value,
            displayvalue=format_string(held.value, self._call.text),
            name=format_string(held.field.name, self._call.text),
            shortname=held.field.shortname,
        )

    def _shows_custom(self, held: ProfileValue) -> bool:
        may = self._call.permissions.may
        if held.field.visible == FIELD_FOR_ALL:
            return True
        if held.field.visible == FIELD_FOR_NOBODY:
            return may(VIEW_ALL, self._site.system)
        return self._oneself or may(VIEW_ALL, self._facts.place(self._person.id))

    def _sees(self, field: str) -> bool:
        return self._is_admin or field not in self._place.hidden
