"""Categories, courses, and what stands in them."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from coursewire.sitefile.model.entry import (
    Count,
    Entry,
    Html,
    Name,
    Named,
    Number,
    Part,
    Size,
    Time,
    Title,
)

TextFormat = Annotated[
    Literal[0, 1, 2, 4], Meta(description="0 automatic, 1 HTML, 2 plain, 4 Markdown.")
]
GroupMode = Annotated[Literal[0, 1, 2], Meta(description="0 none, 1 separate, 2 visible.")]
ActivityType = Annotated[
    str,
    Meta(
        pattern=r"^[a-z][a-z0-9_]*$",
        description="assign, folder, forum, label, page, quiz, resource or url.",
    ),
]


Choice = Annotated[bool | None, Meta(description="Left out: as it is.")]

_WITH_FILES = ("resource", "folder")


class Category(Entry, frozen=True, kw_only=True):
    """A course category; one without id number is called by its path: `/Name` or `PARENT/Name`."""

    idnumber: str = ""
    name: Title
    description: Html = ""
    parent: Annotated[str, Meta(description="Left out at the top.")] = ""
    visible: bool = True
    default: Annotated[
        bool, Meta(description="This is the category that every site has from the beginning.")
    ] = False

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.idnumber or f"{self.parent}/{self.name}",)


class CompletionCriteria(Part, frozen=True, kw_only=True):
    """What completes a course."""

    SETS: ClassVar[tuple[str, ...]] = ("activities",)

    aggregation: Literal["all", "any"] = "all"
    by_oneself: Annotated[bool, Meta(description="Learners may say so themselves.")] = (
        msgspec.field(default=False, name="self")
    )
    activities: tuple[str, ...] = ()
    grade: Annotated[Number, Meta(description="Course grade to reach.")] | None = None


class Course(Entry, frozen=True, kw_only=True):
    """A course, named by its short name; later ones of a category stand before earlier ones."""

    ADDED: ClassVar[tuple[str, ...]] = ("format_options",)
    # Left out, they stay as they are.
    AS_THEY_ARE: ClassVar[tuple[str, ...]] = (
        "completionnotify",
        "showreports",
        "showactivitydates",
        "showcompletionconditions",
    )

    shortname: Name
    fullname: Title
    category: Annotated[str, Meta(description="Left out: the default category.")] = ""
    idnumber: str = ""
    visible: bool = True
    format: str = "topics"
    format_options: Annotated[
        dict[str, int | str], Meta(description="Options of the format; those not named stay.")
    ] = msgspec.field(default_factory=dict[str, int | str])
    numsections: Annotated[int, Meta(ge=0, le=1_000)] = 0
    startdate: Time = 0
    enddate: Time = 0
    summary: str = ""
    summaryformat: TextFormat = 1
    groupmode: GroupMode = 0
    groupmodeforce: bool = False
    showgrades: bool = True
    maxbytes: Size = 0
    newsitems: Count = 0
    lang: str = ""
    manual_enrolment: bool = True
    completion: bool = False
    completionnotify: Choice = None
    showreports: Choice = None
    showactivitydates: Choice = None
    showcompletionconditions: Choice = None
    completion_criteria: CompletionCriteria | None = None

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.shortname,)


class Activity(Entry, frozen=True, kw_only=True):
    """An activity of a course."""

    ADDED: ClassVar[tuple[str, ...]] = ("files", "grades")

    course: Named
    type: ActivityType
    name: Name
    idnumber: str = ""
    section: Count = 0
    intro: Html = ""
    show_description: bool = False
    content: Annotated[str, Meta(description="The text of a page, HTML.")] = ""
    url: Annotated[str, Meta(description="Where a link of type url leads.")] = ""
    files: Annotated[
        dict[str, str], Meta(description="Files of a resource or folder: name and text.")
    ] = msgspec.field(default_factory=dict[str, str])
    due: Time = 0
    grade: Annotated[Count, Meta(description="Maximum; 0: not graded.")] = 0
    grades: Annotated[dict[str, Number], Meta(description="User name: grade.")] = msgspec.field(
        default_factory=dict[str, float]
    )
    groupmode: GroupMode = 0
    grouping: str = ""
    visible: bool = True
    completion: Annotated[
        Literal[0, 1, 2], Meta(description="0 not tracked, 1 by hand, 2 by its rules.")
    ] = 0
    completion_view: bool = False
    completion_use_grade: bool = False

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.course, self.name)

    def __post_init__(self) -> None:
        if self.files and self.type not in _WITH_FILES:
            msg = f"files belong to activities of type {' or '.join(_WITH_FILES)}"
            raise ValueError(msg)
        if self.grades and not self.grade:
            msg = "grades need a maximum: give grade as well"
            raise ValueError(msg)


class GradeItem(Entry, frozen=True, kw_only=True):
    """Something graded by hand, with people's grades."""

    ADDED: ClassVar[tuple[str, ...]] = ("grades",)

    course: Named
    name: Name
    max: Annotated[float, Meta(gt=0, le=1e9)] = 100
    grades: Annotated[dict[str, Number], Meta(description="User name: grade.")] = msgspec.field(
        default_factory=dict[str, float]
    )
    hidden: bool = False

    @property
    def natural_key(self) -> tuple[str, ...]:
        return (self.course, self.name)
