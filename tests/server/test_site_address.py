"""Addresses of sites: answers hold them, so the types of answers must admit them."""

import pytest

from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import web

ADDRESSES = [
    "http://localhost:8080",
    "http://10.0.0.1/learn",
    "http://[::1]:8080",
    "https://xn--mnchen-3ya.example/a%20b",
]


@pytest.mark.parametrize("address", ADDRESSES, ids=["name", "IPv4", "IPv6", "xn--"])
def test_a_site_answers_under_its_address(site: TestSite, address: str) -> None:
    making.course(site, "ALG")
    with web(site, url=address) as found:
        token = found.token()
        info = found.call("core_webservice_get_site_info", token).json
        assert info["siteurl"] == address
        assert info["userpictureurl"].startswith(address + "/")
        config = found.call("tool_mobile_get_public_config", token).json
        assert config["launchurl"].startswith(address + "/")
        courses = found.call("core_course_get_courses_by_field", token, field="", value="").json
        assert courses["courses"][0]["courseimage"].startswith(address + "/")
