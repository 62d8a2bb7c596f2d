"""Contract of mod_forum: forums of courses."""

from typing import Annotated

from msgspec import Struct

from coursewire.contracts.access import VIEW_COURSE, Access, Place
from coursewire.contracts.fields import NOT_NULL, UNSET, Bool, Int, Raw, SafeDir, Text, Unset
from coursewire.contracts.function import Function
from coursewire.contracts.parts import ExternalFile


class GetForums(Struct, frozen=True, kw_only=True):
    """Parameters of get_forums_by_courses; no courses mean all that the caller takes part in."""

    courseids: list[Annotated[Int, NOT_NULL]] = []


class Forum(Struct, frozen=True, kw_only=True):
    """A forum."""

    id: Int
    course: Int
    type: Text
    name: Raw
    intro: Raw
    introformat: Int
    introfiles: list[ExternalFile] | Unset = UNSET
    lang: SafeDir | Unset = UNSET
    duedate: Int | Unset = UNSET
    cutoffdate: Int | Unset = UNSET
    assessed: Int
    assesstimestart: Int
    assesstimefinish: Int
    scale: Int
    grade_forum: Int
    grade_forum_notify: Int
    maxbytes: Int
    maxattachments: Int
    forcesubscribe: Int
    trackingtype: Int
    rsstype: Int
    rssarticles: Int
    timemodified: Int
    warnafter: Int
    blockafter: Int
    blockperiod: Int
    completiondiscussions: Int
    completionreplies: Int
    completionposts: Int
    cmid: Int
    numdiscussions: Int | Unset = UNSET
    cancreatediscussions: Bool | Unset = UNSET
    lockdiscussionafter: Int | Unset = UNSET
    istracked: Bool | Unset = UNSET
    unreadpostscount: Int | Unset = UNSET


get_forums_by_courses: Function[GetForums, list[Forum]] = Function(
    name="mod_forum_get_forums_by_courses",
    component="mod_forum",
    params=GetForums,
    returns=list[Forum],
    kind="read",
    access=Access(
        at=(Place("course", "courseids[]"),),
        asks=(
            "mod/*:view",
            "moodle/course:manageactivities",
            "moodle/course:viewhiddenactivities",
            *VIEW_COURSE,
        ),
    ),
    capabilities=("mod/forum:viewdiscussion",),
    services=("moodle_mobile_app",),
    summary="List the forums of courses.",
)
