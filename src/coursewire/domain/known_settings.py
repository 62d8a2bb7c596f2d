"""Every setting of a site: its name (Moodle's where Moodle has it), its default, its meaning."""

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from coursewire.audit import calls
from coursewire.domain import installed

Value = bool | int | str | tuple[str, ...] | tuple[int, ...]


class Setting(Struct, frozen=True):
    """One setting; the type of its default is its type. An `internal` one is set by its command.

    `least` and `most` are of numbers. Words that begin with `named` name something of the site's
    own, and are chosen beside the `choices`.
    """

    name: str
    default: Value
    summary: str
    choices: tuple[str, ...] | tuple[int, ...] = ()
    named: str = ""
    internal: bool = False
    least: int | None = None
    most: int = 2**31 - 1


# Sizes in bytes may be larger than other numbers.
_LARGEST_SIZE = 2**53
# Days are counted from now on, or back: a hundred years lead nowhere strange.
_MOST_DAYS = 36_500
# More digits than grades are kept with.
_DECIMALS = 5

# Ids of the standard roles on a fresh site.
_TEACHER, _STUDENT, _GUEST, _USER, _FRONTPAGE = 3, 5, 6, 7, 8

# Two digits show the second one in brackets.
_DISPLAYS = (1, 2, 3, 12, 13, 21, 23, 31, 32)
_TOTALS = "Totals with hidden grades: 0 not shown, 1 shown without them, 2 shown with them"
# Those of Moodle, so that a site is written down here as it is there; answers go by most of them,
# and only Moodle's pages by the others.
_IDENTITY = (
    *("email", "idnumber", "institution", "department", "phone1", "phone2"),
    *("username", "city", "country"),
)
_HIDABLE = (
    *("description", "email", "city", "country", "timezone", "firstaccess", "lastaccess"),
    *("suspended", "mycourses", "groups", "lastip", "moodlenetprofile"),
)

_SETTINGS = (
    # Web services
    Setting("enablewebservices", False, "Web services are on", internal=True),
    Setting("webserviceprotocols", (), "The protocols that are on", ("rest",), internal=True),
    Setting("tokenduration", 7_257_600, "Seconds that a token given at log-in is valid", least=0),
    # The site
    Setting("timezone", "Europe/London", "The time zone of the server's users"),
    Setting("lang", "en", "The language of the site", tuple(sorted(installed.LANGS))),
    Setting("country", "", "The country given to users who have none, as two letters"),
    Setting(
        "theme",
        "boost",
        "The name of the theme that site info shows",
        tuple(sorted(installed.THEMES)),
    ),
    Setting("calendartype", "gregorian", "The calendar that site info shows", ("gregorian",)),
    Setting(
        "defaulthomepage",
        1,
        "Where users land: 0 site, 1 dashboard, 2 the user's choice, 3 my courses",
        (0, 1, 2, 3),
    ),
    Setting("maintenance_enabled", False, "Only those allowed during maintenance may call"),
    Setting("sitepolicy", "", "The address of the policy that users must agree to"),
    Setting("contextlocking", False, "Locked places refuse changes"),
    # Accounts
    Setting("siteadmins", (2,), "Ids of the administrators of the site", internal=True),
    Setting("allowaccountssameemail", False, "Accounts may share an e-mail address"),
    Setting("extendedusernamechars", False, "User names may have any characters"),
    Setting("passwordpolicy", True, "Passwords must satisfy the rules below"),
    Setting("minpasswordlength", 8, "Least characters of a password", least=0),
    Setting("minpassworddigits", 1, "Least digits of a password", least=0),
    Setting("minpasswordlower", 1, "Least lower-case letters of a password", least=0),
    Setting("minpasswordupper", 1, "Least upper-case letters of a password", least=0),
    Setting("minpasswordnonalphanum", 1, "Least other characters of a password", least=0),
    Setting(
        "maxconsecutiveidentchars", 0, "Most equal characters in a row; 0 is any number", least=0
    ),
    Setting("authloginviaemail", False, "Users may log in with their e-mail address"),
    Setting("lockoutthreshold", 5, "Failed log-ins that lock an account out; 0 is never", least=0),
    Setting("passwordchangetokendeletion", False, "A new password ends all tokens of a user"),
    Setting(
        "userquota",
        104_857_600,
        "Bytes of private files that a user may have",
        least=0,
        most=_LARGEST_SIZE,
    ),
    Setting(
        "maxbytes",
        0,
        "Most bytes of an uploaded file; 0 is the server's limit",
        least=0,
        most=_LARGEST_SIZE,
    ),
    # What users see of each other
    Setting(
        "showuseridentity",
        ("email",),
        "Fields shown to those who may see identities",
        _IDENTITY,
        named="profile_field_",
    ),
    Setting(
        "hiddenuserfields", (), "Fields hidden from those who may not see hidden ones", _HIDABLE
    ),
    Setting("fullnamedisplay", "language", "Order of names, as in `lastname, firstname`"),
    Setting("profilesforenrolledusersonly", True, "Users without a role show no description"),
    Setting("forceloginforprofiles", True, "Profiles are for users who are logged in"),
    # Roles
    Setting("defaultuserroleid", _USER, "The role that every user has in the whole site"),
    Setting("defaultfrontpageroleid", _FRONTPAGE, "The role of every user in the site course"),
    Setting("guestroleid", _GUEST, "The role of the guest"),
    Setting("notloggedinroleid", _GUEST, "The role of visitors who are not logged in"),
    Setting("gradebookroles", (_STUDENT,), "Roles whose holders are graded"),
    Setting("coursecontact", (_TEACHER,), "Roles whose holders are contacts of their courses"),
    # Courses
    Setting("navsortmycourseshiddenlast", True, "A user's hidden courses come last"),
    Setting(
        "navsortmycoursessort",
        "sortorder",
        "What a user's courses are sorted by",
        ("sortorder", "fullname", "shortname", "idnumber"),
    ),
    Setting("courselistshortnames", False, "Lists of courses show short names as well"),
    Setting(
        "enrol_plugins_enabled",
        ("manual", "guest", "self", "cohort"),
        "Ways to enrol",
        ("manual", "guest", "self", "cohort"),
    ),
    Setting("enrol_self_showhint", False, "A wrong enrolment key is answered with a hint"),
    # Grades
    Setting(
        "grade_displaytype", 1, "How totals are shown: 1 points, 2 percent, 3 letters", _DISPLAYS
    ),
    Setting("grade_decimalpoints", 2, "Decimals of the totals shown", least=0, most=_DECIMALS),
    Setting("grade_report_overview_showrank", False, "A user's rank is shown with each total"),
    Setting("grade_report_overview_showtotalsifcontainhidden", 0, _TOTALS, (0, 1, 2)),
    Setting("grade_report_user_showtotalsifcontainhidden", 0, _TOTALS, (0, 1, 2)),
    Setting(
        "grade_report_user_rangedecimals",
        0,
        "Decimals of the range of a grade item",
        least=0,
        most=_DECIMALS,
    ),
    # Parts of Moodle that site info tells about
    Setting("mobilecssurl", "", "The address of styles for the mobile application"),
    Setting("usecomments", True, "Shown by site info"),
    Setting("usetags", True, "Shown by site info"),
    Setting("enablenotes", True, "Shown by site info"),
    Setting("messaging", True, "Shown by site info"),
    Setting("enableblogs", True, "Shown by site info; users set how they see blogs"),
    Setting("enablecompletion", True, "Courses may track completion"),
    Setting("enablebadges", True, "Shown by site info; users set who sees their badges"),
    Setting("messagingallusers", False, "Shown by site info"),
    Setting("enablecustomreports", True, "Shown by site info"),
    Setting("enableglobalsearch", False, "Shown by site info"),
    Setting("enablecompetencies", True, "Shown by site info"),
    # What of tokens needs care
    Setting(
        "tokenexpiringdays",
        14,
        "A token that ends within so many days is flagged",
        least=0,
        most=_MOST_DAYS,
    ),
    Setting(
        "tokenurgentdays",
        3,
        "A token that ends within so many days is urgent",
        least=0,
        most=_MOST_DAYS,
    ),
    Setting(
        "tokenneveruseddays",
        14,
        "A token without a call so many days after issue is flagged",
        least=0,
        most=_MOST_DAYS,
    ),
    Setting(
        "tokenunuseddays",
        60,
        "A token without a call for so many days is flagged",
        least=0,
        most=_MOST_DAYS,
    ),
    Setting(
        "tokenerrorshare", 20, "A token with more refused calls (%, 24 hours) is flagged", least=0
    ),
    # What is kept
    Setting("callskept", calls.KEPT, "Calls that the call log keeps, the newest ones", least=1000),
    Setting(
        "auditkeptdays",
        0,
        "Days that audit records are kept; 0 is for ever",
        least=0,
        most=_MOST_DAYS,
    ),
    # What caches go by
    Setting("rolesversion", "", "Changes with every change of roles", internal=True),
)

ROLE_SETTINGS = frozenset(
    {"defaultuserroleid", "defaultfrontpageroleid", "guestroleid", "notloggedinroleid"}
    | {"gradebookroles", "coursecontact"}
)
"""Settings that hold ids of roles; site files have the roles' short names there."""

SETTINGS: Mapping[str, Setting] = MappingProxyType({item.name: item for item in _SETTINGS})

# Where each part of the list begins, and what it is about.
AREAS: Mapping[str, str] = MappingProxyType(
    {
        "enablewebservices": "Web services",
        "timezone": "The site",
        "siteadmins": "Accounts",
        "showuseridentity": "Sight of users",
        "defaultuserroleid": "Roles",
        "navsortmycourseshiddenlast": "Courses",
        "grade_displaytype": "Grades",
        "mobilecssurl": "Site info",
        "tokenexpiringdays": "Care of tokens",
        "callskept": "What is kept",
    }
)


def by_area() -> Mapping[str, tuple[Setting, ...]]:
    """Return the settings that people set, by what they are about."""
    found: dict[str, list[Setting]] = {}
    title = ""
    for setting in _SETTINGS:
        title = AREAS.get(setting.name, title)
        if not setting.internal:
            found.setdefault(title, []).append(setting)
    return {name: tuple(some) for name, some in found.items()}
