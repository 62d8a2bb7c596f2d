"""Body of core_course for what a course holds: sections, activities, files."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

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
from coursewire.domain.activity_kinds import Kind
from coursewire.domain.call import Call
from coursewire.domain.contents_options import ContentsOptions
from coursewire.domain.contexts import Context
from coursewire.domain.course_page import Page, ShownActivity, ShownSection
from coursewire.domain.course_rights import UPDATE
from coursewire.functions.binding import Bound
from coursewire.store.courses import CourseRecord
from coursewire.text import as_stored
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
        self._kinds: dict[str, tuple[Kind, c.SectionModule]] = {}

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
        listed = self._page.activities(stealthy=self._wanted.includestealthmodules)
        wanted = [*filter(self._is_wanted, listed)] if self._wanted.is_about_some else listed
        names = self._names(wanted)
        found: dict[int, list[c.SectionModule]] = {}
        for shown, name in zip(wanted, names, strict=True):
            found.setdefault(shown.record.section_id, []).append(self._module(shown, name))
        return found

    def _names(self, listed: list[ShownActivity]) -> list[str]:
        """Return the names of activities as they are shown."""
        names, settings = [shown.record.name for shown in listed], self._call.text
        if as_stored.are_names(names, settings):
            return names
        return [format_string(name, settings) for name in names]

    def _is_wanted(self, shown: ShownActivity) -> bool:
        wanted, record = self._wanted, shown.record
        if wanted.cmid not in {None, record.id}:
            return False
        if wanted.modname is None:
            return True
        return record.module == wanted.modname and wanted.modid in {None, record.instance}

    def _module(self, shown: ShownActivity, name: str) -> c.SectionModule:
        record, details = shown.record, shown.details
        kind, alike = self._of_kind(record.module)
        # The page shows the introduction where that is wanted, or where it is all there is.
        is_described = details.showdescription or not kind.has_page
        sees_conditions = self._edits or self._call.permissions.may(HIDDEN_ACTIVITIES, shown.place)
        contents, in_sum = self._files(shown) if kind.has_files else (UNSET, UNSET)
        return replace(
            alike,
            id=record.id,
            url=activity_addresses.page(self._call.site, record) if kind.has_page else UNSET,
            name=name,
            instance=record.instance,
            contextid=shown.place.id,
            description=(self._description(shown) or UNSET) if is_described else UNSET,
            visible=int(bool(record.visible and record.section_visible)),
            visibleoncoursepage=record.visibleoncoursepage,
            availability=None if sees_conditions else UNSET,
            completion=record.completion if shown.progress else 0,
            completiondata=self._completion(shown.progress) if shown.progress else UNSET,
            dates=_dates(details.duedate),
            groupmode=record.groupmode,
            contents=contents,
            contentsinfo=in_sum,
        )

    def _of_kind(self, module: str) -> tuple[Kind, c.SectionModule]:
        """Return a kind of activity and what all of it are copies of, which is quicker to make."""
        found = self._kinds.get(module)
        if found is None:
            kind = activity_kinds.of(module, self._call.site.activity_kinds)
            icon = activity_addresses.icon(self._call.site, module)
            found = self._kinds[module] = (kind, _alike(module, kind, icon))
        return found

    def _description(self, shown: ShownActivity) -> str:
        details, component = shown.details, f"mod_{shown.record.module}"
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

    def _files(self, shown: ShownActivity) -> tuple[list[c.ModuleContent], c.ContentsInfo]:
        offered = activity_contents.of(self._call.site, shown)
        told = [] if self._wanted.excludecontents else offered
        return [_content(each) for each in told], _in_sum(offered)


def _alike(module: str, kind: Kind, icon: str) -> c.SectionModule:
    return c.SectionModule(
        # Each copy has its own.
        id=0,
        name="",
        uservisible=True,
        modicon=icon,
        modname=module,
        purpose=kind.purpose,
        branded=False,
        modplural=kind.plural,
        indent=0,
        onclick="",
        afterlink=None,
        activitybadge=c.ActivityBadge() if kind.badged else UNSET,
        customdata=_NO_DATA,
        noviewlink=not kind.has_page,
        downloadcontent=1,
    )


def _dates(due: int) -> list[c.ModuleDate]:
    return [c.ModuleDate(label="Due:", timestamp=due, dataid="duedate")] if due else []


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


def _in_sum(offered: Sequence[Offered]) -> c.ContentsInfo:
    files = [each for each in offered if each.type == activity_contents.FILE]
    return c.ContentsInfo(
        filescount=len(files),
        filessize=sum([each.filesize for each in files]),
        lastmodified=max([each.timemodified for each in files], default=0),
        mimetypes=[*dict.fromkeys([each.mimetype for each in files if each.mimetype])],
        repositorytype="",
    )


FUNCTIONS = (Bound(c.get_contents, get_contents, long=True),)
