"""IN-6: every parameter of every function in any shape gives an error or a documented answer.

Whatever is raised that is no refusal would be status 500, and fails here.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest

from coursewire.contracts.tree import List, Node, Object
from coursewire.functions.catalogue import BUILT_IN
from coursewire.wire.limits import MEBIBYTE
from tests.rules.leaves import Path, leaves, name_of
from tests.rules.line import Done, Line
from tests.rules.samples import SAMPLES
from tests.rules.world import FARAWAY

Fields = list[tuple[str, str]]
FUNCTIONS = {bound.contract.name: bound.contract for bound in BUILT_IN}
RESERVED = (
    "wstoken", "wsfunction", "moodlewsrestformat", "moodlewssettingraw", "moodlewssettingfilter",
    "moodlewssettingfileurl", "moodlewssettinglang", "moodlewssettingtimezone",
)  # fmt: skip
# Digits fit the most types, so that they get the farthest.
LARGE = "1" * MEBIBYTE
# Whoever reads everything of a place elsewhere is asked for in tests of other rules.
ROLES = ("student", "administrator")


def parameters(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every named place of a function's parameters, lists and objects included."""
    if path:
        yield path, node
    if isinstance(node, Object):
        for key, inner in node.keys.items():
            yield from parameters(inner, (*path, key))
    elif isinstance(node, List):
        yield from parameters(node.items, (*path, 0))


def shapes(path: Path, node: Node) -> Iterator[Fields]:
    """A parameter in the shapes that it should not have, and at the edges of those it should."""
    name = name_of(path)
    if isinstance(node, Object | List):
        yield [(name, "1")]
        yield [(f"{name}[x]", "1")]
    else:
        yield [(f"{name}[]", "1")]
        yield [(f"{name}[a][b]", "1")]
    yield [(name, "1"), (name, "2")]
    yield [(name, "1"), (f"{name}[]", "2"), (name, "3")]
    for value in ("", "\0", "a\0b", "-1", "9" * 19, "9" * 40, "1e400", "\ufffe", "'\"\\<"):
        yield [(name, value)]


def control(line: Line, role: str, function: str) -> Fields:
    """What a request has besides its parameters."""
    return [
        ("wstoken", line.tokens[role]),
        ("wsfunction", function),
        ("moodlewsrestformat", "json"),
    ]


def without(sent: Fields, name: str) -> Fields:
    """The fields without one and what lies in it."""
    return [(key, value) for key, value in sent if key != name and not key.startswith(f"{name}[")]


def good(line: Line, function: str) -> Fields:
    """A good call's parameters as a form."""
    sample = SAMPLES[function](line.world.aims["own course"])
    return [(name_of(path), str(value)) for path, value in leaves(sample)]


def check(done: Done, role: str, sent: Any) -> None:
    assert done.refusal or done.text, sent
    if role == "student" and (done.is_refused or "course" not in done.text):
        assert FARAWAY not in done.text, sent


@pytest.mark.parametrize("function", SAMPLES)
def test_in_6_parameters_of_any_shape(line: Line, function: str) -> None:
    usual = good(line, function)
    for path, node in parameters(FUNCTIONS[function].parameter_tree()):
        rest = without(usual, name_of(path))
        for shape in shapes(path, node):
            for role in ROLES:
                body = urlencode([*control(line, role, function), *rest, *shape]).encode()
                check(line.send(body), role, shape)
        twice = urlencode([(name_of(path), "2")]).encode()
        body = urlencode([*control(line, "student", function), *usual]).encode()
        check(line.send(body, query=twice), "student", twice)


@pytest.mark.parametrize("function", SAMPLES)
def test_in_6_parameters_of_a_mebibyte(line: Line, function: str) -> None:
    usual = good(line, function)
    for path, node in parameters(FUNCTIONS[function].parameter_tree()):
        if isinstance(node, Object | List):
            continue
        rest = without(usual, name_of(path))
        fields = [*control(line, "administrator", function), *rest, (name_of(path), LARGE)]
        check(line.send(urlencode(fields).encode()), "administrator", path)
        over = urlencode([*fields[:-1], (name_of(path), f"{LARGE}1")]).encode()
        assert line.send(over).refusal == "moodle_exception/limitexceeded"


@pytest.mark.parametrize("function", ["core_webservice_get_site_info", "core_group_create_groups"])
@pytest.mark.parametrize("name", RESERVED)
def test_in_6_reserved_parameters_of_any_shape(line: Line, function: str, name: str) -> None:
    usual = [*control(line, "student", function), *good(line, function)]
    (value,) = [found for key, found in usual if key == name] or ["1"]
    rest = without(usual, name)
    for shape in (
        [(f"{name}[]", value)],
        [(f"{name}[a][b]", value)],
        [(name, value), (f"{name}[]", value)],
        *([(name, wrong)] for wrong in ("", "0", "\0", f"{value}\0", f" {value}", LARGE)),
    ):
        done = line.send(urlencode([*rest, *shape]).encode())
        if name in {"wstoken", "wsfunction"}:
            assert done.is_refused, shape
        check(done, "student", shape)
    body = urlencode(usual).encode()
    usually = line.send(body)
    other = urlencode([(name, "0" * 32)]).encode()
    # What the body says wins, so the query changes nothing that the body names.
    if name in {"wstoken", "wsfunction", "moodlewsrestformat"}:
        assert line.send(body, query=other).line == usually.line


def test_in_6_the_last_of_two_tokens_counts(line: Line) -> None:
    """No second token lends its holder's rights to the call of the first."""
    function = "core_webservice_get_site_info"
    for first, second in (("student", "manager"), ("manager", "student")):
        fields = [("wstoken", line.tokens[first]), *control(line, second, function)]
        assert f'"username":"{second}"' in line.send(urlencode(fields).encode()).text
