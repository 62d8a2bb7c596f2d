"""IN-6 and IN-3 for parameters: any kind of value in any place, and many of them."""

import time
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from coursewire.contracts.errors import InvalidParameter
from coursewire.wire.params import compile_params
from tests.support.sizes import size
from tests.wire.schema_functions import Schema, function_of, make_function, schemas
from tests.wire.test_params import KNOWN, USERS

SCALARS: st.SearchStrategy[object] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
    | st.sampled_from(["0", "1", "-1", "en", "", " ", "<b>", "\udcff", "9" * 30])
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["users", "id", "name", "fields", "type", "a"]), inner)
    ),
    max_leaves=12,
)


@settings(max_examples=size(1_500, 100_000), deadline=None)
@given(JSON)
def test_in_6_any_arguments_are_read_or_refused(arguments: object) -> None:
    validate = compile_params(make_function(USERS))
    try:
        validate(arguments, KNOWN)
    except InvalidParameter as refused:
        refused.reason.encode("utf-8", "surrogateescape")


def sample(node: Schema) -> object:
    """Return something that may be sent for a node."""
    if node["kind"] == "object":
        return {key: sample(child) for key, child in node["keys"].items()}
    if node["kind"] == "list":
        return {0: sample(node["items"])}
    return {"int": "1", "float": "1.5", "bool": "1", "alpha": "a"}.get(node["param_type"], "")


def spoilt(node: Schema, sent: Any) -> Any:
    """Yield copies of what is sent, each with one value of the wrong kind."""
    if node["kind"] == "single":
        yield {0: "1"}
    elif node["kind"] == "list":
        yield "1"
        for worse in spoilt(node["items"], sent[0]):
            yield {0: worse}
    else:
        yield "1"
        for key, child in node["keys"].items():
            for worse in spoilt(child, sent[key]):
                yield sent | {key: worse}
        yield sent | {"coursewire_no_such_key": "1"}


@pytest.mark.parametrize("name", sorted(schemas()))
def test_in_6_every_parameter_of_every_function_of_the_wrong_kind_is_refused(name: str) -> None:
    parameters = schemas()[name]["parameters"]
    validate = compile_params(function_of(name))
    good = sample(parameters)
    validate(good, KNOWN)
    for arguments in spoilt(parameters, good):
        with pytest.raises(InvalidParameter):
            validate(arguments, KNOWN)


@pytest.mark.alone
def test_in_3_a_large_call_is_read_fast() -> None:
    validate = compile_params(make_function(USERS))
    users = {n: {"id": str(n), "name": f"User {n}", "format": "1"} for n in range(5_000)}
    spent = []
    for _ in range(3):
        start = time.process_time()
        validate({"users": users}, KNOWN)
        spent.append(time.process_time() - start)
    assert min(spent) <= 0.2
