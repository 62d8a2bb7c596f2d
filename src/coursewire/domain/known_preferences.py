"""The preferences that users have: the values each may hold, and who may set it."""

import re
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

from msgspec import Struct

from coursewire.domain.loose_numbers import whole_number

FORCE_PASSWORD_CHANGE = "auth_forcepasswordchange"  # noqa: S105 - a name


class Who(Enum):
    """Who may set a preference."""

    PROFILE = "whoever may edit the profile"
    SELF = "the user alone"
    OTHERS = "whoever may update accounts, for others"
    HOME_PAGE = "the user alone, where the site lets users choose"


class Kind(Enum):
    """What a value is repaired to before it is compared with the choices."""

    INT = "a whole number"
    BOOL = "0 or 1"
    TEXT = "a text"


class Preference(Struct, frozen=True):
    """A known preference; a value that is no choice becomes the default, None takes it away.

    `needs` is the setting of the site that must be on for anybody to set it.
    """

    default: str | None
    choices: tuple[str, ...] = ()
    who: Who = Who.PROFILE
    kind: Kind = Kind.INT
    needs: str = ""

    def cleaned(self, value: str) -> str | None:
        """Return what is stored for a value; None where the preference is to be unset."""
        repaired = _REPAIRS[self.kind](value)
        return repaired if not self.choices or repaired in self.choices else self.default

    def for_null(self) -> str | None:
        """Return what is stored for null; None where the preference is to be unset.

        Unset is what may be null, and also what may be 0 or empty: to Moodle these are alike.
        """
        may_be_unset = self.default is None or not {"", "0"}.isdisjoint(self.choices)
        return None if may_be_unset else self.default


def _numbers(first: int, last: int) -> tuple[str, ...]:
    return tuple(str(number) for number in range(first, last + 1))


_SWITCH = ("0", "1")
_DAYS_AHEAD = ("365", "270", "180", "150", "120", "90", "60", "30", "21", "14", *_numbers(1, 7))

KNOWN: Mapping[str, Preference] = MappingProxyType(
    {
        FORCE_PASSWORD_CHANGE: Preference("0", _SWITCH, Who.OTHERS),
        "htmleditor": Preference(None, ("textarea", "tiny"), kind=Kind.TEXT),
        "forum_markasreadonnotification": Preference("1", _SWITCH),
        "calendar_timeformat": Preference("", ("", "%I:%M %p", "%H:%M"), kind=Kind.TEXT),
        "calendar_startwday": Preference("0", _numbers(0, 6)),
        "calendar_maxevents": Preference("1", _numbers(1, 20)),
        "calendar_lookahead": Preference("365", _DAYS_AHEAD),
        "calendar_persistflt": Preference("0", _SWITCH),
        "message_entertosend": Preference("0", _SWITCH, kind=Kind.BOOL),
        "message_blocknoncontacts": Preference("0", _SWITCH),
        "core_contentbank_visibility": Preference("1", ("1", "2")),
        "badgeprivacysetting": Preference("1", _SWITCH, Who.SELF, needs="enablebadges"),
        "blogpagesize": Preference("10", who=Who.SELF, needs="enableblogs"),
        "user_home_page_preference": Preference("1", ("0", "1", "3"), Who.HOME_PAGE),
        "filemanager_recentviewmode": Preference("1", _numbers(1, 3), Who.SELF),
        "filepicker_recentviewmode": Preference("1", _numbers(1, 3), Who.SELF),
        "filepicker_recentrepository": Preference("0", who=Who.SELF),
        "filepicker_recentlicense": Preference("", who=Who.SELF, kind=Kind.TEXT),
        "userselector_preserveselected": Preference("0", _SWITCH, Who.SELF, Kind.BOOL),
        "userselector_autoselectunique": Preference("0", _SWITCH, Who.SELF, Kind.BOOL),
        "userselector_searchtype": Preference("0", _numbers(0, 2), Who.SELF),
        "question_bank_advanced_search": Preference("0", _SWITCH, Who.SELF, Kind.BOOL),
        "block_myoverview_user_grouping_preference": Preference(
            "all",
            ("allincludinghidden", "all", "inprogress", "future", "past", "favourites", "hidden"),
            Who.SELF,
            Kind.TEXT,
        ),
        "block_myoverview_user_sort_preference": Preference(
            "title", ("title", "lastaccessed", "shortname"), Who.SELF, Kind.TEXT
        ),
        "block_myoverview_user_view_preference": Preference(
            "card", ("card", "list", "summary"), Who.SELF, Kind.TEXT
        ),
        "block_myoverview_user_paging_preference": Preference(
            "12", ("0", "12", "24", "48", "96"), Who.SELF
        ),
        "block_timeline_user_filter_preference": Preference(
            "next7days",
            ("all", "overdue", "next7days", "next30days", "next3months", "next6months"),
            Who.SELF,
            Kind.TEXT,
        ),
        "block_timeline_user_sort_preference": Preference(
            "sortbydates", ("sortbydates", "sortbycourses"), Who.SELF, Kind.TEXT
        ),
        "drawer-open-index": Preference("1", _SWITCH, Who.SELF, Kind.BOOL),
        "drawer-open-block": Preference("0", _SWITCH, Who.SELF, Kind.BOOL),
        "block_timeline_user_limit_preference": Preference("5", ("5", "10", "25"), Who.SELF),
    }
)

# A course that a user hid on the dashboard.
_HIDDEN_COURSE = re.compile("block_myoverview_hidden_course_[0-9]+")
_HIDDEN = Preference("0", _SWITCH, Who.SELF)


def find(name: str) -> Preference | None:
    """Return what is known of a preference, None for a name that is not one."""
    return KNOWN.get(name) or (_HIDDEN if _HIDDEN_COURSE.fullmatch(name) else None)


def _whole_number(value: str) -> str:
    return str(whole_number(value))


def _switch(value: str) -> str:
    return "0" if value in {"", "0"} or value.lower() in {"off", "no", "false"} else "1"


def _as_it_is(value: str) -> str:
    return value


_REPAIRS = {Kind.INT: _whole_number, Kind.BOOL: _switch, Kind.TEXT: _as_it_is}
