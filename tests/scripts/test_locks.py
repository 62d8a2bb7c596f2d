"""SUP-1: what the check of the lock files refuses, and that ours pass."""

import tomllib
from collections.abc import Callable

import pytest

from scripts.locks import LOCKS, ROOT, disagreements, main, pins, problems, wanted

# Put together here, so that no file of the repository names an index.
INDEX = "--index" + "-url somewhere\n"
GOOD = """\
alpha==1.2 \\
    --hash=sha256:00
beta-two==2.0 ; python_version < '3.12' \\
    --hash=sha256:11 \\
    --hash=sha256:22
"""


def test_our_locks_pass() -> None:
    assert main([]) == 0


def test_a_good_lock_has_no_problem() -> None:
    assert list(problems("x", ["alpha>=1", "Beta_Two[extra]>=2"], GOOD)) == []


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (lambda text: text.replace("alpha==1.2", "alpha==0.9"), "pins alpha 0.9"),
        (lambda text: text.replace("alpha", "gamma"), "lacks alpha"),
        (lambda text: text.replace("    --hash=sha256:00\n", ""), "no hash for alpha"),
        (lambda text: INDEX + text, "names an index"),
        (lambda text: text + "delta @ https://example.org/d.whl\n", "names an index"),
    ],
    ids=["too old", "not pinned", "no hash", "index", "address"],
)
def test_a_spoilt_lock_is_refused(spoil: Callable[[str], str], expected: str) -> None:
    found = "\n".join(problems("x", ["alpha>=1"], spoil(GOOD)))
    assert expected in found


def test_locks_that_disagree_are_refused() -> None:
    locks = {"dev": GOOD, "server": GOOD.replace("alpha==1.2", "alpha==1.3")}
    assert list(disagreements(locks)) == ["server.lock pins alpha 1.3, dev.lock 1.2"]


def test_every_direct_dependency_is_locked_and_nothing_else_is_named() -> None:
    contents = wanted(tomllib.loads((ROOT / "pyproject.toml").read_text()))
    assert {path.stem for path in LOCKS.glob("*.lock")} == set(contents)
    assert len(pins((LOCKS / "base.lock").read_text())) < len(
        pins((LOCKS / "server.lock").read_text())
    )
