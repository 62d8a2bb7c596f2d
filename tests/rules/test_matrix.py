"""AUTHZ-2: each function, role and target has one agreed outcome, and the rules agree with it."""

import pytest

from coursewire.functions.catalogue import BUILT_IN
from tests.rules import matrix, oracle
from tests.rules.line import Line
from tests.rules.samples import SAMPLES
from tests.rules.world import NOBODY, ROLES, VEILED

TABLE = matrix.stored()
ANEW = "agreed? then write it: python -m tests.rules.write_matrix"
# What tells a deleted thing from one that never was, and why it may.
TOLD_APART = {
    "core_group_get_course_user_groups": "functions.md 4.8: a deleted user is told as such",
    "core_user_get_user_preferences": "functions.md 4.8: a deleted user is told as such",
    "gradereport_overview_get_course_grades": "functions.md 4.8: a deleted user is told as such",
    "core_user_update_users": "functions.md 2: usernotupdateddeleted",
    "core_user_get_users_by_field": "functions.md 2: deleted users are not excluded (recorded)",
    "core_user_update_user_preferences": "an unknown user has no place to look for rights in",
    "core_files_upload": "the place of a deleted user stays; nobody else's drafts can be written",
}


@pytest.mark.parametrize("function", SAMPLES)
def test_authz_2_every_cell_is_as_agreed(line: Line, function: str) -> None:
    """What was refused, to whomever, left the database as it was (`writes` names tables)."""
    done = matrix.outcomes(line, function)
    assert matrix.rows(done) == TABLE[function], ANEW
    for cell, outcome in done:
        if outcome.is_refused:
            assert outcome.written == (), cell
        if cell.role in {NOBODY, "authenticated"} and cell.target == "hidden course":
            assert VEILED not in outcome.text, cell


def test_authz_2_the_table_holds_every_function() -> None:
    names = {bound.contract.name for bound in BUILT_IN}
    assert names == set(SAMPLES), "write a good call of each function in tests/rules/samples.py"
    assert names == set(TABLE), ANEW
    for rows in TABLE.values():
        assert all(tuple(row) == ROLES for row in rows.values())


def test_authz_2_reads_write_nothing() -> None:
    reads = {bound.contract.name for bound in BUILT_IN if bound.contract.kind == "read"}
    for function in reads:
        for target, row in TABLE[function].items():
            assert not [line for line in row.values() if "writes" in line], (function, target)


def test_authz_2_nobody_gets_in_and_administrators_get_what_managers_get() -> None:
    for function, rows in TABLE.items():
        for target, row in rows.items():
            assert row[NOBODY] == "refused moodle_exception/invalidtoken", (function, target)
            if row["manager"].startswith("answers"):
                assert row["administrator"].startswith("answers"), (function, target)


def test_authz_2_a_missing_thing_tells_no_more_than_a_deleted_one() -> None:
    different = {
        function
        for function, rows in TABLE.items()
        if "deleted id" in rows and rows["missing id"] != rows["deleted id"]
    }
    assert different == set(TOLD_APART)


@pytest.mark.parametrize("function", oracle.NEEDS)
def test_authz_2_an_independent_model_lets_in_the_same(function: str) -> None:
    for target in oracle.EXISTING:
        row = TABLE[function].get(target, {})
        for role, outcome in row.items():
            if role != NOBODY:
                answered = outcome.startswith("answers") and "warns" not in outcome
                assert answered == oracle.lets_in(function, role, target), (role, target, outcome)


def test_authz_2_the_model_knows_most_functions() -> None:
    """Those it does not know answer everybody, with what each may see."""
    assert len(oracle.NEEDS) >= 45
    assert set(oracle.NEEDS) <= set(TABLE)
