"""IN-8: values are bound, never written into statements, for every text of every function."""

import pytest

from coursewire.contracts.tree import Scalar
from coursewire.functions.catalogue import BUILT_IN
from tests.rules import canary, injections
from tests.rules.injections import MARK
from tests.rules.leaves import Path, changed, name_of
from tests.rules.line import Line
from tests.rules.samples import SAMPLES
from tests.rules.test_confusion import FUNCTIONS, parameters
from tests.support.statements import noted

TEXTS = injections.texts()
# Types whose values no quote passes.
_NO_TEXT = frozenset({"int", "float", "bool"})


def places(function: str) -> list[Path]:
    """The paths of the text parameters."""
    return [
        path
        for path, node in parameters(FUNCTIONS[function].parameter_tree())
        if isinstance(node, Scalar) and node.type not in _NO_TEXT
    ]


@pytest.mark.parametrize("function", [name for name in SAMPLES if places(name)])
def test_in_8_no_text_becomes_part_of_a_statement(line: Line, function: str) -> None:
    sample = SAMPLES[function](line.world.aims["own course"])
    with noted(line.session) as statements:
        for path in places(function):
            for value in TEXTS:
                done = line.try_out(function, changed(sample, path, value))
                where = (name_of(path), value)
                assert MARK not in "\n".join(statements), where
                assert canary.WORD not in done.text, where
                assert statements, "nothing was noted"
                statements.clear()
    assert canary.is_well(line.session)


def test_in_8_the_texts_and_places_are_as_many_as_asked_for() -> None:
    assert len(set(TEXTS)) == injections.COUNT
    assert all(MARK in each for each in TEXTS)
    assert sum(len(places(bound.contract.name)) for bound in BUILT_IN) >= 150
