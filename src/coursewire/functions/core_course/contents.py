"""Body of core_course for what a course holds: sections, activities, files."""

from collections.abc import Iterable
from typing import Any

from coursewire.contracts.core_course import contents as c
from coursewire.contracts.fields import UNSET
from coursewire.domain import (
    activity_addresses,
    activity_contents,
    activity_kinds,
    completion_words,
    contents_options,
    contexts,
    courses,
    section_names,
    validation,
)
from coursewire.domain.activity_access import HIDDEN_ACTIVITIES
from coursewire.domain.activity_completion import AUTOMATIC, Progress
from coursewire.domain.activity_contents import Offered
from coursewire.domain.call import Call
from coursewire.domain.contents_options import ContentsOptions
from coursewire.domain.contexts import Context
from coursewire.domain.course_page import Page, ShownActivity, ShownSection
from coursewire.domain.course_rights import UPDATE
from coursewire.functions.binding import Bound
from coursewire.store.courses import CourseRecord
from coursewire.text.long import format_intro, format_text
from coursewire.text.settings import FileArea
from coursewire.text.short import format_string

# Nothing is told to the page about an activity besides its columns: an empty text, as JSON.
_NO_DATA = '""'


def get_contents(call: Call, params: c.GetContents) -> list[c.Section]:
    """List the sections of a course with their activities and files."""
    wanted = contents_options.read((each.name, each.value) for each in params.options)
    course = courses.require(call.session, params.courseid)
    place = contexts.course(call.session, course.id)
    around = validation.wrap_read(call, course, place)
    return _Contents(call, course, around, wanted).sections()


class _Contents:
    """The contents of one course, as the caller wants them."""

    def __init__(
        self, call: Call, course: CourseRecord, place: Context, wanted: ContentsOptions
    ) -> None:
        self._call = call
        self._course = course
        self._place = place
        self._wanted = wanted
        self._page = Page(call, course, place)
        self._edits = call.permissions.may(UPDATE, place)

    def sections(self) -> list[c.Section]:
        modules = self._modules()
        return [
            self._section(shown, modules.get(shown.section.id, []) if shown.is_open else [])
            for shown in self._page.sections()
            if self._wanted.sectionid in {None, shown.section.id}
            and self._wanted.sectionnumber in {None, shown.section.section}
        ]

    def _section(self, shown: ShownSection, modules: list[c.SectionModule]) -> c.Section:
        section = shown.section
        files = FileArea(self._call.site.url, self._place.id, "course", "section", section.id)
        text = (section.summary, section.summaryformat) if shown.is_open else ("", 1)
        summary, summaryformat = format_text(*text, self._call.text, files)
        return c.Section(
            id=section.id,
            name=section_names.shown(self._call, self._course, section),
            visible=section.visible,
            summary=summary,
            summaryformat=summaryformat,
            section=section.section,
            hiddenbynumsections=0,
            uservisible=shown.is_open,
            component=None,
            itemid=None,
            modules=modules,
        )

    def _modules(self) -> dict[int, list[c.SectionModule]]:
        if self._wanted.excludemodules:
            return {}
        found: dict[int, list[c.SectionModule]] = {}
        for shown in self._page.activities(stealthy=self._wanted.includestealthmodules):
            if self._is_wanted(shown):
                found.setdefault(shown.record.section_id, []).append(self._module(shown))
        return found

    def _is_wanted(self, shown: ShownActivity) -> bool:
        wanted, record = self._wanted, shown.record
        if wanted.cmid not in {None, record.id}:
            return False
        if wanted.modname is None:
            return True
        return record.module == wanted.modname and wanted.modid in {None, record.instance}

    def _module(self, shown: ShownActivity) -> c.SectionModule:
        record = shown.record
        kind = activity_kinds.of(record.module, self._call.site.activity_kinds)
        return c.SectionModule(
            id=record.id,
            url=activity_addresses.page(self._call.site, record) if kind.has_page else UNSET,
            name=format_string(record.name, self._call.text),
            instance=record.instance,
            contextid=shown.place.id,
            description=self._description(shown, has_page=kind.has_page) or UNSET,
            visible=int(bool(record.visible and record.section_visible)),
            uservisible=True,
            visibleoncoursepage=record.visibleoncoursepage,
            modicon=activity_addresses.icon(self._call.site, record),
            modname=record.module,
            purpose=kind.purpose,
            branded=False,
            modplural=kind.plural,
            availability=None if self._sees_conditions(shown.place) else UNSET,
            indent=0,
            onclick="",
            afterlink=None,
            activitybadge=c.ActivityBadge() if kind.badged else UNSET,
            customdata=_NO_DATA,
            noviewlink=not kind.has_page,
            completion=record.completion if shown.progress else 0,
            completiondata=self._completion(shown.progress) if shown.progress else UNSET,
            downloadcontent=1,
            dates=_dates(shown),
            groupmode=record.groupmode,
            **(self._files(shown) if kind.has_files else {}),
        )

    def _sees_conditions(self, place: Context) -> bool:
        return self._edits or self._call.permissions.may(HIDDEN_ACTIVITIES, place)

    def _description(self, shown: ShownActivity, *, has_page: bool) -> str:
        """Return the introduction, which the page shows where it is wanted, or is all there is."""
        details = shown.details
        if has_page and not details.showdescription:
            return ""
        component = f"mod_{shown.record.module}"
        files = FileArea(self._call.site.url, shown.place.id, component, "intro")
        return format_intro(details.intro, details.introformat, self._call.text, files)

    def _completion(self, progress: Progress) -> c.ModuleCompletion:
        completion = progress.completion
        return c.ModuleCompletion(
            state=completion.state,
            timecompleted=completion.timemodified,
            overrideby=completion.overrideby,
            valueused=False,
            hascompletion=True,
            isautomatic=progress.activity.completion == AUTOMATIC,
            istrackeduser=self._page.is_tracked,
            uservisible=True,
            details=[
                c.ModuleRule(
                    rulename=name,
                    rulevalue=c.ModuleRuleState(
                        status=int(met), description=completion_words.RULES[name]
                    ),
                )
                for name, met in progress.rules.items()
            ],
            isoverallcomplete=progress.is_done,
        )

    def _files(self, shown: ShownActivity) -> dict[str, Any]:
        offered = activity_contents.of(self._call.site, shown)
        told = [] if self._wanted.excludecontents else offered
        return {
            "contents": [_content(each) for each in told],
            "contentsinfo": _in_sum(offered),
        }


def _content(each: Offered) -> c.ModuleContent:
    stored: dict[str, Any] = {}
    if each.mimetype:
        stored = {"mimetype": each.mimetype, "isexternalfile": False}
    return c.ModuleContent(
        type=each.type,
        filename=each.filename,
        filepath=each.filepath,
        filesize=each.filesize,
        fileurl=each.fileurl,
        timecreated=each.timecreated,
        timemodified=each.timemodified,
        sortorder=each.sortorder,
        userid=None,
        author=each.author,
        license=each.license,
        **stored,
    )


def _in_sum(offered: Iterable[Offered]) -> c.ContentsInfo:
    files = [each for each in offered if each.type == activity_contents.FILE]
    return c.ContentsInfo(
        filescount=len(files),
        filessize=sum(each.filesize for each in files),
        lastmodified=max((each.timemodified for each in files), default=0),
        mimetypes=list(dict.fromkeys(each.mimetype for each in files if each.mimetype)),
        repositorytype="",
    )


def _dates(shown: ShownActivity) -> list[c.ModuleDate]:
    due = shown.details.duedate
    return [c.ModuleDate(label="Due:", timestamp=due, dataid="duedate")] if due else []


FUNCTIONS = (Bound(c.get_contents, get_contents, long=True),)
