"""The pictures to which answers lead are there, of our own drawing."""

from xml.etree import ElementTree

import pytest

from coursewire.domain import activity_addresses, activity_kinds, user_pictures
from coursewire.text.emoticons import SIGNS, with_emoticons
from tests.support.sites import URL
from tests.support.web import Web

DRAWING = "{http://www.w3.org/2000/svg}svg"
PERSON = "/theme/image.php/boost/core/1/u/f1"


def is_drawing(web: Web, address: str) -> bool:
    answer = web.request("GET", address.removeprefix(URL))
    root = ElementTree.fromstring(answer.body)  # noqa: S314 - ours
    return (answer.status, root.tag) == (200, DRAWING)


@pytest.mark.parametrize("size", ["f1", "f2", "f3"])
def test_people_without_a_picture_have_one(web: Web, size: str) -> None:
    assert is_drawing(web, user_pictures.address(web.site.load(), size))


@pytest.mark.parametrize("module", activity_kinds.KINDS)
def test_every_kind_of_activity_has_one(web: Web, module: str) -> None:
    assert is_drawing(web, activity_addresses.icon(web.site.load(), module))


def test_every_typed_face_has_one(web: Web) -> None:
    for name, sign in SIGNS.items():
        answer = web.request("GET", f"/theme/image.php/boost/core/1/s/{name}")
        assert sign in answer.body.decode()
    shown = with_emoticons("well done :-)", URL)
    assert is_drawing(web, shown.partition('src="')[2].partition('"')[0])


@pytest.mark.parametrize(
    "path", ["/theme/image.php/_s/classic/core/-1/u/f2", "//theme/image.php/boost/core/17/u/f1"]
)
def test_it_is_found_under_other_spellings(web: Web, path: str) -> None:
    assert web.request("GET", path).body == web.request("GET", PERSON).body


@pytest.mark.parametrize(
    "path",
    [
        "/theme/image.php",
        "/theme/image.php/boost/core/1/u/f9",
        "/theme/image.php/boost/core/1/../../u/f1",
        "/theme/image.php/boost/forum/1/other",
        "/theme/image.phpx/boost/core/1/u/f1",
    ],
)
def test_what_is_none_of_them_is_not_there(web: Web, path: str) -> None:
    assert web.request("GET", path).status == 404


def test_out_2_a_picture_runs_nothing_and_may_be_kept(web: Web) -> None:
    answer = web.request("GET", PERSON)
    assert answer.header("content-type") == "image/svg+xml; charset=utf-8"
    assert answer.header("x-content-type-options") == "nosniff"
    assert answer.header("referrer-policy") == "no-referrer"
    assert answer.header("cache-control") == "public, max-age=86400"
    assert answer.header("content-security-policy") == "default-src 'none'; sandbox"
    assert answer.header("access-control-allow-origin") == ""
    head = web.request("HEAD", PERSON)
    assert (head.status, head.body) == (200, b"")
    assert web.request("PUT", PERSON).status == 405
