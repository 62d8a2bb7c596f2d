"""The kinds of activities: what they are called, what they are for, and what they have."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct


class Kind(Struct, frozen=True, kw_only=True):
    """One kind of activity.

    `number` is the id of the kind in answers, `purpose` one of Moodle's words for what it is for,
    such as `content`. `areas` are what can be graded by a method of its own; `badged` kinds may
    show a remark beside their name on the course page.
    """

    number: int
    plural: str
    purpose: str = "other"
    has_page: bool = True
    has_files: bool = False
    badged: bool = False
    areas: tuple[str, ...] = ()


_OTHER = Kind(number=0, plural="Activities")
_NONE: Mapping[str, Kind] = MappingProxyType({})

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "assign": Kind(
            number=1, plural="Assignments", purpose="assessment", areas=("submissions",)
        ),
        "book": Kind(number=3, plural="Books", purpose="content"),
        "choice": Kind(number=5, plural="Choices", purpose="communication"),
        "data": Kind(number=6, plural="Databases", purpose="collaboration"),
        "feedback": Kind(number=7, plural="Feedback", purpose="communication"),
        "folder": Kind(number=8, plural="Folders", purpose="content", has_files=True),
        "forum": Kind(
            number=9, plural="Forums", purpose="collaboration", badged=True, areas=("forum",)
        ),
        "glossary": Kind(number=10, plural="Glossaries", purpose="collaboration"),
        "h5pactivity": Kind(number=11, plural="H5P", purpose="content"),
        "imscp": Kind(number=12, plural="IMS content packages", purpose="content"),
        "label": Kind(number=13, plural="Text and media areas", purpose="content", has_page=False),
        "lesson": Kind(number=14, plural="Lessons", purpose="interactivecontent"),
        "lti": Kind(number=15, plural="External tools", purpose="other"),
        "page": Kind(number=16, plural="Pages", purpose="content", has_files=True),
        "quiz": Kind(number=18, plural="Quizzes", purpose="assessment"),
        "resource": Kind(number=19, plural="Files", purpose="content", has_files=True, badged=True),
        "scorm": Kind(number=20, plural="SCORM packages", purpose="interactivecontent"),
        "url": Kind(number=22, plural="URLs", purpose="content", has_files=True),
        "wiki": Kind(number=23, plural="Wikis", purpose="collaboration"),
        "workshop": Kind(number=24, plural="Workshops", purpose="assessment"),
    }
)


def of(module: str, more: Mapping[str, Kind] = _NONE) -> Kind:
    """Return what is known of a kind of activity; `more` are those that plugins bring."""
    return KINDS.get(module) or more.get(module, _OTHER)
