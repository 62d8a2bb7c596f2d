"""AUTHZ-7 for the functions about people: no key that the contract does not name is taken."""

import string
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coursewire.contracts import (
    core_enrol,
    core_webservice,
    enrol_manual,
    enrol_self,
    gradereport_overview,
)
from coursewire.contracts.core_user import preferences, profiles
from coursewire.contracts.core_user import users as accounts
from coursewire.contracts.errors import InvalidParameter
from coursewire.contracts.function import AnyFunction
from coursewire.domain.installed import AUTHS, LANGS, THEMES
from coursewire.text.types import Known
from coursewire.wire.plan import plan_of

KNOWN = Known(site_url="https://moodle.example.com", langs=LANGS, auths=AUTHS, themes=THEMES)
USER = {
    "username": "ann",
    "password": "Rainy-Day-8!",
    "firstname": "Ann",
    "lastname": "Alder",
    "email": "ann@new.example",
}
# What would be worth having: identity, state, times, hashes, rights.
WANTED = (
    "id",
    "deleted",
    "suspended",
    "confirmed",
    "policyagreed",
    "timecreated",
    "timemodified",
    "firstaccess",
    "lastaccess",
    "password_hash",
    "siteadmin",
    "console_role",
    "mnethostid",
    "secret",
    "picture",
    "status",
    "modifierid",
    "enrolid",
)
# A function, parameters that it takes, and the objects in them that could take one key more.
Place = tuple[str | int, ...]
CASES: dict[str, tuple[AnyFunction, dict[str, Any], list[Place]]] = {
    "create_users": (
        accounts.create_users,
        {
            "users": {
                0: {
                    **USER,
                    "customfields": {0: {"type": "x", "value": "1"}},
                    "preferences": {0: {"type": "x", "value": "1"}},
                }
            }
        },
        [(), ("users", 0), ("users", 0, "customfields", 0), ("users", 0, "preferences", 0)],
    ),
    "get_users": (
        profiles.get_users,
        {"criteria": {0: {"key": "id", "value": "1"}}},
        [(), ("criteria", 0)],
    ),
    "enrol_users": (
        enrol_manual.enrol_users,
        {"enrolments": {0: {"roleid": "5", "userid": "3", "courseid": "2"}}},
        [(), ("enrolments", 0)],
    ),
    "update_users": (
        accounts.update_users,
        {
            "users": {
                0: {
                    "id": "3",
                    "customfields": {0: {"type": "x", "value": "1"}},
                    "preferences": {0: {"type": "x", "value": "1"}},
                }
            }
        },
        [(), ("users", 0), ("users", 0, "customfields", 0), ("users", 0, "preferences", 0)],
    ),
    "delete_users": (accounts.delete_users, {"userids": {0: "3"}}, [()]),
    "get_users_by_field": (
        profiles.get_users_by_field,
        {"field": "id", "values": {0: "3"}},
        [()],
    ),
    "get_course_user_profiles": (
        profiles.get_course_user_profiles,
        {"userlist": {0: {"userid": "3", "courseid": "2"}}},
        [(), ("userlist", 0)],
    ),
    "get_user_preferences": (preferences.get_user_preferences, {"userid": "3"}, [()]),
    "set_user_preferences": (
        preferences.set_user_preferences,
        {"preferences": {0: {"name": "htmleditor", "value": "tiny", "userid": "3"}}},
        [(), ("preferences", 0)],
    ),
    "update_user_preferences": (
        preferences.update_user_preferences,
        {"userid": "3", "preferences": {0: {"type": "htmleditor", "value": "tiny"}}},
        [(), ("preferences", 0)],
    ),
    "unenrol_users": (
        enrol_manual.unenrol_users,
        {"enrolments": {0: {"userid": "3", "courseid": "2"}}},
        [(), ("enrolments", 0)],
    ),
    "get_enrolled_users": (
        core_enrol.get_enrolled_users,
        {"courseid": "2", "options": {0: {"name": "onlyactive", "value": "1"}}},
        [(), ("options", 0)],
    ),
    "get_users_courses": (core_enrol.get_users_courses, {"userid": "3"}, [()]),
    "enrol_user": (enrol_self.enrol_user, {"courseid": "2", "password": "x"}, [()]),
    "get_instance_info": (enrol_self.get_instance_info, {"instanceid": "2"}, [()]),
    "get_course_grades": (gradereport_overview.get_course_grades, {"userid": "3"}, [()]),
    "get_site_info": (core_webservice.get_site_info, {}, [()]),
}

VALIDATE = {case: plan_of(function).params for case, (function, _, _) in CASES.items()}


def with_key(parameters: dict[str, Any], place: Place, key: str) -> dict[Any, Any]:
    """Return the parameters with one key more in one of their objects."""
    if not place:
        return {**parameters, key: "1"}
    inner = with_key(parameters[place[0]], place[1:], key)  # type: ignore[index]  # numbers too
    return {**parameters, place[0]: inner}


@pytest.mark.parametrize("case", CASES)
def test_the_parameters_are_taken_as_they_are(case: str) -> None:
    VALIDATE[case](CASES[case][1], KNOWN)


@pytest.mark.parametrize("case", CASES)
@settings(max_examples=1000, deadline=None)
@given(data=st.data(), made_up=st.text(string.ascii_lowercase + "_0123456789", min_size=1))
def test_authz_7_one_key_more_anywhere_is_refused(
    case: str, data: st.DataObject, made_up: str
) -> None:
    function, parameters, places = CASES[case]
    place = data.draw(st.sampled_from(places))
    key = data.draw(st.sampled_from((*WANTED, made_up)))
    if key in known_keys(function, place):
        return
    with pytest.raises(InvalidParameter):
        VALIDATE[case](with_key(parameters, place, key), KNOWN)


def known_keys(function: AnyFunction, place: Place) -> set[str]:
    """The keys that the contract names in a place."""
    node: Any = function.parameter_tree()
    for step in place:
        node = node.items if isinstance(step, int) else node.keys[step]
    return set(node.keys)
