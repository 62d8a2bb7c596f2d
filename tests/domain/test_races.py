"""DUR-5: of all who try the same at once one wins, and the others are told what latecomers are."""

import multiprocessing
from pathlib import Path

import pytest
from sqlalchemy import func, select

from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.groups import group_members, grouping_groups
from tests.support import making
from tests.support.races import NOTHING_TO_DO, RULES, WON, Ground, Racer, outcome, race
from tests.support.sites import TestSite
from tests.support.sizes import size

PROCESSES, THREADS = 2, 16
ROUNDS = size(20, 200)
# These answer nothing, so the rows tell that there was one winner.
SILENT = {
    "enrolment": user_enrolments,
    "group member": group_members,
    "grouping's group": grouping_groups,
}


def ground(site: TestSite) -> Ground:
    course = making.course(site, "RACE")
    users = [making.user(site, f"person{number}") for number in range(ROUNDS)]
    return Ground(
        course=course,
        service=making.service(site, "race"),
        role=making.role_id(site, "student"),
        users=users,
        groups=[making.group(site, course, f"Group {number}") for number in range(ROUNDS)],
        grouping=making.grouping(site, course, "Grouping"),
    )


@pytest.mark.slow
def test_dur_5_one_wins_and_the_rest_are_latecomers(
    site: TestSite, site_address: str, tmp_path: Path
) -> None:
    ready = ground(site)
    context = multiprocessing.get_context("spawn")
    found = race(
        context,
        PROCESSES,
        lambda: Racer(
            site_address,
            tmp_path,
            ready,
            ROUNDS,
            THREADS,
            context.Barrier(PROCESSES * THREADS),
            context.SimpleQueue(),
        ),
    )
    assert len(found) == len(RULES) * ROUNDS
    for (rule, number), came in found.items():
        late = outcome(site, ready, rule, number, PROCESSES * THREADS)
        assert not late.startswith("broken"), (rule, late)
        if rule in SILENT:
            assert set(came) == {late} == {NOTHING_TO_DO}, (rule, came)
        else:
            assert came.count(WON) == 1, (rule, number, came)
            assert set(came) == {WON, late}, (rule, number, came, late)
    for table in SILENT.values():
        assert site.session.scalar(select(func.count()).select_from(table)) == ROUNDS
