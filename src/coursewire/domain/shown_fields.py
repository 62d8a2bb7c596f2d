"""Which fields of a person the caller sees, and how they are written (functions.md 4.7)."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import cached_property, lru_cache, partial
from operator import attrgetter
from typing import Any, TypedDict, cast

from msgspec import Struct, defstruct
from msgspec.structs import asdict

from coursewire.contracts.core_user.profiles import ProfileField
from coursewire.contracts.parts import NameValue, UserCourse, UserCourseGroup, UserRole
from coursewire.domain import course_people, installed, shown_profile_fields, user_pictures
from coursewire.domain.call import Call
from coursewire.domain.course_people import CoursePeople
from coursewire.domain.user_facts import WITH_SHARED_COURSES, Facts
from coursewire.domain.user_fields import NOTHING
from coursewire.domain.user_names import naming, shows
from coursewire.domain.user_places import Place
from coursewire.store.users import UserRecord
from coursewire.text.long import format_text
from coursewire.text.settings import FileArea

# A value of `maildisplay`.
ADDRESS_FOR_ALL = 1

ACCOUNT = ("username", "auth", "mailformat", "trackforums")
IDENTITY = ("idnumber", "institution")
PHONES = ("phone1", "phone2")
PLACE_OF_LIFE = ("country", "city", "timezone")
TIMES = ("firstaccess", "lastaccess")
PICTURES = (
    ("profileimageurl", user_pictures.LARGE),
    ("profileimageurlsmall", user_pictures.SMALL),
)


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


# What the people have in one field, in their order.
Column = Sequence[Any]
# A field, and what tells it of all people at once.
Telling = tuple[str, Callable[[], Column]]
# Somebody has nothing in a field, or is not seen there; no field tells this. No column at all
# stands for nobody.
UNTOLD = None


class Sight:
    """What the caller sees of some people in one place: which fields that are is decided once.

    Of themselves a caller sees more than of others. With a course it is told what they are in it as
    well. Fields that are not `wanted` are spared, but for the id; None stands for all of them.
    """

    def __init__(
        self,
        call: Call,
        place: Place,
        facts: Facts,
        people: Sequence[UserRecord],
        *,
        oneself: bool,
        course: CoursePeople | None = None,
        wanted: frozenset[str] | None = None,
    ) -> None:
        self._call = call
        self._site = call.site
        self._place = place
        self._facts = facts
        self._people = people
        self._is_admin = call.caller.is_admin
        self._oneself = oneself
        self._course = course
        self._wanted = wanted
        self._full = oneself or place.full
        self._shows_all_descriptions = self._is_admin or (
            "description" not in place.hidden
            and (oneself or not self._site.profilesforenrolledusersonly)
        )

    def details(self) -> list[UserDetails]:
        """Return what is seen of the people, in their order.

        Fields are told one by one for all people: that costs half of telling person by person.
        """
        columns = {"id": self._stored("id")}
        columns |= {name: tell() for name, tell in self._everybodys() if self._wants(name)}
        partly: list[str] = []
        for name, tell in self._somebodys():
            column = tell() if self._wants(name) else ()
            untold = column.count(UNTOLD)
            if untold < len(column):
                columns[name] = column
                if untold:
                    partly.append(name)
        told = [*map(asdict, map(_row(tuple(columns)), *columns.values()))]
        for name in partly:
            for fields in told:
                if fields[name] is UNTOLD:
                    del fields[name]
        return cast(list[UserDetails], told)

    def _wants(self, field: str) -> bool:
        return self._wanted is None or field in self._wanted

    def _everybodys(self) -> Iterator[Telling]:
        """Return the fields that are told of everybody."""
        for name in self._told_as_stored():
            yield name, partial(self._stored, name)
        yield "fullname", self._fullnames
        for name, size in PICTURES:
            yield name, partial(self._pictures, size)
        if self._full:
            yield "confirmed", partial(self._switch, "confirmed")
            yield "lang", partial(self._installed, "lang", installed.LANGS)
            yield "theme", partial(self._installed, "theme", installed.THEMES)
        if self._sees("suspended"):
            yield "suspended", partial(self._switch, "suspended")
        if self._oneself:
            yield "preferences", self._preferences
        course = self._course
        if course is None:
            return
        if course.wants(course_people.ROLES):
            yield "roles", partial(self._each, course.roles)
        if course.wants(course_people.LAST_ACCESS) and self._sees("lastaccess"):
            yield "lastcourseaccess", partial(self._each, course.last_access)

    def _somebodys(self) -> Iterator[Telling]:
        """Return the fields that are told of some alone."""
        for name in self._told_where_filled():
            yield name, partial(self._filled, name)
        if self._full or "department" in self._place.identity:
            yield "department", partial(self._stored, "department")
        yield "email", self._addresses
        yield "description", lambda: self._descriptions[0]
        yield "descriptionformat", lambda: self._descriptions[1]
        yield "interests", self._interests
        yield "customfields", self._custom_fields
        course = self._course
        if course is None:
            return
        if course.wants(course_people.GROUPS):
            yield "groups", partial(self._each, course.groups)
        if course.wants(course_people.COURSES) and self._sees("mycourses"):
            yield "enrolledcourses", partial(self._each, lambda key: course.courses(key) or UNTOLD)

    def _told_as_stored(self) -> Iterator[str]:
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

    def _stored(self, name: str) -> Column:
        return [*map(attrgetter(name), self._people)]

    def _filled(self, name: str) -> Column:
        values = self._stored(name)
        # Most sites leave most of these fields empty.
        if NOTHING.issuperset(values):
            return ()
        if NOTHING.isdisjoint(values):
            return values
        return [UNTOLD if value in NOTHING else value for value in values]

    def _switch(self, name: str) -> Column:
        return [*map(bool, self._stored(name))]

    def _installed(self, name: str, there: Collection[str]) -> Column:
        return [value if value in there else "" for value in self._stored(name)]

    def _each(self, tell: Callable[[int], object]) -> Column:
        return [tell(person.id) for person in self._people]

    def _fullnames(self) -> Column:
        return [*map(naming(self._site), self._people)]

    def _pictures(self, size: str) -> Column:
        without = user_pictures.address(self._site, size)
        return [
            # Only a picture of one's own needs the place where it is stored.
            user_pictures.address(self._site, size, person.picture, self._facts.place(person.id).id)
            if person.picture
            else without
            for person in self._people
        ]

    def _addresses(self) -> Column:
        place = self._place
        if self._oneself or "email" in place.identity:
            return self._stored("email")
        if "email" in place.hidden:
            return ()
        if place.addresses:
            return self._stored("email")
        return [person.email if self._shows_address(person) else UNTOLD for person in self._people]

    def _shows_address(self, person: UserRecord) -> bool:
        if person.maildisplay == ADDRESS_FOR_ALL:
            return True
        return person.maildisplay == WITH_SHARED_COURSES and person.id in self._facts.sharing

    @cached_property
    def _descriptions(self) -> tuple[Column, Column]:
        """The descriptions, and their formats."""
        texts = self._stored("description")
        if self._shows_all_descriptions and None not in texts and self._facts.are_as_stored:
            return texts, self._stored("descriptionformat")
        shown = [self._description(*each) for each in zip(self._people, texts, strict=True)]
        return [text for text, _ in shown], [form for _, form in shown]

    def _description(self, person: UserRecord, text: str | None) -> tuple[str | None, int | None]:
        if text is None or not self._shows_description(person):
            return UNTOLD, UNTOLD
        if self._facts.are_as_stored:
            return text, person.descriptionformat
        place = self._facts.place(person.id)
        files = FileArea(self._site.url, place.id, "user", "profile")
        return format_text(text, person.descriptionformat, self._call.text, files)

    def _shows_description(self, person: UserRecord) -> bool:
        if self._shows_all_descriptions:
            return True
        return "description" not in self._place.hidden and person.id in self._facts.with_roles

    def _interests(self) -> Column:
        named = self._facts.interests
        if not named:
            return ()
        return self._each(lambda key: ", ".join(named.get(key, ())) or UNTOLD)

    def _preferences(self) -> Column:
        held = self._facts.own_preferences.items()
        own = [NameValue(name=name, value=value) for name, value in held]
        return [own] * len(self._people)

    def _custom_fields(self) -> Column:
        if not self._facts.profile_values:
            return ()
        return self._each(self._custom)

    def _custom(self, user_id: int) -> list[ProfileField] | None:
        shown = shown_profile_fields.shown(self._call, self._facts, user_id, oneself=self._oneself)
        return shown or UNTOLD

    def _sees(self, field: str) -> bool:
        return self._is_admin or field not in self._place.hidden


@lru_cache
def _row(fields: tuple[str, ...]) -> type[Struct]:
    """Return a structure of some fields: a dict of it takes half as long as one of pairs."""
    return defstruct("Row", fields, gc=False)
