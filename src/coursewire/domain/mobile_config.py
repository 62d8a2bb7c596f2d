"""What an app may know of the site: by section, and before anybody has logged in.

Settings that a site has here are read from it; the others are what a standard site answers.
"""

from collections.abc import Mapping

from coursewire.domain.call import Call
from coursewire.text.short import format_string

_SITE_CONFIG = "moodle/site:config"
_COLOURS = (
    "#81ecec",
    "#74b9ff",
    "#a29bfe",
    "#dfe6e9",
    "#00b894",
    "#0984e3",
    "#b2bec3",
    "#fdcb6e",
    "#fd79a8",
    "#6c5ce7",
)

# Texts, as in Moodle's tables; the number of sections is a number.
Value = str | int
Section = Mapping[str, Value]

# The same section by another name.
_OTHERWISE: Mapping[str, str] = {"themesettingsadvanced": "themesettings"}

_SECTIONS: Mapping[str, Section] = {
    "frontpagesettings": {
        "fullname": "",
        "shortname": "",
        "summary": "",
        "summaryformat": "0",
        "frontpage": "6",
        "frontpageloggedin": "6",
        "maxcategorydepth": "2",
        "frontpagecourselimit": "200",
        "numsections": 1,
        "newsitems": "3",
        "commentsperpage": "15",
        "defaultfrontpageroleid": "8",
    },
    "sitepolicies": {"sitepolicy": "", "sitepolicyhandler": "", "disableuserimages": "0"},
    "gradessettings": {"mygradesurl": ""},
    "mobileapp": {
        "tool_mobile_forcelogout": "0",
        "tool_mobile_customlangstrings": "",
        "tool_mobile_disabledfeatures": "",
        "tool_mobile_filetypeexclusionlist": "",
        "tool_mobile_custommenuitems": "",
        "tool_mobile_apppolicy": "",
        "tool_mobile_autologinmintimebetweenreq": "360",
        "tool_mobile_autologout": "0",
        "tool_mobile_autologouttime": "86400",
    },
    "calendar": {
        "calendartype": "gregorian",
        "calendar_site_timeformat": "0",
        "calendar_startwday": "1",
        "calendar_adminseesall": "0",
        "calendar_lookahead": "21",
        "calendar_maxevents": "10",
    },
    "coursecolors": {
        f"core_admin_coursecolor{number}": colour for number, colour in enumerate(_COLOURS, start=1)
    },
    "supportcontact": {
        "supportavailability": "1",
        "supportname": "",
        "supportemail": "",
        "supportpage": "",
    },
    "graceperiodsettings": {"coursegraceperiodafter": "0", "coursegraceperiodbefore": "0"},
    "navigation": {"enabledashboard": "1"},
    "themesettings": {"customusermenuitems": ""},
    "locationsettings": {"timezone": "", "forcetimezone": "99"},
    "manageglobalsearch": {
        "searchengine": "simpledb",
        "searchenablecategories": "0",
        "searchdefaultcategory": "core-all",
        "searchhideallcategory": "0",
        "searchmaxtopresults": "3",
        "searchbannerenable": "0",
        "searchbanner": "",
    },
    "privacysettings": {
        "tool_dataprivacy_contactdataprotectionofficer": "0",
        "tool_dataprivacy_showdataretentionsummary": "1",
    },
    "blog": {"useblogassociations": "1", "bloglevel": "4", "blogusecomments": "1"},
}


def settings(call: Call, section: str) -> list[tuple[str, Value]]:
    """Return the settings of a section, of all where it is '', of none where it is unknown."""
    asked = _OTHERWISE.get(section, section)
    names = list(_SECTIONS) if not section else [name for name in _SECTIONS if name == asked]
    found = [pair for name in names for pair in _SECTIONS[name].items()]
    if not call.permissions.may(_SITE_CONFIG, call.site.system):
        found = [pair for pair in found if pair[0] != "defaultfrontpageroleid"]
    return [(name, _value(call, name, standard)) for name, standard in found]


def _value(call: Call, name: str, standard: Value) -> Value:
    if name == "fullname":
        return format_string(call.site.fullname, call.text)
    if name == "shortname":
        return format_string(call.site.shortname, call.text)
    stored = call.site.settings.get(name)
    return (
        str(stored) if isinstance(stored, str | int) and not isinstance(stored, bool) else standard
    )
