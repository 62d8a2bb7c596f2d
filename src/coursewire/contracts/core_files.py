"""Contracts of core_files: browse file areas, and upload into one's draft area."""

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import (
    UNSET,
    Alpha,
    Area,
    Bool,
    Component,
    FileName,
    Int,
    Path,
    Text,
    Unset,
)
from coursewire.contracts.function import Function


class Upload(Struct, frozen=True, kw_only=True):
    """Parameters of upload; the content is base64, the place a context or level and instance."""

    contextid: Int | None = None
    component: Component
    filearea: Area
    itemid: Int
    filepath: Path
    filename: FileName
    filecontent: Text
    contextlevel: Alpha | None = None
    instanceid: Int | None = None


class UploadedFile(Struct, frozen=True, kw_only=True):
    """Where the file was put."""

    contextid: Int
    component: Component
    filearea: Area
    itemid: Int
    filepath: Text
    filename: FileName
    url: Text


class GetFiles(Struct, frozen=True, kw_only=True):
    """Parameters of get_files; the place is a context id, or level and instance."""

    contextid: Int
    component: Text
    filearea: Text
    itemid: Int
    filepath: Path
    filename: Text
    modified: Int | None = None
    contextlevel: Alpha | None = None
    instanceid: Int | None = None


class Folder(Struct, frozen=True, kw_only=True):
    """A place above the one asked for."""

    contextid: Int
    component: Component
    filearea: Area
    itemid: Int
    filepath: Text
    filename: Text


class FileEntry(Struct, frozen=True, kw_only=True):
    """A file, or a folder, in the place asked for."""

    contextid: Int
    component: Component
    filearea: Area
    itemid: Int
    filepath: Text
    filename: Text
    isdir: Bool
    # None for a folder.
    url: Text | None
    timemodified: Int
    timecreated: Int | Unset = UNSET
    filesize: Int | Unset = UNSET
    author: Text | Unset = UNSET
    license: Text | Unset = UNSET


class FoundFiles(Struct, frozen=True, kw_only=True):
    """Answer of get_files."""

    parents: list[Folder]
    files: list[FileEntry]


upload: Function[Upload, UploadedFile] = Function(
    name="core_files_upload",
    params=Upload,
    returns=UploadedFile,
    kind="write",
    access=Access(
        at=(Place("named", "contextid"),),
        asks=(
            "moodle/course:ignorefilesizelimits",
            "moodle/user:ignoreuserquota",
            "moodle/user:manageownfiles",
            *VIEW_COURSE,
        ),
        unasked="drafts are the caller's own",
    ),
    summary="Put a file into the caller's draft area.",
)

get_files: Function[GetFiles, FoundFiles] = Function(
    name="core_files_get_files",
    params=GetFiles,
    returns=FoundFiles,
    kind="read",
    access=Access(at=(Place("named", "contextid"),), asks=(*VIEW_COURSE,)),
    services=("moodle_mobile_app",),
    summary="List the files and folders of a place.",
)
