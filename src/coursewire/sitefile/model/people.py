"""People, the fields of their profiles, and cohorts."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from coursewire.sitefile.model.entry import Entry, Html, Name

# How the hashes begin that a log-in can verify.
_HASHES = ("$argon2id$", "$6$", "$2y$", "$2b$", "$2a$")

FieldVisibility = Literal[0, 1, 2]
MailDisplay = Annotated[
    Literal[0, 1, 2], Meta(description="Who sees the address: 0 nobody, 1 all, 2 course mates.")
]


class ProfileField(Entry, frozen=True, kw_only=True):
    """A profile field of this site's own; visible to 0 nobody, 1 the user, 2 everybody."""

    shortname: Name
    name: str
    type: Literal["text"] = "text"
    visible: FieldVisibility = 2

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.shortname,)


class User(Entry, frozen=True, kw_only=True):
    """An account. A deleted one is created with the others and deleted at the very end."""

    ONCE: ClassVar[tuple[str, ...]] = ("password", "password_hash")
    ADDED: ClassVar[tuple[str, ...]] = ("custom", "preferences")

    username: Name
    password: Annotated[str, Meta(description="Set on creation only.")] | None = None
    password_hash: (
        Annotated[str, Meta(description="Argon2id, SHA-512 crypt or bcrypt; on creation only.")]
        | None
    ) = None
    firstname: str
    lastname: str
    email: str
    idnumber: str = ""
    suspended: bool = False
    confirmed: bool = True
    auth: str = "manual"
    maildisplay: MailDisplay = 2
    city: str = ""
    country: Annotated[str, Meta(description="Two capital letters.")] = ""
    institution: str = ""
    department: str = ""
    phone1: str = ""
    phone2: str = ""
    address: str = ""
    description: Html = ""
    lang: str = "en"
    timezone: str = "99"
    middlename: str = ""
    alternatename: str = ""
    firstnamephonetic: str = ""
    lastnamephonetic: str = ""
    custom: Annotated[dict[str, str], Meta(description="Profile field: value.")] = msgspec.field(
        default_factory=dict[str, str]
    )
    preferences: Annotated[dict[str, str], Meta(description="Name: value.")] = msgspec.field(
        default_factory=dict[str, str]
    )
    deleted: bool = False

    def __post_init__(self) -> None:
        if self.password is not None and self.password_hash is not None:
            msg = "give password or password_hash, not both"
            raise ValueError(msg)
        if self.password_hash is not None and not self.password_hash.startswith(_HASHES):
            msg = "password_hash must be of Argon2id, SHA-512 crypt or bcrypt"
            raise ValueError(msg)

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.username,)


class Cohort(Entry, frozen=True, kw_only=True):
    """People gathered for the whole site or a category; `idnumber` is its name in the file."""

    ADDED: ClassVar[tuple[str, ...]] = ("members",)
    SETS: ClassVar[tuple[str, ...]] = ("members",)

    # Moodle lets one cohort have none.
    idnumber: Annotated[str, Meta(description="The name by which others refer to it.")]
    name: str
    description: Html = ""
    category: Annotated[str, Meta(description="Left out: the whole site.")] = ""
    visible: bool = True
    members: tuple[str, ...] = ()

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.idnumber,)
