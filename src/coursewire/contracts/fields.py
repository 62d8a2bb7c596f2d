"""The field types of contracts: a Python type, and the name of Moodle's cleaning rule for it.

A field of a contract is written with these names, and says by its default how it may be left out:

    required      courseid: Int
    default       descriptionformat: Int = 1
    optional      idnumber: Raw | Unset = UNSET        (absent is not empty)

Moodle lets null stand for any scalar, so a scalar here admits null on the wire unless it is marked
`NOT_NULL`; a Python type gets `| None` only where bodies really meet or return null. Lists and
objects refuse null. `Written("1")` keeps the spelling of a default where Moodle's contract has it
as text.
"""

from typing import Annotated, TypeVar

from msgspec import UNSET, Struct, UnsetType

__all__ = [
    "NOT_NULL",
    "OPTIONAL_ITEM",
    "UNSET",
    "Alpha",
    "AlphaExt",
    "Alphanum",
    "AlphanumExt",
    "Area",
    "Auth",
    "Bool",
    "Capability",
    "Clean",
    "CleanHtml",
    "Component",
    "Email",
    "FileName",
    "Float",
    "Int",
    "Lang",
    "LocalUrl",
    "NoTags",
    "NotNull",
    "OptionalItem",
    "Path",
    "Plugin",
    "Raw",
    "RawTrimmed",
    "RawValue",
    "Rule",
    "SafeDir",
    "SafePath",
    "Sequence",
    "StringId",
    "Tag",
    "Text",
    "Theme",
    "Timezone",
    "Unset",
    "Url",
    "Username",
    "Written",
    "given",
]

Unset = UnsetType
_Sent = TypeVar("_Sent")
JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


class Rule(Struct, frozen=True):
    """The cleaning rule of a scalar, by its lower-case name in `functions.json`."""

    name: str


class NotNull(Struct, frozen=True):
    """Marks a scalar that refuses null."""


class OptionalItem(Struct, frozen=True):
    """Marks the items of a list that Moodle's contract calls optional, which has no effect."""


class Written(Struct, frozen=True):
    """The default as Moodle's contract writes it, where that differs from the Python default.

    On an optional field (`= UNSET`) it says that the contract declares a default for a place that
    Python code leaves absent: that of a list or an object in an answer is never filled in.
    """

    default: JsonValue


NOT_NULL = NotNull()
OPTIONAL_ITEM = OptionalItem()

Int = Annotated[int, Rule("int")]
Float = Annotated[float, Rule("float")]
Bool = Annotated[bool, Rule("bool")]
Raw = Annotated[str, Rule("raw")]
# Answers keep the type that a `raw` value has in the body: an option may be a number, a state true.
RawValue = Annotated[str | int | float | bool, Rule("raw")]
RawTrimmed = Annotated[str, Rule("raw_trimmed")]
Text = Annotated[str, Rule("text")]
NoTags = Annotated[str, Rule("notags")]
Alpha = Annotated[str, Rule("alpha")]
AlphaExt = Annotated[str, Rule("alphaext")]
Alphanum = Annotated[str, Rule("alphanum")]
AlphanumExt = Annotated[str, Rule("alphanumext")]
Sequence = Annotated[str, Rule("sequence")]
Username = Annotated[str, Rule("username")]
Email = Annotated[str, Rule("email")]
Url = Annotated[str, Rule("url")]
LocalUrl = Annotated[str, Rule("localurl")]
Lang = Annotated[str, Rule("lang")]
Timezone = Annotated[str, Rule("timezone")]
Capability = Annotated[str, Rule("capability")]
Component = Annotated[str, Rule("component")]
Plugin = Annotated[str, Rule("plugin")]
Area = Annotated[str, Rule("area")]
Auth = Annotated[str, Rule("auth")]
Theme = Annotated[str, Rule("theme")]
SafeDir = Annotated[str, Rule("safedir")]
SafePath = Annotated[str, Rule("safepath")]
FileName = Annotated[str, Rule("file")]
Path = Annotated[str, Rule("path")]
Tag = Annotated[str, Rule("tag")]
StringId = Annotated[str, Rule("stringid")]
Clean = Annotated[str, Rule("clean")]
CleanHtml = Annotated[str, Rule("cleanhtml")]


def given(value: _Sent | UnsetType, default: _Sent) -> _Sent:
    """Return what was sent in an optional field, or the default where it was left out."""
    return default if isinstance(value, UnsetType) else value
