"""The deduction agrees with its own model, whatever the circumstances, and stays careful."""

from pathlib import Path

import pytest

from coursewire.doctor.outside import worlds
from coursewire.doctor.outside.causes import BY_NAME, WORKS
from coursewire.doctor.outside.deduction import Observations, deduce, next_probe, outcomes
from coursewire.doctor.outside.worlds import Era
from scripts import doctor_table


@pytest.mark.parametrize("era", ["namespaced", "bare", "old"])
@pytest.mark.parametrize("cause", [*BY_NAME, WORKS])
def test_every_way_of_seeing_a_cause_leads_back_to_it(cause: str, era: Era) -> None:
    found = list(outcomes(cause, era=era))
    assert found
    assert all(cause in deduce(seen) for seen in found)


def test_a_token_that_works_is_never_taken_for_one_that_is_refused() -> None:
    for era in ("namespaced", "bare", "old"):
        for seen in outcomes(WORKS, era=era):
            assert deduce(seen) == (WORKS,)


@pytest.mark.parametrize("cause", BY_NAME)
def test_no_refusal_is_taken_for_a_token_that_works(cause: str) -> None:
    assert all(WORKS not in deduce(seen) for seen in outcomes(cause))


def test_nothing_seen_excludes_nothing() -> None:
    assert deduce(Observations()) == (*BY_NAME, WORKS)


def test_what_no_check_answers_has_no_cause() -> None:
    assert deduce(Observations({"door": "teapot"})) == ()


def test_more_observations_never_add_a_cause() -> None:
    for cause in BY_NAME:
        for seen in outcomes(cause):
            growing, before = Observations(), set(deduce(Observations()))
            for probe, code in seen.answers.items():
                growing = growing.plus(probe, code)
                after = set(deduce(growing))
                assert after <= before
                before = after


@pytest.mark.parametrize("door", sorted({"html", "text", "redirect", "empty", "closed", "ok"}))
def test_no_token_goes_to_what_does_not_answer_as_a_moodle(door: str) -> None:
    probe = next_probe(Observations({"door": door}))
    assert probe in (None, "app")


def test_without_consuming_no_probe_carries_the_token() -> None:
    for world in worlds.everywhere():
        for code in worlds.answers(world, "door"):
            seen = Observations({"door": code})
            probe = next_probe(seen, may_consume=False)
            assert probe in (None, "app")


def test_a_refusal_before_4_0_leaves_the_state_of_the_user_open() -> None:
    answers = {"door": "accessexception", "token": "accessexception", "again": "accessexception"}
    found = deduce(Observations(answers, namespaced=False))  # type: ignore[arg-type]
    assert {"user-suspended", "token-unknown", "token-address", "rest-capability"} <= set(found)


def test_the_tables_of_the_page_are_current() -> None:
    page = Path(doctor_table.PAGE).read_text("utf-8")
    assert doctor_table.rewritten(page) == page, "run python -m scripts.doctor_table"
