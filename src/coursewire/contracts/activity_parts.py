"""Structs that the lists of activities by course have in common, whatever the kind."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.fields import (
    NOT_NULL,
    UNSET,
    Bool,
    FileName,
    Int,
    Path,
    Plugin,
    Raw,
    SafeDir,
    Text,
    Unset,
    Url,
)
from coursewire.contracts.parts import ExternalFile


class InCourses(Struct, frozen=True, kw_only=True):
    """Courses to look in; none mean all that the caller takes part in."""

    courseids: list[Int] = []


class ListedActivity(Struct, frozen=True, kw_only=True):
    """What an activity of any kind has; where it stands is told to those who manage it."""

    id: Int
    coursemodule: Int
    course: Int
    name: Raw
    intro: Raw
    introformat: Int
    introfiles: list[ExternalFile] | Unset = UNSET
    section: Int | Unset = UNSET
    visible: Bool | Unset = UNSET
    groupmode: Int | Unset = UNSET
    groupingid: Int | Unset = UNSET
    lang: SafeDir | Unset = UNSET
    enableaitools: Int | Unset = UNSET
    enabledaiactions: Text | Unset = UNSET


class PlainFile(Struct, frozen=True, kw_only=True):
    """A file of an introduction, as `ExternalFile`; kinds that declare it refuse null in it."""

    filename: Annotated[FileName, NOT_NULL] | Unset = UNSET
    filepath: Annotated[Path, NOT_NULL] | Unset = UNSET
    filesize: Annotated[Int, NOT_NULL] | Unset = UNSET
    fileurl: Annotated[Url, NOT_NULL] | Unset = UNSET
    timemodified: Annotated[Int, NOT_NULL] | Unset = UNSET
    mimetype: Annotated[Raw, NOT_NULL] | Unset = UNSET
    isexternalfile: Annotated[Bool, NOT_NULL] | Unset = UNSET
    repositorytype: Plugin | Unset = UNSET
    icon: Raw | Unset = UNSET
