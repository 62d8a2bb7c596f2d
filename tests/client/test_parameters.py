"""How parameters become form fields, and what is refused before anything is sent."""

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coursewire.client._contracts import plan_of, plan_of_name
from coursewire.client._parameters import unchecked_fields
from coursewire.contracts.core_group import groups
from coursewire.contracts.core_user import users
from coursewire.text.types import Known
from coursewire.wire.form import decode_form
from coursewire.wire.params import compile_params
from coursewire.wire.unfit import Unfit

KNOWN = Known(site_url="https://moodle.example.org", auths=frozenset(("manual",)))


def written(name: str, **params: Any) -> list[tuple[str, str]]:
    return [(it.name, it.text) for it in plan_of_name(name).fields(params)]


def test_nested_values_are_written_with_brackets_in_the_order_of_the_contract() -> None:
    new = {"name": "Red", "courseid": 2, "description": "", "participation": True}
    assert written("core_group_create_groups", groups=[new]) == [
        ("groups[0][courseid]", "2"),
        ("groups[0][name]", "Red"),
        ("groups[0][description]", ""),
        ("groups[0][participation]", "1"),
    ]


def test_a_struct_sends_what_differs_from_its_defaults() -> None:
    new = groups.NewGroup(courseid=2, name="Red", description="", visibility=2, idnumber="")
    fields = plan_of(groups.create_groups).fields(groups.CreateGroups(groups=[new]))
    assert [(it.name, it.text) for it in fields] == [
        ("groups[0][courseid]", "2"),
        ("groups[0][name]", "Red"),
        ("groups[0][description]", ""),
        ("groups[0][idnumber]", ""),
        ("groups[0][visibility]", "2"),
    ]


GROUP = {"courseid": 2, "name": "Red", "description": ""}
UNFIT: dict[str, tuple[str, dict[str, Any], str]] = {
    "a missing key": (
        "core_group_create_groups",
        {"groups": [GROUP, {"name": "x", "description": ""}]},
        "groups[1].courseid: the key is missing",
    ),
    "an unknown key": (
        "core_group_create_groups",
        {"groups": [{**GROUP, "colour": "red"}]},
        "groups[0]: unknown keys 'colour'",
    ),
    "an unknown parameter": ("core_group_get_groups", {"groupids": [1], "x": 1}, "unknown keys"),
    "no list": ("core_group_get_groups", {"groupids": 1}, "groupids: a list is expected"),
    "a text for a list": ("core_group_get_groups", {"groupids": "12"}, "a list is expected"),
    "an empty list": ("core_group_get_groups", {"groupids": []}, "cannot carry an empty list"),
    "null": ("core_group_get_groups", {"groupids": [None]}, "cannot carry null"),
    "a list for a number": ("core_group_get_groups", {"groupids": [[1]]}, "the type int"),
    "a fraction for a number": ("core_group_get_groups", {"groupids": [1.5]}, "the type int"),
    "a number too large": ("core_group_get_groups", {"groupids": [2**63]}, "the type int"),
    "a word for a number": ("core_group_get_groups", {"groupids": ["x"]}, "the type int"),
    "a word for a truth value": (
        "core_group_create_groups",
        {"groups": [{**GROUP, "participation": "yes"}]},
        "groups[0].participation: a value of the kind str that does not fit the type bool",
    ),
    "half a character": (
        "core_group_create_groups",
        {"groups": [{**GROUP, "name": "\ud800"}]},
        "half a character",
    ),
    "no structure": ("core_group_create_groups", {"groups": ["Red"]}, "a mapping of keys"),
    "a letter that the type has not": (
        "core_user_get_users_by_field",
        {"field": "e-mail", "values": ["a"]},
        "field: a value of the kind str that does not fit the type alpha",
    ),
}


@pytest.mark.parametrize("name", UNFIT)
def test_what_does_not_fit_the_contract_is_refused_by_its_place(name: str) -> None:
    function, params, says = UNFIT[name]
    with pytest.raises(Unfit) as raised:
        plan_of_name(function).fields(params)
    assert says in raised.value.reason()


def test_an_empty_list_is_left_out_where_it_may_be_absent() -> None:
    assert written("core_course_get_courses", options={"ids": []}) == []
    assert written("core_webservice_get_site_info", serviceshortnames=[]) == []


def test_unchecked_values_are_written_alike() -> None:
    fields = unchecked_fields({"a": [{"b": 1.5}, {"c": True}], "d": {"e": "x"}})
    assert [(it.name, it.text) for it in fields] == [
        ("a[0][b]", "1.5"), ("a[1][c]", "1"), ("d[e]", "x"),
    ]  # fmt: skip
    with pytest.raises(Unfit, match="null"):
        unchecked_fields({"a": None})


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=20)
NEW_USERS = st.builds(
    users.NewUser,
    username=st.text("abcxyz019.@_-", min_size=1, max_size=20),
    firstname=TEXTS.map(lambda text: text.replace("<", "")),
    lastname=st.text("Ææé 'x", min_size=1, max_size=20),
    email=st.just("ann@school.example"),
    password=TEXTS,
    maildisplay=st.integers(0, 2),
)


@given(news=st.lists(NEW_USERS, min_size=1, max_size=4))
def test_what_the_client_writes_the_server_reads_as_the_same_struct(news: Any) -> None:
    params = users.CreateUsers(users=news)
    fields = plan_of(users.create_users).fields(params)
    body = urlencode([(it.name, it.text) for it in fields]).encode()
    read = compile_params(users.create_users)
    assert read(decode_form(body).tree, KNOWN) == params
