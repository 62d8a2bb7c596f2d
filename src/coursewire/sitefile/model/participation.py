"""How people take part in courses: enrolments, groups and groupings."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from coursewire.sitefile.model.entry import Count, Entry, Html, Name, Named, Time


class Enrolment(Entry, frozen=True, kw_only=True):
    """A manual enrolment; `role: null` enrols without a role."""

    user: Named
    course: Named
    role: Named | None
    timestart: Time = 0
    timeend: Time = 0
    status: Literal["active", "suspended"] = "active"

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.user, self.course)

    @property
    def label(self) -> str:
        return f"{self.user} in {self.course}"


class SelfEnrolment(Entry, frozen=True, kw_only=True):
    """A way by which people enrol themselves in a course."""

    ADDED: ClassVar[tuple[str, ...]] = ("members",)
    SETS: ClassVar[tuple[str, ...]] = ("members",)

    course: Named
    name: str = ""
    enabled: bool = True
    key: Annotated[str, Meta(description="What must be typed in; null: nothing.")] | None = None
    group_keys: Annotated[bool, Meta(description="A group's key opens it too.")] = False
    role: str = "student"
    max_enrolled: Annotated[Count, Meta(description="0: no limit.")] = 0
    open_from: Time = 0
    open_until: Time = 0
    cohort: Annotated[str, Meta(description="Only its members; empty: everybody.")] = ""
    new_enrolments: bool = True
    members: Annotated[tuple[str, ...], Meta(description="User names.")] = ()

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.course, self.name)


class Group(Entry, frozen=True, kw_only=True):
    """A group of a course."""

    ADDED: ClassVar[tuple[str, ...]] = ("members",)
    SETS: ClassVar[tuple[str, ...]] = ("members",)

    course: Named
    name: Name
    idnumber: str = ""
    description: Html = ""
    enrolmentkey: str = ""
    visibility: Annotated[
        Literal[0, 1, 2, 3], Meta(description="0 all, 1 members, 2 own membership, 3 nobody.")
    ] = 0
    participation: bool = True
    members: Annotated[tuple[str, ...], Meta(description="User names.")] = ()

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.course, self.name)


class Grouping(Entry, frozen=True, kw_only=True):
    """A grouping: groups of a course gathered under a name."""

    ADDED: ClassVar[tuple[str, ...]] = ("groups",)
    SETS: ClassVar[tuple[str, ...]] = ("groups",)

    course: Named
    name: Name
    idnumber: str = ""
    description: Html = ""
    groups: Annotated[tuple[str, ...], Meta(description="Names of groups.")] = ()

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.course, self.name)
