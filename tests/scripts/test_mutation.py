"""Changes of the code are made one at a time, and what no test notices is told."""

import ast
import signal
import threading
import time
from pathlib import Path

import pytest

from scripts import mutants, mutation
from tests.support import sizes

SOURCE = """
@lru_cache(maxsize=9)
def decide(a: int | None, b: Literal[4]) -> bool:
    if a is None and not b:
        note(b)
        return b + 1 > 3
    if fits(b):
        return True
    if a > 2:  # pragma: no mutate
        return False
    return a < b
"""
CHANGES = [
    "4: a is None and (not b) -> a is None or not b",
    "4: a is None -> a is not None",
    "4: not b -> b",
    "5: note(b) -> pass",
    "6: return b + 1 > 3 -> return None",
    "6: b + 1 > 3 -> b + 1 >= 3",
    "6: b + 1 -> b - 1",
    "6: 3 -> 4",
    "6: 1 -> 2",
    "7: if fits(b): -> if not fits(b):",
    "8: return True -> return None",
    "8: True -> False",
    "10: False -> True",
    "11: return a < b -> return None",
    "11: a < b -> a <= b",
]


def test_every_place_is_changed_once() -> None:
    found = mutants.of(SOURCE)
    assert sorted(each.what for each in found) == sorted(CHANGES)
    whole = ast.unparse(ast.parse(SOURCE))
    assert len({each.source for each in found} - {whole}) == len(CHANGES)


def test_one_place_is_changed_and_no_other() -> None:
    whole = ast.unparse(ast.parse(SOURCE)).splitlines()
    for mutant in mutants.of(SOURCE):
        changed = mutant.source.splitlines()
        assert sum(a != b for a, b in zip(whole, changed, strict=True)) == 1


@pytest.mark.parametrize("area", mutation.AREAS)
def test_areas_name_what_is_there(area: str) -> None:
    modules, tests, _ = mutation.AREAS[area]
    assert all((mutation.ROOT / mutation.PACKAGE / module).is_file() for module in modules)
    assert all((mutation.ROOT / test).exists() for test in tests)


def test_a_part_of_the_night_draws_a_part_of_each_area(monkeypatch: pytest.MonkeyPatch) -> None:
    area = mutation.AREAS["ip"]
    every, of = mutation.drawn(area, None, 1)
    assert len(every) == of
    assert len(mutation.drawn(area, 40, 1)[0]) == 40
    monkeypatch.setattr(sizes, "NIGHT", True)
    monkeypatch.setattr(sizes, "_PART", "20")
    part = mutation.drawn(area, None, 1)
    assert (len(part[0]), part[1]) == (of // 20, of)
    assert part == mutation.drawn(area, None, 1) != mutation.drawn(area, None, 2)


def test_of_a_few_changes_chance_may_miss_more() -> None:
    assert mutation.enough(180, 200, 200)
    assert not mutation.enough(179, 200, 200)
    assert mutation.enough(7, 10, 200)
    assert not mutation.enough(6, 10, 200)


@pytest.mark.slow
def test_tests_that_run_end_with_the_program(tmp_path: Path) -> None:
    slow = tmp_path / "test_slow.py"
    slow.write_text("import time\ndef test_it(): time.sleep(60)\n")
    copies = mutation.Copies(tmp_path, 1)
    threading.Timer(1, copies.stop, (signal.SIGTERM, None)).start()
    begun = time.monotonic()
    with pytest.raises(mutation.Stopped):
        copies.passes([str(slow)], mutation.Area((), ()))
    with pytest.raises(mutation.Stopped):
        copies.passes([str(slow)], mutation.Area((), ()))
    assert time.monotonic() - begun < 30


@pytest.mark.slow
def test_changes_that_the_tests_notice_and_one_that_they_cannot(tmp_path: Path) -> None:
    copies = mutation.Copies(tmp_path, 1)
    area = mutation.Area(("domain/totp.py",), ("tests/domain/test_totp.py",))
    source = (mutation.ROOT / mutation.PACKAGE / "domain/totp.py").read_text()
    assert copies.passes(area.tests, area)
    assert copies.passes(area.tests, area, ("domain/totp.py", f"{source}\nUNUSED = 1\n"))
    assert not copies.passes(area.tests, area, ("domain/totp.py", "raise SystemExit(3)\n"))
    # The copy is whole again.
    assert (tmp_path / "0" / "coursewire" / "domain" / "totp.py").read_text() == source


@pytest.mark.slow
def test_a_change_is_tried_with_the_tests_that_run_its_line(tmp_path: Path) -> None:
    module = "domain/totp.py"
    copies = mutation.Copies(tmp_path, 1)
    area = mutation.Area((module,), ("tests/domain/test_totp.py",))
    covering = copies.covering(area)
    assert covering is not None
    found = mutants.of((mutation.ROOT / mutation.PACKAGE / module).read_text())
    mutant = next(each for each in found if "return" in each.what)
    nearest = covering.tests(module, mutant.line)
    assert all(name.startswith("tests/domain/test_totp.py::test_") for name in nearest)
    assert not copies.passes(nearest, area, (module, mutant.source))
    assert covering.tests(module, 1) == covering.tests("domain/other.py", 9) == []
