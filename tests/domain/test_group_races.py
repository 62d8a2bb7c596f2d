"""Groups made at the same moment: one winner, and the losers get the ordinary refusal (DUR-5)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from coursewire.contracts.core_group.groupings import NewGrouping
from coursewire.contracts.core_group.groups import NewGroup
from coursewire.contracts.errors import InvalidParameter, MoodleError, Refusal
from coursewire.domain import group_members, groupings, groups
from coursewire.domain.call import Call
from tests.support.school import Classroom

THREADS = 6
ROUNDS = 4


def race(room: Classroom, work: Callable[[Call, int], object]) -> list[Refusal | None]:
    """Do the same from several sessions at once; what each got instead of success."""
    barrier = Barrier(THREADS)

    def run(number: int) -> Refusal | None:
        with room.site.database.session() as session:
            call = room.site.call(session=session)
            barrier.wait()
            try:
                work(call, number)
            except Refusal as refusal:
                return refusal
            return None

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def losers(outcomes: list[Refusal | None]) -> list[Refusal]:
    lost = [outcome for outcome in outcomes if outcome is not None]
    assert len(lost) == THREADS - 1
    return lost


@pytest.mark.parametrize("number", range(ROUNDS))
def test_a_name_of_a_group_has_one_winner(classroom: Classroom, number: int) -> None:
    def create(call: Call, _: int) -> object:
        new = NewGroup(courseid=classroom.course, name=f"Red {number}", description="")
        return groups.create(call, new)

    assert {type(lost) for lost in losers(race(classroom, create))} == {InvalidParameter}


@pytest.mark.parametrize("number", range(ROUNDS))
def test_an_idnumber_of_a_group_has_one_winner(classroom: Classroom, number: int) -> None:
    def create(call: Call, thread: int) -> object:
        new = NewGroup(
            courseid=classroom.course, name=str(thread), description="", idnumber=f"R{number}"
        )
        return groups.create(call, new)

    lost = losers(race(classroom, create))
    assert {(type(each), each.errorcode) for each in lost} == {(MoodleError, "idnumbertaken")}


def test_a_name_of_a_grouping_has_one_winner(classroom: Classroom) -> None:
    def create(call: Call, _: int) -> object:
        new = NewGrouping(courseid=classroom.course, name="All", description="")
        return groupings.create(call, new)

    assert {type(lost) for lost in losers(race(classroom, create))} == {InvalidParameter}


def test_joining_at_once_is_joining_once(classroom: Classroom) -> None:
    red = classroom.school.group(classroom.course, "Red")

    def join(call: Call, _: int) -> None:
        group_members.add(call, [(red, classroom.ann)])

    assert race(classroom, join) == [None] * THREADS
    assert group_members.of_groups(classroom.call(), [red]) == {red: [classroom.ann]}


def test_calls_on_several_courses_do_not_lock_each_other_out(classroom: Classroom) -> None:
    other = classroom.school.course("BIO")

    def create(call: Call, thread: int) -> object:
        places = [classroom.course, other]
        if thread % 2:
            places.reverse()
        news = [NewGroup(courseid=key, name=f"G{thread}", description="") for key in places]
        return groups.create_many(call, news)

    assert race(classroom, create) == [None] * THREADS
