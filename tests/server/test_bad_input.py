"""What hostile or broken clients send ends in the documented error, and nothing is written."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier
from urllib.parse import urlencode

import pytest

from coursewire.server.asgi import REST_PATH
from coursewire.server.guard import Guard
from coursewire.server.protocol import guarded
from coursewire.store import groups, users
from tests.support import making
from tests.support.listening import listening
from tests.support.sites import TestSite
from tests.support.sizes import size
from tests.support.web import FORM, Web

RACERS = 32
ROUNDS = size(3, 20)
MAKE = b"&wsfunction=core_group_create_groups&moodlewsrestformat=json"
GROUP = b"&groups[0][courseid]=%d&groups[0][name]=%b&groups[0][description]="
INVALID = ("core\\exception\\invalid_parameter_exception", "invalidparameter")
# What is sent in the place of a group, and the errorcode; `%d` is the course.
BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "invalidparameter"),
    "a text for the list": (b"&groups=x", "invalidparameter"),
    "a text for the item": (b"&groups[0]=x", "invalidparameter"),
    "a list for the text": (
        b"&groups[0][courseid]=%d&groups[0][name][]=a&groups[0][description]=",
        "invalidparameter",
    ),
    "a word for the number": (
        b"&groups[0][courseid]=word&groups[0][name]=a&groups[0][description]=",
        "invalidparameter",
    ),
    "a number of 20 digits": (
        b"&groups[0][courseid]=99999999999999999999&groups[0][name]=a&groups[0][description]=",
        "invalidparameter",
    ),
    "a field that is not there": (GROUP % (0, b"a") + b"&groups[0][id]=7", "invalidparameter"),
    "a parameter that is not there": (b"&group=1", "invalidparameter"),
    "bytes that are no UTF-8": (GROUP % (0, b"%ff%fe"), "invalidparameter"),
    "a cut sequence of UTF-8": (GROUP % (0, b"%c3"), "invalidparameter"),
    "a course that is not there": (GROUP % (99_999, b"a"), "errorcoursecontextnotvalid"),
    "brackets that do not close": (b"&groups[0[courseid]=1&groups[0][name=a", "invalidparameter"),
    "percent signs of nothing": (b"&%zz=%&groups%5B0%5D%5B=%", "invalidparameter"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_forms_write_nothing(web: Web, site: TestSite, name: str) -> None:
    course = making.course(site, "c")
    fields, errorcode = BAD[name]
    body = b"wstoken=" + web.token().encode() + MAKE + fields.replace(b"%d", b"%d" % course)
    answer = web.request(body=body)
    assert answer.status == 200
    assert answer.error[1] == errorcode
    assert list(answer.json)[:3] == ["exception", "errorcode", "message"]
    assert groups.of_course(site.session, course) == []


@pytest.mark.parametrize("value", [b"%00", b"a%00b", b"%ff", b"%ed%a0%80", b"a" * 100_000])
@pytest.mark.parametrize("field", [b"wstoken", b"wsfunction"])
def test_in_7_no_byte_in_token_or_function_is_an_incident(
    web: Web, field: bytes, value: bytes
) -> None:
    known = {b"wstoken": web.token().encode(), b"wsfunction": b"core_webservice_get_site_info"}
    known[field] = value
    form = b"&".join(b"%b=%b" % pair for pair in known.items())
    answer = web.request(query=b"moodlewsrestformat=json", body=form)
    assert answer.status == 200
    assert answer.error[1] in {"invalidtoken", "invalidrecordunknown"}


def test_nul_in_a_text_does_not_reach_the_database(web: Web, site: TestSite) -> None:
    course = making.course(site, "c")
    body = b"wstoken=" + web.token().encode() + MAKE + GROUP % (course, b"a%00b")
    answer = web.request(body=body).json
    stored = [group.name for group in groups.of_course(site.session, course)]
    assert "\0" not in "".join(stored)
    assert len(stored) == (isinstance(answer, list))


def test_dur_5_of_many_requests_for_one_user_name_one_wins(web: Web, site: TestSite) -> None:
    token = web.token()
    start = Barrier(RACERS)

    def create(number: int, round_: int) -> str:
        user = {
            "username": f"ann{round_}",
            "password": "Sunny-Day-7!",
            "firstname": "Ann",
            "lastname": "Person",
            "email": f"ann{round_}.{number}@school.example",
        }
        form = {
            "wstoken": token,
            "wsfunction": "core_user_create_users",
            "moodlewsrestformat": "json",
            **{f"users[0][{key}]": value for key, value in user.items()},
        }
        connection = HTTPConnection("127.0.0.1", port, timeout=120)
        start.wait(60)
        connection.request("POST", REST_PATH, urlencode(form), {"Content-Type": FORM})
        answer = json.loads(connection.getresponse().read())
        connection.close()
        return (
            "made" if isinstance(answer, list) else f"{answer['exception']} {answer['errorcode']}"
        )

    with (
        listening(web.server, http=guarded(Guard())) as port,
        ThreadPoolExecutor(RACERS) as racers,
    ):
        for round_ in range(ROUNDS):
            found = Counter(racers.map(lambda number, r=round_: create(number, r), range(RACERS)))
            refused = {" ".join(INVALID): RACERS - 1}
            assert found == {"made": 1, **refused}
            assert users.by_username(site.session, f"ann{round_}") is not None
