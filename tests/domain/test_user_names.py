"""Whole names in the order of the site, and user names as they may be."""

import pytest

from coursewire.contracts.errors import InvalidParameter, MoodleError
from coursewire.domain import user_names
from coursewire.domain.profile_fields import create, find
from coursewire.store import users
from coursewire.store.profile_fields import all_fields
from tests.support import making
from tests.support.refusals import refused, unchanged
from tests.support.sites import TestSite


@pytest.mark.parametrize(
    ("order", "name"),
    [
        ("language", "Ann Alder"),
        ("lastname, firstname", "Alder, Ann"),
        ("firstname middlename lastname", "Ann Mary Alder"),
        ("firstname alternatename lastname", "Ann Alder"),
        ("lastname (lastnamephonetic)", "Alder (OL-der)"),
    ],
)
def test_a_name_is_written_in_the_order_of_the_site(site: TestSite, order: str, name: str) -> None:
    ann = making.user(
        site, "ann", firstname="Ann", lastname="Alder", middlename="Mary", lastnamephonetic="OL-der"
    )
    making.setting(site, "fullnamedisplay", order)
    record = users.get(site.session, ann)
    assert record is not None
    assert user_names.fullname(record, site.load()) == name


@pytest.mark.parametrize(
    ("order", "field", "shows"),
    [
        ("language", "lastname", True),
        ("firstname", "lastname", False),
        ("lastnamephonetic firstname", "lastname", False),
        ("lastname, firstname", "lastname", True),
    ],
)
def test_an_order_shows_the_fields_that_it_names(
    site: TestSite, order: str, field: str, *, shows: bool
) -> None:
    making.setting(site, "fullnamedisplay", order)
    assert user_names.shows(site.load(), field) is shows


@pytest.mark.parametrize("name", ["ann", "a.b-c_d@e", "1"])
def test_plain_user_names_are_taken(site: TestSite, name: str) -> None:
    user_names.require_username(name, site.load())


@pytest.mark.parametrize(
    ("name", "code"),
    [("Ann", "usernamelowercase"), ("a b", "invalidusername"), ("é", "invalidusername")],
)
def test_other_user_names_are_refused(site: TestSite, name: str, code: str) -> None:
    with refused(MoodleError, code):
        user_names.require_username(name, site.load())


def test_a_short_name_of_a_profile_field_stands_only_once(site: TestSite) -> None:
    call = site.call()
    with call.transaction():
        first = create(call, "team", "Team")
        second = create(call, "badge", "Badge", visible=1, required=True)
    fields = all_fields(site.session)
    assert [(field.id, field.visible, field.required) for field in fields] == [
        (first, 2, 0),
        (second, 1, 1),
    ]
    assert find(site.session, "nope") is None
    with unchanged(site.session), refused(InvalidParameter):
        create(site.call(), "team", "Another")
