"""DUR-5: of all who make, fill or remove a cohort at once, latecomers are told what they are."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from coursewire.contracts.errors import Refusal
from coursewire.domain import category_changes, cohorts, contexts
from coursewire.domain.call import Call
from coursewire.domain.cohorts import NewCohort
from coursewire.store import cohorts as rows
from tests.support import making
from tests.support.calling import run
from tests.support.meanwhile import meanwhile
from tests.support.sites import TestSite

THREADS = 6
EVERYWHERE = {"type": "system", "value": ""}


def race(site: TestSite, work: Callable[[Call], Any]) -> list[Any]:
    """Do the same from several sessions at once; what each got, refusals by their code."""
    barrier = Barrier(THREADS)

    def attempt(_: int) -> Any:
        with site.database.session() as session:
            call = site.call(session=session)
            barrier.wait()
            try:
                return work(call)
            except Refusal as refusal:
                return refusal.errorcode

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(attempt, range(THREADS)))


def made(site: TestSite) -> int:
    call = site.call()
    with call.transaction():
        return cohorts.create(call, NewCohort(name="Ready", idnumber="ready"))


def codes(answers: list[Any]) -> list[str]:
    return sorted(one["warningcode"] for answer in answers for one in answer["warnings"])


def test_an_id_number_is_given_once(site: TestSite) -> None:
    new = {"categorytype": EVERYWHERE, "name": "New", "idnumber": "new"}

    def create(call: Call) -> Any:
        return run(call, "core_cohort_create_cohorts", cohorts=[new])

    answers = race(site, create)
    assert answers.count("invalidparameter") == THREADS - 1
    assert len(cohorts.of_ids(site.call(), [])) == 1


def test_who_joins_at_once_joins_once(site: TestSite) -> None:
    member = {
        "cohorttype": {"type": "id", "value": str(made(site))},
        "usertype": {"type": "id", "value": str(making.user(site, "ann"))},
    }

    def join(call: Call) -> Any:
        return run(call, "core_cohort_add_cohort_members", members=[member])

    assert codes(race(site, join)) == ["3"] * (THREADS - 1)


def test_a_cohort_is_removed_once(site: TestSite) -> None:
    cohort = made(site)

    def remove(call: Call) -> Any:
        return run(call, "core_cohort_delete_cohorts", cohortids=[cohort])

    assert race(site, remove).count("invalidrecordunknown") == THREADS - 1


def test_who_joins_what_is_just_removed_is_told(site: TestSite) -> None:
    cohort = made(site)
    member = {
        "cohorttype": {"type": "idnumber", "value": "ready"},
        "usertype": {"type": "id", "value": str(making.user(site, "ann"))},
    }

    def join(call: Call) -> Any:
        return run(call, "core_cohort_add_cohort_members", members=[member])

    answer = meanwhile(site, lambda call: cohorts.remove(call, cohort), join)
    assert codes([answer]) == ["2"]


@pytest.mark.parametrize("function", ["create", "update"])
def test_a_category_that_is_just_deleted_takes_no_cohort(site: TestSite, function: str) -> None:
    cohort = made(site)
    category = making.category(site, "Science")
    place = {"type": "id", "value": str(category)}
    wanted: dict[str, Any] = {"categorytype": place, "name": "New", "idnumber": "new"}
    if function == "update":
        wanted["id"] = cohort

    def delete(call: Call) -> Any:
        gone = [{"id": category, "recursive": True}]
        return run(call, "core_course_delete_categories", categories=gone)

    def put(call: Call) -> Any:
        return run(call, f"core_cohort_{function}_cohorts", cohorts=[wanted])

    refused = meanwhile(site, delete, put)
    assert isinstance(refused, Refusal)
    assert refused.errorcode == "invalidparameter"
    (left,) = cohorts.of_ids(site.call(), [])
    assert (left.id, left.idnumber) == (cohort, "ready")


@pytest.mark.parametrize("function", ["create", "update"])
@pytest.mark.parametrize("deletion", ["moved", "removed", "deleted"])
def test_a_cohort_that_has_just_come_is_not_missed(
    site: TestSite, function: str, deletion: str
) -> None:
    cohort = made(site)
    category = making.category(site, "Science")
    place = {"type": "id", "value": str(category)}
    wanted: dict[str, Any] = {"categorytype": place, "name": "New", "idnumber": "new"}
    if function == "update":
        wanted["id"] = cohort

    def put(call: Call) -> Any:
        return run(call, f"core_cohort_{function}_cohorts", cohorts=[wanted])

    def delete(call: Call) -> Any:
        if deletion == "removed":
            return category_changes.remove(call, category)
        how = {"recursive": True} if deletion == "deleted" else {"newparent": 1}
        return run(call, "core_course_delete_categories", categories=[{"id": category, **how}])

    refused = meanwhile(site, put, delete)
    assert isinstance(refused, Refusal) == (deletion == "removed")
    there = {one.idnumber: one.context_id for one in cohorts.of_ids(site.call(), [])}
    if deletion == "moved":
        assert there["new"] == making.context(site, contexts.CATEGORY, 1).id
    if deletion == "deleted":
        assert there["new"] == making.context(site, contexts.SYSTEM, 0).id


def test_who_joins_a_cohort_whose_category_goes_is_in_it(site: TestSite) -> None:
    category, user = making.category(site, "Science"), making.user(site, "ann")
    call = site.call()
    with call.transaction():
        cohort = cohorts.create(call, NewCohort(name="Ready", category_id=category))

    def delete(call: Call) -> Any:
        gone = [{"id": category, "recursive": True}]
        return run(call, "core_course_delete_categories", categories=gone)

    meanwhile(site, delete, lambda call: cohorts.add_members(call, cohort, [user]))
    assert rows.has_member(site.session, cohort, user)
    (left,) = cohorts.of_ids(site.call(), [cohort])
    assert left.context_id == making.context(site, contexts.SYSTEM, 0).id
