"""Contracts of core_course for what a course holds: sections, activities, files."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import (
    NOT_NULL,
    OPTIONAL_ITEM,
    UNSET,
    Alpha,
    Alphanum,
    AlphanumExt,
    Bool,
    Component,
    FileName,
    Int,
    NoTags,
    Path,
    Plugin,
    Raw,
    Tag,
    Text,
    Unset,
    Url,
    Written,
)
from coursewire.contracts.function import Function


class ContentsOption(Struct, frozen=True, kw_only=True):
    """A restriction such as cmid or sectionnumber, or a switch such as excludemodules."""

    name: Alphanum
    value: Raw


class GetContents(Struct, frozen=True, kw_only=True):
    """Parameters of get_contents."""

    courseid: Int
    options: list[ContentsOption] = []


class BadgeAttribute(Struct, frozen=True, kw_only=True):
    """An attribute of a badge's element."""

    name: Text | Unset = UNSET
    value: Text | Unset = UNSET


class ActivityBadge(Struct, frozen=True, kw_only=True):
    """A remark shown beside an activity; empty where there is none."""

    badgecontent: Text | Unset = UNSET
    badgestyle: Text | Unset = UNSET
    badgeurl: Url | Unset = UNSET
    badgeelementid: AlphanumExt | Unset = UNSET
    badgeextraattributes: list[Annotated[BadgeAttribute, OPTIONAL_ITEM]] | Unset = UNSET


class ModuleRuleState(Struct, frozen=True, kw_only=True):
    """Whether a rule is met: 0 not, 1 met; and the rule in words."""

    status: Annotated[Int, NOT_NULL]
    description: Annotated[Raw, NOT_NULL]


class ModuleRule(Struct, frozen=True, kw_only=True):
    """One automatic completion rule of an activity."""

    rulename: Annotated[Raw, NOT_NULL]
    rulevalue: ModuleRuleState


class ModuleCompletion(Struct, frozen=True, kw_only=True):
    """The completion of an activity by the caller."""

    state: Annotated[Int, NOT_NULL]
    timecompleted: Annotated[Int, NOT_NULL]
    overrideby: Int | None
    valueused: Annotated[Bool, NOT_NULL]
    hascompletion: Annotated[Bool, NOT_NULL]
    isautomatic: Annotated[Bool, NOT_NULL]
    istrackeduser: Annotated[Bool, NOT_NULL]
    uservisible: Annotated[Bool, NOT_NULL]
    details: list[ModuleRule]
    isoverallcomplete: Annotated[Bool, NOT_NULL] | Unset = UNSET


class ModuleDate(Struct, frozen=True, kw_only=True):
    """A date of an activity, such as when it is due."""

    label: Text
    timestamp: Int
    relativeto: Int | Unset = UNSET
    dataid: NoTags | Unset = UNSET


class ContentTag(Struct, frozen=True, kw_only=True):
    """A tag of a file or page."""

    id: Annotated[Int, NOT_NULL]
    name: Annotated[Tag, NOT_NULL]
    rawname: Annotated[Raw, NOT_NULL]
    isstandard: Annotated[Bool, NOT_NULL]
    tagcollid: Annotated[Int, NOT_NULL]
    taginstanceid: Annotated[Int, NOT_NULL]
    taginstancecontextid: Annotated[Int, NOT_NULL]
    itemid: Annotated[Int, NOT_NULL]
    ordering: Annotated[Int, NOT_NULL]
    flag: Int
    viewurl: Url | Unset = UNSET


class ModuleContent(Struct, frozen=True, kw_only=True):
    """A file, a page or a link that an activity holds; a link has neither path nor owner."""

    type: Text
    filename: FileName
    filepath: Path | None
    filesize: Int
    fileurl: Url | Unset = UNSET
    content: Raw | Unset = UNSET
    timecreated: Int | None
    timemodified: Int | None
    sortorder: Int | None
    mimetype: Raw | Unset = UNSET
    isexternalfile: Bool | Unset = UNSET
    repositorytype: Plugin | Unset = UNSET
    userid: Int | None
    author: Text | None
    license: Text | None
    tags: list[ContentTag] | Unset = UNSET


class ContentsInfo(Struct, frozen=True, kw_only=True):
    """The files of an activity in sum."""

    filescount: Int
    filessize: Int
    lastmodified: Int
    mimetypes: list[Raw]
    repositorytype: Plugin | Unset = UNSET


class SectionModule(Struct, frozen=True, kw_only=True):
    """An activity as its section shows it."""

    id: Int
    url: Url | Unset = UNSET
    name: Raw
    instance: Int | Unset = UNSET
    contextid: Int | Unset = UNSET
    description: Raw | Unset = UNSET
    visible: Int | Unset = UNSET
    uservisible: Bool | Unset = UNSET
    availabilityinfo: Raw | Unset = UNSET
    visibleoncoursepage: Int | Unset = UNSET
    modicon: Url
    modname: Plugin
    purpose: Alpha
    branded: Bool | Unset = UNSET
    modplural: Text
    availability: Raw | Unset | None = UNSET
    indent: Int
    onclick: Raw | Unset = UNSET
    afterlink: Raw | Unset | None = UNSET
    activitybadge: ActivityBadge | Unset = UNSET
    customdata: Raw | Unset = UNSET
    noviewlink: Bool | Unset = UNSET
    completion: Int | Unset = UNSET
    completiondata: Annotated[ModuleCompletion | Unset, Written({})] = UNSET
    downloadcontent: Int | Unset = UNSET
    dates: Annotated[list[ModuleDate] | Unset, Written([])] = UNSET
    groupmode: Int | Unset = UNSET
    contents: Annotated[list[ModuleContent] | Unset, Written([])] = UNSET
    contentsinfo: ContentsInfo | Unset = UNSET


class Section(Struct, frozen=True, kw_only=True):
    """A section of a course with its activities."""

    id: Int
    name: Raw
    visible: Int | Unset = UNSET
    summary: Raw
    summaryformat: Int
    section: Int | Unset = UNSET
    hiddenbynumsections: Int | Unset = UNSET
    uservisible: Bool | Unset = UNSET
    availabilityinfo: Raw | Unset = UNSET
    component: Component | Unset | None = UNSET
    itemid: Int | Unset | None = UNSET
    modules: list[SectionModule]


get_contents: Function[GetContents, list[Section]] = Function(
    name="core_course_get_contents",
    params=GetContents,
    returns=list[Section],
    kind="read",
    access=Access(
        at=(Place("course", "courseid"),),
        asks=(
            "mod/*:view",
            "moodle/course:isincompletionreports",
            "moodle/course:update",
            "moodle/course:viewhiddenactivities",
            "moodle/course:viewhiddensections",
            *VIEW_COURSE,
        ),
    ),
    capabilities=("moodle/course:update", "moodle/course:viewhiddencourses"),
    services=("moodle_mobile_app",),
    summary="List the sections of a course with their activities and files.",
)
