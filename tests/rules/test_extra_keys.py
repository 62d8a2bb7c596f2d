"""AUTHZ-7: a key that the contract does not name is refused, at every level of every function."""

import random
import string
from collections.abc import Iterator
from typing import Any

import pytest

from coursewire.contracts.errors import InvalidParameter
from coursewire.contracts.tree import List, Node, Object, Scalar
from coursewire.domain.installed import AUTHS, LANGS, THEMES
from coursewire.functions.catalogue import BUILT_IN
from coursewire.text.types import Known
from coursewire.wire.plan import plan_of
from tests.rules.leaves import Path, changed
from tests.rules.line import Line

KNOWN = Known(site_url="https://moodle.example.com", langs=LANGS, auths=AUTHS, themes=THEMES)
# What would be worth having: identity, state, times, hashes, rights.
WANTED = (
    "id", "userid", "courseid", "deleted", "suspended", "confirmed", "policyagreed", "timecreated",
    "timemodified", "firstaccess", "lastaccess", "password_hash", "siteadmin", "console_role",
    "mnethostid", "secret", "picture", "status", "modifierid", "enrolid", "auth", "visible",
    "sortorder", "path", "depth", "component", "roleid", "permission", "__proto__", "__class__",
    "0", "1", "", "ID", "Id", "name ", "wstoken",
)  # fmt: skip
KEYS = 1_000
FUNCTIONS = {bound.contract.name: bound.contract for bound in BUILT_IN}
_VALUES = {"int": "1", "float": "1", "bool": "1", "lang": "en", "timezone": "99"}


def full(node: Node) -> Any:
    """Parameters with everything in them that the contract names, and one item in each list."""
    if isinstance(node, Object):
        return {key: full(inner) for key, inner in node.keys.items()}
    if isinstance(node, List):
        return {0: full(node.items)}
    assert isinstance(node, Scalar)
    return _VALUES.get(node.type, "")


def objects(node: Node, path: Path = ()) -> Iterator[tuple[Path, Object]]:
    """Every object with the path to it."""
    if isinstance(node, Object):
        yield path, node
        for key, inner in node.keys.items():
            yield from objects(inner, (*path, key))
    elif isinstance(node, List):
        yield from objects(node.items, (*path, 0))


def keys(function: str) -> list[str]:
    """The keys to try, the same in every run."""
    chance = random.Random(function)
    letters = string.ascii_lowercase + "_0123456789"
    made_up = ("".join(chance.choices(letters, k=chance.randint(1, 12))) for _ in range(KEYS))
    return [*WANTED, *made_up]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_authz_7_no_extra_key_is_taken_anywhere(function: str) -> None:
    tree = FUNCTIONS[function].parameter_tree()
    read = plan_of(FUNCTIONS[function]).params
    good = full(tree)
    read(good, KNOWN)
    places = list(objects(tree))
    for number, key in enumerate(keys(function)):
        # The worthwhile ones everywhere, the others here and there.
        chosen = places if key in WANTED else [places[number % len(places)]]
        for path, node in chosen:
            if key not in node.keys:
                with pytest.raises(InvalidParameter):
                    read(changed(good, (*path, key), "1"), KNOWN)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_authz_7_what_is_refused_writes_nothing(line: Line, function: str) -> None:
    tree = FUNCTIONS[function].parameter_tree()
    good = full(tree)
    for path, node in objects(tree):
        for key in ("siteadmin", "password_hash"):
            assert key not in node.keys
            done = line.run("administrator", function, changed(good, (*path, key), "1"))
            assert done.refusal == "invalid_parameter_exception/invalidparameter", path
            assert done.written == ()
