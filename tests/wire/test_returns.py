"""Answers: what does not fit its contract is refused as a whole, with the place for the log."""

import time
from typing import Annotated, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Struct, UnsetType

from coursewire.contracts.errors import AnswerTooLarge, InvalidResponse
from coursewire.contracts.fields import AlphanumExt, Bool, Int, Lang, Raw, Rule, Written
from coursewire.contracts.function import AnyFunction, Function
from coursewire.contracts.kept import Kept
from coursewire.contracts.tree import Object
from coursewire.text.types import Known
from coursewire.wire import alike
from coursewire.wire.limits import Limits
from coursewire.wire.returns import compile_returns
from tests.support.sizes import size
from tests.wire.schema_functions import Schema, make_function, many, one, thing

KNOWN = Known(site_url="https://moodle.example.com", langs=frozenset({"en"}))


def check(schema: Schema, result: object, limits: Limits | None = None) -> None:
    compile_returns(make_function(returns=schema), limits or Limits())(result, KNOWN)


def reason(schema: Schema, result: object) -> str:
    with pytest.raises(InvalidResponse) as caught:
        check(schema, result)
    assert caught.value.errorcode == "invalidresponse"
    return caught.value.reason


FITTING: list[tuple[str, list[object]]] = [
    ("int", [0, -5, 2**63 - 1, None]),
    ("float", [0.0, 1.5, 7, None]),
    ("bool", [True, False, None]),
    ("permission", [1, -1000, None]),
    ("raw", ["", "é<b>", 5, 1.5, True, None]),
    ("text", ["a < b", "", None]),
    ("alphanum", ["a1", None]),
    ("lang", ["en", "", None]),
    ("username", ["a.b", None]),
]


@pytest.mark.parametrize(("kind", "values"), FITTING)
def test_values_of_their_kind_pass(kind: str, values: list[object]) -> None:
    for value in values:
        check(one(kind), value)
        check(many(one(kind)), [value, value])


MISFITS: list[tuple[str, list[object]]] = [
    ("int", ["5", 5.0, True, 2**63, -(2**63), [], UNSET]),
    ("float", ["1.5", True, float("inf"), float("nan"), 2**63]),
    ("bool", [0, 1, "1"]),
    ("permission", [2, "1", True]),
    ("raw", ["\0", "\udcff", "\uffff", [], {}, float("inf"), 2**63]),
    ("text", ["<b>", 5, True]),
    ("alphanum", ["a b", 1]),
    ("lang", ["fr", 1]),
    ("username", ["A", "a b"]),
]


@pytest.mark.parametrize(("kind", "values"), MISFITS)
def test_other_values_break_the_answer(kind: str, values: list[object]) -> None:
    for value in values:
        assert reason(one(kind), value)
        assert reason(many(one(kind)), [value]).startswith("[0]: ")
    assert reason(one(kind, allow_null=False), None).startswith("null where ")


def test_the_place_is_told() -> None:
    schema = thing({"users": many(thing({"id": one("int"), "name": one("text")}))})
    function = make_function(returns=schema)
    answer: Any = function.returns
    user: Any = function.return_tree().keys["users"].items.struct  # type: ignore[union-attr]
    good, bad = user(key_0=1, key_1="a"), user(key_0=1, key_1="s3cret <b>")
    compile_returns(function)(answer(key_0=[good]), KNOWN)
    with pytest.raises(InvalidResponse) as caught:
        compile_returns(function)(answer(key_0=[good, bad]), KNOWN)
    assert caught.value.reason == "users[1].name: a text of 10 characters is not of the type text"


class Child(Struct, frozen=True, kw_only=True):
    id: Int


class Parent(Struct, frozen=True, kw_only=True):
    id: Int
    name: Raw | UnsetType = UNSET
    count: Int = 3
    child: Child | UnsetType = UNSET
    children: list[Child] | UnsetType = UNSET
    nullable: list[Child] | None = None


PARENT: Any = Function(name="parent", params=Child, returns=Parent, kind="read", summary="")


def test_optional_keys_may_be_missing() -> None:
    compile_returns(PARENT)(Parent(id=1), KNOWN)
    compile_returns(PARENT)(Parent(id=1, name="a", child=Child(id=1), children=[]), KNOWN)


def test_lists_and_structures_may_be_null_only_if_allowed() -> None:
    for schema in (thing({"a": one("int")}), many(one("int"))):
        check(schema | {"allow_null": True}, None)
        assert reason(schema, None).startswith("null where ")


NOTHING: Any = None
UNFIT: list[tuple[object, str]] = [
    (Parent(id=cast("Any", UNSET)), "id: the key is missing"),
    (Parent(id=1, count=cast("Any", UNSET)), "count: the key is missing"),
    (Child(id=1), "a value of the kind Child where Parent is expected"),
    ({"id": 1}, "a value of the kind dict where Parent is expected"),
    (None, "null where Parent is expected"),
    (Parent(id=1, child=NOTHING), "child: null where Child is expected"),
    (Parent(id=1, children=NOTHING), "children: null where list is expected"),
    (
        Parent(id=1, children=cast("Any", (Child(id=1),))),
        "children: a value of the kind tuple where list is expected",
    ),
    (Parent(id=1, children=[Child(id=1), NOTHING]), "children[1]: null where Child is expected"),
    (Parent(id=1, count=cast("Any", "3")), "count: a value of the kind str where int is expected"),
    (Parent(id=1, count=cast("Any", 2.5)), "count: 2.5 where int is expected"),
]


@pytest.mark.parametrize(("result", "expected"), UNFIT, ids=[it[1] for it in UNFIT])
def test_structures_have_their_kind_and_their_keys(result: object, expected: str) -> None:
    with pytest.raises(InvalidResponse) as caught:
        compile_returns(PARENT)(result, KNOWN)
    assert caught.value.reason == expected


ROWS: Any = Function(name="rows", params=Child, returns=list[Parent], kind="read", summary="")


@pytest.mark.parametrize(("result", "expected"), UNFIT, ids=[it[1] for it in UNFIT])
def test_structures_in_lists_are_checked_alike(result: object, expected: str) -> None:
    rows = [Parent(id=1, name="a", children=[]), result, Parent(id=2)]
    with pytest.raises(InvalidResponse) as caught:
        compile_returns(ROWS)(rows, KNOWN)
    dot = "." if ":" in expected and not expected.startswith(("a value", "null")) else ": "
    assert caught.value.reason == f"[1]{dot}{expected}"


def test_texts_are_not_mixed_up_when_many_are_looked_at() -> None:
    check(many(one("text")), ["a < b", "c", None])
    for texts in (["a <", " b"], ["<", "b>"], ["a", "<b>"]):
        assert reason(many(one("text")), texts).endswith("is not of the type text")


CANDIDATES: list[object] = [
    *[
        0,
        1,
        7,
        -5,
        2**63,
        2**63 - 1,
        -(2**63),
        1 - 2**63,
        0.0,
        1.0,
        1.5,
        -0.0,
        float("inf"),
        True,
        False,
        None,
        [],
        UNSET,
    ],
    *[
        "",
        "1",
        "a",
        "a.b",
        "A",
        "a b",
        " a",
        "a ",
        "a |",
        "| a",
        "a\t",
        "é",
        "Ä b",
        "\0",
        "<b>",
        "en",
    ],
]


# Several of a few are often alike.
CELLS = st.lists(st.sampled_from(CANDIDATES), min_size=1, max_size=3, unique_by=repr).flatmap(
    lambda few: st.lists(st.sampled_from(few), min_size=5, max_size=8)
)


class Words(Struct, frozen=True, kw_only=True):
    """A structure whose one key, a text or null, may be missing."""

    value: Raw | UnsetType | None = UNSET


class Numbers(Struct, frozen=True, kw_only=True):
    """The same with a number."""

    value: Int | UnsetType | None = UNSET


def fits(function: AnyFunction, result: object) -> bool:
    try:
        compile_returns(function)(result, KNOWN)
    except InvalidResponse:
        return False
    return True


@settings(max_examples=size(500, 20_000), deadline=None)
@given(
    st.sampled_from(["int", "float", "bool", "raw", "raw_trimmed", "text", "username", "lang"]),
    CELLS,
)
def test_many_values_fit_exactly_if_each_does(kind: str, values: list[object]) -> None:
    alone = make_function(returns=one(kind))
    together = make_function(returns=many(one(kind)))
    assert fits(together, values) == all(fits(alone, value) for value in values)


@settings(max_examples=size(500, 20_000), deadline=None)
@given(CELLS)
def test_many_structures_fit_exactly_if_each_does(values: list[object]) -> None:
    words: Any = Function(name="w", params=Child, returns=list[Words], kind="read", summary="")
    numbers: Any = Function(name="n", params=Child, returns=list[Numbers], kind="read", summary="")
    for function, kind in ((words, Words), (numbers, Numbers)):
        rows = [kind(value=cast("Any", value)) for value in values]
        assert fits(function, rows) == all(fits(function, [row]) for row in rows)


def test_a_function_that_answers_nothing_may_return_anything() -> None:
    check_anything = compile_returns(make_function(returns=None))
    check_anything(object(), KNOWN)


def test_a_default_that_could_not_be_sent_is_found_when_compiling() -> None:
    class Silent(Struct, frozen=True, kw_only=True):
        count: Annotated[int | UnsetType, Rule("int"), Written(1)] = UNSET

    function = Function(name="x", params=Child, returns=Silent, kind="read", summary="")
    with pytest.raises(TypeError, match="has no Python default"):
        compile_returns(function)


def test_a_tree_without_structs_is_no_contract() -> None:
    class Unfilled:
        def return_tree(self) -> Object:
            return Object(keys={})

    with pytest.raises(TypeError):
        compile_returns(Unfilled())  # type: ignore[arg-type]  # that is the point


def test_in_9_more_rows_than_allowed_are_refused_not_cut() -> None:
    limits = Limits(rows=3)
    check(many(one("int")), [1, 2, 3], limits)
    with pytest.raises(AnswerTooLarge) as caught:
        check(many(one("int")), [1, 2, 3, 4], limits)
    assert "3 rows" in caught.value.message


@pytest.mark.alone
def test_large_answers_are_checked_fast() -> None:
    ids = list(range(10_000))
    rows = [Parent(id=n, name="a name", count=n) for n in ids]
    for schema_or_function, result, most in (
        (make_function(returns=many(one("int"))), ids, 0.02),
        (
            Function(name="p", params=Child, returns=list[Parent], kind="read", summary=""),
            rows,
            0.25,
        ),
    ):
        check_answer = compile_returns(schema_or_function)
        spent = []
        for _ in range(3):
            start = time.process_time()
            check_answer(result, KNOWN)
            spent.append(time.process_time() - start)
        assert min(spent) <= most


def test_a_kept_list_is_checked_once_for_each_place_and_site() -> None:
    compiled = compile_returns(make_function(returns=many(one("lang"))), Limits())
    items = Kept(["en"])
    compiled(items, KNOWN)
    # It is promised never to change; that it is not looked at again shows when it does.
    items.append("fr")
    compiled(items, KNOWN)
    elsewhere = compile_returns(make_function(returns=many(one("lang"))), Limits())
    with pytest.raises(InvalidResponse):
        elsewhere(items, KNOWN)
    with pytest.raises(InvalidResponse):
        compiled(items, Known(site_url=KNOWN.site_url, langs=frozenset({"de"})))


def test_a_kept_list_that_does_not_fit_is_never_taken_for_checked() -> None:
    compiled = compile_returns(make_function(returns=many(one("int"))), Limits())
    items = Kept(["x"])
    for _ in range(2):
        with pytest.raises(InvalidResponse):
            compiled(items, KNOWN)


class Shelf(Struct, frozen=True, kw_only=True):
    """A structure of lists, of which some are kept."""

    items: list[Int]


def test_of_kept_and_other_lists_the_first_that_does_not_fit_is_told() -> None:
    shelves: Any = Function(name="s", params=Child, returns=list[Shelf], kind="read", summary="")
    compiled = compile_returns(shelves, Limits(rows=8))
    for long in ([list(range(9))], [Kept(range(9))], [list(range(9)), Kept(range(9))]):
        lists: list[Any] = [[1], [2], ["x"], *long, Kept([3])]
        with pytest.raises(InvalidResponse) as caught:
            compiled([Shelf(items=each) for each in lists], KNOWN)
        assert caught.value.reason.startswith("[2].items[0]: ")
    fitting = [Shelf(items=each) for each in ([1], [], Kept([3]), [2], Kept[int]([]))]
    compiled(fitting, KNOWN)


class Page(Struct, frozen=True, kw_only=True):
    """An answer with a list that is kept."""

    name: AlphanumExt
    lang: Lang | None
    size: Int
    flag: Bool
    tags: list[Int]


PAGE: Any = Function(name="page", params=Child, returns=Page, kind="read", summary="")
SHOWN: Any = Page
VALUES: dict[str, list[object]] = {
    "name": ["a", "b1", "", "a b", None, 1],
    "lang": ["en", "", "fr", None],
    "size": [0, 1, True, 2**63, "1", None],
    "flag": [True, False, 1, None],
    "tags": [Kept([1]), Kept([1, 2]), Kept(["x"]), [1], ["x"], None],
}
SITES = (KNOWN, Known(site_url=KNOWN.site_url, langs=frozenset({"fr"})))


@given(
    answers=st.lists(
        st.tuples(
            st.fixed_dictionaries({k: st.sampled_from(v) for k, v in VALUES.items()}),
            st.sampled_from(SITES),
        ),
        max_size=12,
    )
)
def test_what_was_found_to_fit_changes_no_verdict(
    answers: list[tuple[dict[str, object], Known]],
) -> None:
    """Structures that hold what is kept are remembered; each is judged as if it were the first."""
    remembering = compile_returns(PAGE, Limits())

    def verdict(compiled: Any, values: dict[str, object], known: Known) -> str:
        try:
            compiled(SHOWN(**values), known)
        except InvalidResponse as refused:
            return refused.reason
        return "fits"

    for values, known in answers:
        first = verdict(compile_returns(PAGE, Limits()), values, known)
        assert verdict(remembering, values, known) == first


class Lists(Struct, frozen=True, kw_only=True):
    """An answer of lists alone."""

    tags: list[Int]
    names: list[Raw]


def test_a_structure_of_kept_lists_alone_is_checked() -> None:
    compiled = compile_returns(
        Function(name="lists", params=Child, returns=Lists, kind="read", summary="")
    )
    for _ in range(2):
        compiled(Lists(tags=Kept([1]), names=["a"]), KNOWN)
        with pytest.raises(InvalidResponse):
            compiled(Lists(tags=Kept(cast("Any", ["x"])), names=["a"]), KNOWN)


def test_of_structures_that_fit_a_bounded_number_is_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alike, "_MOST_FIT", 1)
    compiled, tags = compile_returns(PAGE, Limits()), Kept([1])
    for name in ("a", "b", "a", "b"):
        compiled(SHOWN(name=name, lang="en", size=1, flag=True, tags=tags), KNOWN)
    with pytest.raises(InvalidResponse):
        compiled(SHOWN(name="a b", lang="en", size=1, flag=True, tags=tags), KNOWN)
    with pytest.raises(InvalidResponse):
        compiled(SHOWN(name="b", lang="en", size=1, flag=True, tags=Kept(["x"])), KNOWN)
