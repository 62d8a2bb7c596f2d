"""The field types: what is exported, and the cleaning rules they name."""

from typing import Annotated

import msgspec
import pytest
from msgspec import Struct

from coursewire.contracts import fields, registry
from coursewire.contracts.fields import (
    NOT_NULL,
    UNSET,
    Bool,
    Int,
    Raw,
    RawValue,
    Rule,
    Unset,
    Written,
)
from coursewire.contracts.tree import List, Node, Object, Scalar, tree_of


def test_what_is_exported_is_exactly_what_is_public() -> None:
    imported = {"Annotated", "JsonValue", "Struct", "TypeVar", "UnsetType"}
    # pytest adds names of its own, which are no identifiers, to packages that bring a plugin.
    names = filter(str.isidentifier, vars(fields))
    public = {name for name in names if not name.startswith("_")} - imported
    assert set(fields.__all__) == public


def rules_of(node: Node) -> set[str]:
    if isinstance(node, Object):
        return set[str]().union(*map(rules_of, node.keys.values()))
    return rules_of(node.items) if isinstance(node, List) else {node.type}


def test_every_rule_that_moodle_uses_has_a_field_type() -> None:
    used: set[str] = set()
    for entry in registry.entries().values():
        used |= rules_of(entry.parameter_tree())
        returned = entry.return_tree()
        used |= set() if returned is None else rules_of(returned)
    named = {
        mark.name
        for field_type in vars(fields).values()
        for mark in getattr(field_type, "__metadata__", ())
        if isinstance(mark, Rule)
    }
    assert used - named == set()


class Sample(Struct, frozen=True, kw_only=True):
    needed: Int
    strict: Annotated[Raw, NOT_NULL] | Unset = UNSET
    maybe: Raw | None = None
    spelled: Annotated[Int, Written("1")] = 1
    any_kind: RawValue | Unset | None = UNSET
    unfilled: Annotated[list[Bool] | Unset, Written([])] = UNSET
    part: "Part | Unset" = UNSET


class Part(Struct, frozen=True, kw_only=True):
    known: Bool = False


def sample_keys() -> dict[str, Node]:
    tree = tree_of(Sample)
    assert isinstance(tree, Object)
    assert tree.struct is Sample
    return dict(tree.keys)


def test_a_field_without_default_is_required() -> None:
    assert sample_keys()["needed"] == Scalar(type="int")


def test_null_can_be_refused() -> None:
    assert sample_keys()["strict"] == Scalar(type="raw", required="optional", allow_null=False)


def test_none_is_told_to_python_code() -> None:
    assert sample_keys()["maybe"] == Scalar(type="raw", required="default", nullable=True)


def test_the_spelling_of_a_default_is_kept_beside_its_value() -> None:
    expected = Scalar(type="int", required="default", default=1, written="1")
    assert sample_keys()["spelled"] == expected


def test_a_value_of_any_kind_is_one_scalar() -> None:
    expected = Scalar(type="raw", required="optional", nullable=True, mixed=True)
    assert sample_keys()["any_kind"] == expected


def test_a_list_can_have_a_default_that_is_never_filled_in() -> None:
    node = sample_keys()["unfilled"]
    assert node == List(items=Scalar(type="bool"), required="default", default=[])
    assert msgspec.json.encode(Sample(needed=1)) == (
        b'{"needed":1,"maybe":null,"spelled":1}'  # and no "unfilled"
    )


def test_a_nested_struct_is_an_object() -> None:
    node = sample_keys()["part"]
    assert isinstance(node, Object)
    assert (node.struct, node.required, node.allow_null) == (Part, "optional", False)


def test_a_python_type_without_a_rule_is_refused() -> None:
    class Untyped(Struct):
        name: str

    with pytest.raises(TypeError, match="is not a field type"):
        tree_of(Untyped)
