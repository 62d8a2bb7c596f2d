"""Roles and who holds them; services, their users and tokens."""

from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from coursewire.sitefile.model.entry import Addresses, Capability, Entry, Name, Named, Time, Title

RoleName = Annotated[str, Meta(pattern=r"^[a-z0-9_-]+$", max_length=100)]
Level = Literal["system", "user", "coursecat", "course", "module", "block"]
Permission = Literal["allow", "prevent", "prohibit"]


class Role(Entry, frozen=True, kw_only=True):
    """A role; for a standard role too, the capabilities are all that it allows."""

    SETS: ClassVar[tuple[str, ...]] = ("capabilities", "assignable_in", "may_assign")

    shortname: RoleName
    name: str = ""
    description: str = ""
    archetype: str = ""
    capabilities: Annotated[
        tuple[Capability, ...], Meta(description="What it allows in the whole site.")
    ] = ()
    assignable_in: Annotated[tuple[Level, ...], Meta(description="Where it may be given.")] = ()
    may_assign: Annotated[
        tuple[str, ...], Meta(description="Roles that its holders may give.")
    ] = ()

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.shortname,)


class Placed(Entry, frozen=True, kw_only=True):
    """Something that holds in one place: the whole site, a category or a course."""

    system: bool = False
    category: str = ""
    course: str = ""

    def __post_init__(self) -> None:
        if sum(map(bool, (self.system, self.category, self.course))) != 1:
            msg = "give exactly one of system: true, category and course"
            raise ValueError(msg)

    @property
    def place(self) -> tuple[str, str]:
        """The kind of place and its name in the file."""
        if self.course:
            return ("course", self.course)
        if self.category:
            return ("category", self.category)
        return ("system", "")

    @property
    def where(self) -> str:
        """The place in words."""
        kind, name = self.place
        return f"{kind} {name}".strip()


class RoleOverride(Placed, frozen=True, kw_only=True):
    """What a role allows otherwise in a place, or forbids in the whole site."""

    role: Named
    capability: Capability
    permission: Permission

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.system and self.permission == "allow":
            msg = "what a role allows in the whole site belongs to the capabilities of the role"
            raise ValueError(msg)

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.role, self.capability, *self.place)

    @property
    def label(self) -> str:
        return f"{self.role} {self.capability} in {self.where}"


class RoleAssignment(Placed, frozen=True, kw_only=True):
    """A role that a user holds in a place."""

    user: Named
    role: Named

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.user, self.role, *self.place)

    @property
    def label(self) -> str:
        return f"{self.user} {self.role} in {self.where}"


class AuthorisedUser(Entry, frozen=True, kw_only=True):
    """A user who may use a service that is for authorised users only."""

    user: Named
    ip_restriction: Addresses = ""
    valid_until: Time = 0

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.user,)


class Service(Entry, frozen=True, kw_only=True):
    """An external service: which functions its tokens may call, and who may use it."""

    ADDED: ClassVar[tuple[str, ...]] = ("authorised_users",)
    SETS: ClassVar[tuple[str, ...]] = ("functions",)

    shortname: Annotated[
        str, Meta(max_length=255, description="Needed for log-in by password.")
    ] = ""
    name: Annotated[Title, Meta(max_length=200)]
    enabled: bool = False
    authorised_users_only: bool = True
    functions: tuple[str, ...] = ()
    required_capability: Annotated[str, Meta(description="Empty: none.")] = ""
    download_files: bool = False
    upload_files: bool = False
    authorised_users: tuple[AuthorisedUser, ...] = ()

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.shortname or self.name,)


class Token(Entry, frozen=True, kw_only=True):
    """A token; without a value it gets a random one, which is shown once."""

    ONCE: ClassVar[tuple[str, ...]] = ("value",)

    name: Name
    user: Named
    service: Named
    value: (
        Annotated[
            str,
            Meta(
                pattern=r"^[0-9a-f]{32}$",
                description="Fixed, 32 hex digits: for test sites only, since the file reveals it.",
            ),
        ]
        | None
    ) = None
    ip_restriction: Addresses = ""
    valid_until: Time = 0

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.name, self.user, self.service)

    @property
    def label(self) -> str:
        return f"{self.name} of {self.user} for {self.service}"
