"""The error codes that functions are known to answer with, and what each of them means.

The list by function (`error_codes.json`) is written from what tests have seen of each function, by
`scripts/error_codes.py`; a function of a plugin is not in it.
"""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

# Every function may answer with these: they come before its body.
ALWAYS: Mapping[str, str] = {
    "invalidtoken": "The token is unknown, revoked, disabled or long expired.",
    "accessexception": "The token, its service or its user may not call the function.",
    "wsaccessuserdeleted": "The token's account was deleted.",
    "wsaccessusersuspended": "The token's account is suspended.",
    "wsaccessuserunconfirmed": "The token's account is not confirmed.",
    "wsaccessuserexpired": "The password of the token's account has expired.",
    "wsaccessusernologin": "The token's account may not log in.",
    "sitemaintenance": "The site is in maintenance mode.",
    "invalidparameter": "A parameter is missing, unknown, of the wrong type or of no use here.",
}
MEANINGS: Mapping[str, str] = {
    "accessdenied": "The caller may not see this.",
    "cannotdeletecourse": "The caller may not delete the course.",
    "cannotmanagegroups": "The caller may not see other people's groups in the course.",
    "cannotmanualctrack": "The activity is not one that people tick off by hand.",
    "cannotmovecategory": "A category cannot go below itself or into one that is not there.",
    "cannotviewcategory": "The caller may not see the category.",
    "cannotviewreport": "The caller may not see somebody else's progress.",
    "canntenrol": "Nobody can enrol themselves in this way now.",
    "categoryidnumbertaken": "Another category has this ID number.",
    "categorynamerequired": "A category needs a name.",
    "categorytoolong": "The name of the category is too long.",
    "codingerror": "A value is of a kind that the function cannot use.",
    "completionnotenabled": "Completion is not tracked for the course or the activity.",
    "courseidnumbertaken": "Another course has this ID number.",
    "coursehidden": "The course is hidden from the caller.",
    "criteriaerror": "This criterion is not known, or the caller may not use it.",
    "dmlwriteexception": "A value does not fit its place in the database.",
    "enddatebeforestartdate": "The course would end before it starts.",
    "err_system": "The state cannot be set by hand.",
    "errorcatcontextnotvalid": "The caller cannot enter the category.",
    "errorcoursecontextnotvalid": "The caller cannot enter the course.",
    "errorinvalidparam": "A value is of no use here; the message names it.",
    "formatnotsupported": "There is no such text format.",
    "guestsarenotallowed": "The guest account may not do this.",
    "idnumbertaken": "Another one of the course has this ID number.",
    "idnumbertoolong": "The ID number is too long.",
    "invalidcoursemodule": "There is no such activity.",
    "invalidrecordunknown": "Something that a parameter names does not exist.",
    "invalidresponse": "What the function did stands, but its answer breaks its own description.",
    "invaliduser": "There is no such user.",
    "invaliduserfield": "Users have no field of this name.",
    "invaliduserid": "There is no user with this number.",
    "keyalreadyset": "A key was given twice.",
    "movecatcontentstoroot": "What is in the category cannot go to the top.",
    "nocriteriaset": "Nothing is set that completes the course.",
    "nofile": "The file is not there.",
    "nopermission": "The caller lacks a capability; the message names it.",
    "nopermissions": "The caller lacks a capability; the message names it.",
    "nopermissiontoviewgrades": "The caller may not see these grades.",
    "nostartdatenoenddate": "A course without a start has no end either.",
    "notenroled": "The caller's progress in the course is not tracked.",
    "notingroup": "The caller shares no group with the person.",
    "requireloginerror": "The course or activity is not open to the caller.",
    "shortnametaken": "Another course has this short name.",
    "unknowcategory": "There is no such category.",
    "unknowncategory": "There is no such category.",
    "unknowncourseidnumber": "There is no course with this number.",
    "useradminodelete": "An administrator's account cannot be deleted.",
    "userdeleted": "The person's account was deleted.",
    "usernotconfirmed": "The person's account is not confirmed.",
    "usernotdeletederror": "The guest's and the caller's own account cannot be deleted.",
    "usernotenroled": "The person's progress in the course is not tracked.",
    "usernotupdateddeleted": "A deleted account cannot be changed.",
    "wsnoinstance": "The course has no enrolment by hand.",
    "wsusercannotassign": "The caller may not give this role here.",
}


@cache
def _known() -> Mapping[str, list[str]]:
    content = (files("coursewire.contracts") / "error_codes.json").read_bytes()
    found: dict[str, list[str]] = json.loads(content)
    return found


def of(function: str) -> dict[str, str]:
    """Return the codes of a function beyond those of all, each with its meaning."""
    return {code: MEANINGS[code] for code in _known().get(function, ())}
