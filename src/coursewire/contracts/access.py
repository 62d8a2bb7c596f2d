"""What a function declares of rights: where it looks them up, and which it can ask for (AUTHZ-1).

The body makes the checks, in its own order; this is what documentation, tests and the server's
start go by. A function that declares nothing is not served.
"""

from typing import Literal

from msgspec import Struct

Kind = Literal[
    "site", "own", "named", "category", "course", "module", "user", "group", "grouping", "cohort",
    "instance", "inner",
]  # fmt: skip

_WORDS: dict[Kind, str] = {
    "site": "the whole site",
    "own": "the caller's own place",
    "named": "the place named by {}",
    "category": "the category in {}",
    "course": "the course in {}",
    "module": "the activity in {}",
    "user": "the place of the user in {}",
    "group": "the course of the group in {}",
    "grouping": "the course of the grouping in {}",
    "cohort": "the place of the cohort in {}",
    "instance": "the course of the enrolment instance in {}",
    "inner": "wherever the calls in {} look",
}


class Place(Struct, frozen=True):
    """Where rights are looked up; `parameter` is the path of what leads there: `groups[].id`."""

    kind: Kind
    parameter: str = ""

    @property
    def words(self) -> str:
        """The place in a sentence."""
        return _WORDS[self.kind].format(f"`{self.parameter}`")


class Access(Struct, frozen=True, kw_only=True):
    """Where a call looks up rights, and which capabilities it can ask for.

    `unasked` tells why a function that writes may end without having asked for any.
    """

    at: tuple[Place, ...]
    asks: tuple[str, ...] = ()
    unasked: str = ""


SITE = Place("site")
OWN = Place("own")

VIEW_COURSE = ("moodle/course:view", "moodle/course:viewhiddencourses")
"""What entering a course may ask for (functions.md 4.2)."""

SEE_GROUPS = ("moodle/course:viewhiddengroups", "moodle/site:accessallgroups")
"""What showing groups may ask for (functions.md 4.6)."""

SEE_PEOPLE = (
    "moodle/course:useremail",
    "moodle/course:viewhiddencourses",
    "moodle/course:viewhiddengroups",
    "moodle/course:viewhiddenuserfields",
    "moodle/site:accessallgroups",
    "moodle/site:viewfullnames",
    "moodle/site:viewuseridentity",
    "moodle/user:viewalldetails",
    "moodle/user:viewdetails",
    "moodle/user:viewhiddendetails",
)
"""What showing people may ask for (functions.md 4.7)."""
