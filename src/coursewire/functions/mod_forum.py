"""Body of mod_forum: the forums of courses."""

from msgspec.structs import replace

from coursewire.contracts import mod_forum as c
from coursewire.contracts.parts import ExternalFile
from coursewire.domain import listed_activities
from coursewire.domain.call import Call
from coursewire.domain.listed_activities import INTRO, Listed
from coursewire.functions.binding import Bound

VIEW = "mod/forum:viewdiscussion"
# What is the same in all: none has discussions, and nobody can begin any here.
_FORUM = c.Forum(
    id=0,
    course=0,
    name="",
    intro="",
    introformat=1,
    introfiles=[],
    duedate=0,
    grade_forum=0,
    timemodified=0,
    cmid=0,
    type="general",
    lang="",
    cutoffdate=0,
    assessed=0,
    assesstimestart=0,
    assesstimefinish=0,
    scale=0,
    grade_forum_notify=0,
    maxbytes=0,
    maxattachments=0,
    forcesubscribe=0,
    trackingtype=0,
    rsstype=0,
    rssarticles=0,
    warnafter=0,
    blockafter=0,
    blockperiod=0,
    completiondiscussions=0,
    completionreplies=0,
    completionposts=0,
    numdiscussions=0,
    cancreatediscussions=False,
)


def get_forums_by_courses(call: Call, params: c.GetForums) -> list[c.Forum]:
    """List the forums whose discussions the caller may view; closed courses are left out."""
    entered = listed_activities.enter(call, params.courseids)
    found = listed_activities.find(call, entered.courses, "forum", [VIEW])
    return [_forum(call, each) for each in found]


def _forum(call: Call, listed: Listed) -> c.Forum:
    return replace(
        _FORUM,
        id=listed.record.instance,
        course=listed.record.course_id,
        name=listed.name,
        intro=listed.intro,
        introformat=listed.introformat,
        introfiles=listed_activities.files_of(call, listed, INTRO, ExternalFile),
        duedate=listed.details.duedate,
        grade_forum=listed.details.grade,
        timemodified=listed.details.timemodified,
        cmid=listed.record.id,
    )


FUNCTIONS = (Bound(c.get_forums_by_courses, get_forums_by_courses, long=True),)
