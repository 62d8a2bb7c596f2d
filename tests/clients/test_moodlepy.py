"""moodlepy, from the Python package index, works against the server unchanged."""

import httpx
import pytest
from moodle import Moodle, MoodleException  # type: ignore[import-untyped]  # has no types

from tests.clients.conftest import PASSWORD, TOKEN


def rest(address: str) -> str:
    return f"{address}/webservice/rest/server.php"


def test_it_reads_and_writes_with_a_token(address: str) -> None:
    moodle = Moodle(rest(address), TOKEN)
    assert moodle.core.webservice.get_site_info().sitename == "Client School"
    group = {"courseid": 2, "name": "By moodlepy", "description": ""}
    made = moodle("core_group_create_groups", groups=[group])
    listed = moodle("core_group_get_course_groups", courseid=2)
    assert made[0]["id"] in [group["id"] for group in listed]


def test_it_logs_in_by_password(address: str) -> None:
    moodle = Moodle.login(address, "robot", PASSWORD, "connector")
    assert moodle("core_webservice_get_site_info")["username"] == "robot"


def test_it_understands_a_refusal(address: str) -> None:
    with pytest.raises(MoodleException) as refused:
        Moodle(rest(address), "0" * 32)("core_webservice_get_site_info")
    assert refused.value.errorcode == "invalidtoken"


def test_a_learner_lists_courses_and_contents_and_downloads_a_file(address: str) -> None:
    moodle = Moodle.login(address, "sam", PASSWORD, "learner")
    me = moodle("core_webservice_get_site_info")["userid"]
    (course,) = moodle("core_enrol_get_users_courses", userid=me)
    sections = moodle("core_course_get_contents", courseid=course["id"])
    (handout,) = [module for section in sections for module in section["modules"]]
    (file,) = handout["contents"]
    found = httpx.get(f"{file['fileurl']}&token={moodle.token}", timeout=10)
    assert (found.status_code, found.text) == (200, "Words about levers")
