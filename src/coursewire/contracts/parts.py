"""Structs that the parameters and answers of several components have in common."""

from msgspec import Struct

from coursewire.contracts.fields import (
    UNSET,
    Alpha,
    Alphanum,
    AlphanumExt,
    Bool,
    FileName,
    Int,
    Path,
    Plugin,
    Raw,
    RawValue,
    Text,
    Unset,
    Url,
)

HTML = 1
"""The text format that a description has when the caller does not say."""


class CallWarning(Struct, frozen=True, kw_only=True):
    """One thing that went wrong in a call that as a whole went through."""

    item: Text | Unset = UNSET
    itemid: Int | Unset = UNSET
    warningcode: Alphanum
    message: Raw


class Warned(Struct, frozen=True, kw_only=True):
    """The answer of a function that does what it can and tells what it could not."""

    warnings: list[CallWarning] | Unset = UNSET


class Outcome(Struct, frozen=True, kw_only=True):
    """The answer of a function that did what was asked for, or tells why not."""

    status: Bool
    warnings: list[CallWarning] | Unset = UNSET


class NoParameters(Struct, frozen=True, kw_only=True):
    """The parameters of a function that takes none."""


class CourseId(Struct, frozen=True, kw_only=True):
    """The parameters of a function that asks for nothing but a course."""

    courseid: Int


class ActivityId(Struct, frozen=True, kw_only=True):
    """The parameters of a function that asks for nothing but an activity (course module)."""

    cmid: Int


class CustomFieldValue(Struct, frozen=True, kw_only=True):
    """A value for the custom field of that short name."""

    shortname: AlphanumExt
    value: Raw


class CustomField(Struct, frozen=True, kw_only=True):
    """A custom field with its value, as stored and as shown."""

    name: Raw
    shortname: Raw
    type: AlphanumExt
    valueraw: Raw
    value: Raw


class NameValue(Struct, frozen=True, kw_only=True):
    """A named setting or preference; null where it has no value."""

    name: Raw
    value: RawValue | None


class Criterion(Struct, frozen=True, kw_only=True):
    """A field to search by, and what it shall be."""

    key: Alpha
    value: Raw


class ExternalFile(Struct, frozen=True, kw_only=True):
    """A file that belongs to a text or a course, and where to fetch it."""

    filename: FileName | Unset = UNSET
    filepath: Path | Unset = UNSET
    filesize: Int | Unset = UNSET
    fileurl: Url | Unset = UNSET
    timemodified: Int | Unset = UNSET
    mimetype: Raw | Unset = UNSET
    isexternalfile: Bool | Unset = UNSET
    repositorytype: Plugin | Unset = UNSET
    icon: Raw | Unset = UNSET


class UserRole(Struct, frozen=True, kw_only=True):
    """A role of a user in a course; `name` is empty unless the role was renamed."""

    roleid: Int
    name: Raw
    shortname: AlphanumExt
    sortorder: Int


class UserCourse(Struct, frozen=True, kw_only=True):
    """A course in which a user is enrolled, in short."""

    id: Int
    fullname: Raw
    shortname: Raw


class UserCourseGroup(Struct, frozen=True, kw_only=True):
    """A group of a user in one course, in short."""

    id: Int
    name: Raw
    description: Raw
    descriptionformat: Int


class NamedOption(Struct, frozen=True, kw_only=True):
    """An option of a call or of a course format, by its name."""

    name: AlphanumExt
    value: Raw
