"""Parameters: what fits becomes a struct, what does not is refused, in Moodle's order."""

from typing import Any

import msgspec
import pytest

from coursewire.contracts.core_group.groups import create_groups
from coursewire.contracts.errors import InvalidParameter
from coursewire.contracts.tree import Object
from coursewire.text.types import Known
from coursewire.wire.form import decode_form
from coursewire.wire.limits import LimitExceeded, Limits
from coursewire.wire.params import compile_params
from tests.wire.schema_functions import (
    Schema,
    make_function,
    many,
    one,
    thing,
)

KNOWN = Known(
    site_url="https://moodle.example.com",
    langs=frozenset({"en"}),
    auths=frozenset({"manual"}),
    themes=frozenset({"boost"}),
    capabilities=frozenset({"moodle/site:config"}),
)
OPTIONAL = {"required": "optional"}
USERS = thing(
    {
        "users": many(
            thing(
                {
                    "id": one("int"),
                    "name": one("text"),
                    "format": one("int", required="default", default="1"),
                    "fields": many(thing({"type": one("alpha"), "value": one("raw")}), **OPTIONAL),
                }
            )
        )
    }
)


def read(keys: dict[str, Schema], arguments: object, limits: Limits | None = None) -> Any:
    function = make_function(thing(keys))
    return compile_params(function, limits or Limits())(arguments, KNOWN)


def value(schema: Schema, sent: object) -> Any:
    """Read one value of such a node."""
    return read({"x": schema}, {"x": sent}).key_0


def refusal(keys: dict[str, Schema], arguments: object) -> str:
    with pytest.raises(InvalidParameter) as caught:
        read(keys, arguments)
    assert caught.value.errorcode == "invalidparameter"
    return caught.value.reason


def test_a_form_becomes_a_struct() -> None:
    form = (
        b"users[7][name]=Ann&users[7][id]=3&users[2][id]=4&users[2][name]=Bob"
        b"&users[2][fields][a][type]=x&users[2][fields][a][value]=%20y"
    )
    params: Any = compile_params(make_function(USERS))(decode_form(form).tree, KNOWN)
    ann, bob = params.key_0
    assert (ann.key_0, ann.key_1, ann.key_2, ann.key_3) == (3, "Ann", 1, msgspec.UNSET)
    assert [(field.key_0, field.key_1) for field in bob.key_3] == [("x", " y")]


def test_json_becomes_the_same_struct() -> None:
    validate = compile_params(make_function(USERS))
    users = [{"id": 3, "name": "Ann", "fields": [{"type": "x", "value": "y"}]}]
    form = (
        b"users[0][id]=3&users[0][name]=Ann"
        b"&users[0][fields][0][type]=x&users[0][fields][0][value]=y"
    )
    assert validate({"users": users}, KNOWN) == validate(decode_form(form).tree, KNOWN)


REFUSED: list[tuple[object, str]] = [
    ({}, "users: the key is missing"),
    ([], "users: the key is missing"),
    ("x", "a single value where an array is expected"),
    (None, "null where an array is expected"),
    ({"users": "5"}, "users: a single value where an array is expected"),
    ({"users": ""}, "users: a single value where an array is expected"),
    ({"users": None}, "users: null where an array is expected"),
    ({"users": {0: "5"}}, "users[0]: a single value where an array is expected"),
    ({"users": [{"id": "1", "name": "a"}, {"id": "x"}]}, "users[1].id: 'x' is not of the type int"),
    ({"users": {9: {"name": "<b>"}}}, "users[0].id: the key is missing"),
    ({"users": [{"id": "1", "name": "<b>"}]}, "users[0].name: the value is not of the type text"),
    (
        {"users": [{"id": "1", "name": {0: "x"}}]},
        "users[0].name: an array where a single value is expected",
    ),
    (
        {"users": [{"id": "1", "name": "a", "fields": {0: {"type": "x"}}}]},
        "users[0].fields[0].value: the key is missing",
    ),
    (
        {"users": [{"id": "1", "name": "a", "format": ""}]},
        "users[0].format: '' is not of the type int",
    ),
    ({"users": [], "z": "1", 0: "2"}, "unexpected keys 'z', 0"),
    ({"users": [{"id": "1", "name": "a", "z": ""}], "y": ""}, "users[0]: unexpected keys 'z'"),
    ({"users": [{"id": "1"}], "z": "1"}, "users[0].name: the key is missing"),
    ({"users": [{"z": "1"}]}, "users[0].id: the key is missing"),
]


@pytest.mark.parametrize(("arguments", "reason"), REFUSED)
def test_the_first_error_in_the_order_of_the_contract_is_told(
    arguments: object, reason: str
) -> None:
    assert refusal(USERS["keys"], arguments) == reason


def test_the_message_does_not_vary() -> None:
    texts = set()
    for arguments, _ in REFUSED:
        with pytest.raises(InvalidParameter) as caught:
            read(USERS["keys"], arguments)
        texts.add(caught.value.message)
    assert len(texts) == 1


def test_long_reasons_are_shortened() -> None:
    reason = refusal({}, {f"key{'x' * 200}{n}": "" for n in range(50)})
    assert len(reason) < 1_000
    assert reason.endswith(" and 40 more")
    assert len(refusal({"a": one("int")}, {"a": "9" * 10_000})) < 200


@pytest.mark.parametrize("kind", ["raw", "text", "alphanum", "email", "username", "raw_trimmed"])
def test_aud_5_values_that_may_be_secret_are_not_told(kind: str) -> None:
    assert "s3cret" not in refusal({"password": one(kind)}, {"password": " s3cret<b>\0"})


NATIVE: list[tuple[str, object, object]] = [
    ("int", "5", 5),
    ("int", 5, 5),
    ("int", True, 1),
    ("int", 5.0, 5),
    ("float", "1e3", 1000.0),
    ("float", 5, 5.0),
    ("float", 1.5, 1.5),
    ("float", True, 1.0),
    ("bool", "0", False),
    ("bool", 1, True),
    ("bool", True, True),
    ("bool", False, False),
    ("bool", 1.0, True),
    ("permission", "-1000", -1000),
    ("permission", -1, -1),
    ("raw", "x", "x"),
    ("raw", 5, "5"),
    ("raw", -1.5, "-1.5"),
    ("raw", 50.0, "50"),
    ("raw", True, "1"),
    ("raw", False, ""),
    ("alpha", False, ""),
    ("lang", "en", "en"),
]


@pytest.mark.parametrize(("kind", "sent", "expected"), NATIVE, ids=repr)
def test_values_get_the_native_kind_of_their_type(
    kind: str, sent: object, expected: object
) -> None:
    found = value(one(kind), sent)
    assert found == expected
    assert type(found) is type(expected)


MISFITS: list[tuple[str, object]] = [
    ("int", False), ("int", 5.5), ("int", 2**63), ("int", 10**5000), ("int", "9223372036854775808"),
    ("int", 1e300), ("float", False), ("float", "x"), ("float", 10**400), ("bool", 2),
    ("bool", -1), ("bool", 0.5), ("bool", "true"), ("permission", 2), ("alpha", 5), ("raw", [])
    , ("raw", {}), ("raw", "\udcff"), ("raw", 2**64), ("int", []), ("bool", {}), ("lang", "xx"),
    ("lang", ["en"]), ("lang", 1), ("username", "A"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "sent"), MISFITS, ids=range(len(MISFITS)))
def test_other_native_values_are_refused(kind: str, sent: object) -> None:
    assert refusal({"x": one(kind)}, {"x": sent}).startswith("x: ")


@pytest.mark.parametrize("kind", ["int", "bool", "float", "raw", "text", "lang", "permission"])
def test_null_passes_where_contract_and_body_take_it(kind: str) -> None:
    assert value(one(kind), None) is None
    refused = refusal({"x": one(kind, allow_null=False)}, {"x": None})
    assert refused == "x: null is not possible here"


def test_null_that_the_body_does_not_take_is_refused() -> None:
    # The real contract of the function admits null by Moodle's rule, its struct does not.
    group = {"courseid": 5, "name": None, "description": ""}
    with pytest.raises(InvalidParameter) as caught:
        compile_params(create_groups)({"groups": [group]}, KNOWN)
    assert caught.value.reason == "groups[0].name: null is not possible here"


def test_null_for_lists_and_structures_passes_only_if_allowed() -> None:
    nullable = {"allow_null": True}
    assert value(many(one("int"), **nullable), None) is None
    assert value(thing({"a": one("int")}, **nullable), None) is None
    assert "null" in refusal({"x": many(one("int"))}, {"x": None})
    assert "null" in refusal({"x": thing({})}, {"x": None})


def test_values_of_any_map_are_a_list() -> None:
    sent = {7: "998", -3: "999", "x": "1000"}
    assert value(many(one("int")), sent) == [998, 999, 1000]
    assert value(many(one("int")), ["1", 2]) == [1, 2]


def test_a_list_of_json_may_stand_for_a_structure_as_in_php() -> None:
    assert value(thing({"a": one("int", **OPTIONAL)}), []).key_0 is msgspec.UNSET
    assert refusal({"x": thing({})}, {"x": ["a"]}) == "x: unexpected keys 0"


def test_absent_defaults_come_from_the_contract() -> None:
    params = read(
        {
            "a": one("int", required="default", default="7"),
            "b": one("raw", required="default", default=None),
            "c": one("raw", **OPTIONAL),
            "d": one("lang", required="default", default="en"),
        },
        {},
    )
    assert (params.key_0, params.key_1, params.key_2, params.key_3) == (
        7, None, msgspec.UNSET, "en",
    )  # fmt: skip


@pytest.mark.parametrize(
    "schema",
    [
        one("alpha", required="default", default="a1"),
        one("lang", required="default", default="xx"),
        many(one("int"), required="default", default=["x"]),
        thing({"a": one("int")}, required="default", default={}),
    ],
)
def test_defaults_are_validated_as_if_they_had_been_sent(schema: Schema) -> None:
    assert refusal({"x": schema}, {}).startswith("x")


def test_defaults_of_lists_that_fit_are_no_obstacle() -> None:
    assert read({"x": many(one("int"), required="default", default=[])}, {}) is not None


def test_in_1_list_items_of_a_call_are_counted_together() -> None:
    keys = {"a": many(many(one("int"))), "b": many(one("int"), **OPTIONAL)}
    limits = Limits(items=6)
    assert read(keys, {"a": [[1, 2], [3]], "b": [4]}, limits)
    with pytest.raises(LimitExceeded) as caught:
        read(keys, {"a": [[1, 2], [3]], "b": [4, 5]}, limits)
    assert caught.value.status == 400


def test_in_1_five_thousand_items_pass() -> None:
    keys = {"ids": many(one("int"))}
    tree = decode_form(b"&".join(b"ids[]=%d" % n for n in range(5_000))).tree
    assert len(read(keys, tree).key_0) == 5_000
    with pytest.raises(LimitExceeded):
        read(keys, {"ids": list(range(5_001))})


def test_a_tree_without_structs_is_no_contract() -> None:
    class Unfilled:
        def parameter_tree(self) -> Object:
            return Object(keys={})

    with pytest.raises(TypeError):
        compile_params(Unfilled())  # type: ignore[arg-type]  # that is the point
