"""Structs that the parameters and answers of several components have in common."""

from msgspec import Struct

from coursewire.contracts.fields import (
    UNSET,
    Alpha,
    Alphanum,
    AlphanumExt,
    Int,
    Raw,
    RawValue,
    Text,
    Unset,
)

HTML = 1
"""The text format that a description has when the caller does not say."""


class CallWarning(Struct, frozen=True, kw_only=True):
    """One thing that went wrong in a call that as a whole went through."""

    item: Text | Unset = UNSET
    itemid: Int | Unset = UNSET
    warningcode: Alphanum
    message: Raw


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
