"""Groups made and joined at the same moment: what the lock on the course is for (DUR-5)."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from coursewire.contracts.core_group.groups import NewGroup
from coursewire.contracts.errors import InvalidParameter, Refusal
from coursewire.domain import course_care, group_members, groups
from coursewire.domain.call import Call
from tests.support.school import Classroom

THREADS = 6
# Long enough for the second to come to the place where it has to wait.
MEANWHILE = 0.3


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


def test_the_losers_of_a_name_get_the_ordinary_refusal(classroom: Classroom) -> None:
    def create(call: Call, _: int) -> object:
        new = NewGroup(courseid=classroom.course, name="Red", description="")
        return groups.create(call, new)

    lost = [outcome for outcome in race(classroom, create) if outcome is not None]
    assert [type(outcome) for outcome in lost] == [InvalidParameter] * (THREADS - 1)


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


def test_dur_6_who_has_just_joined_a_group_leaves_it_with_the_course(classroom: Classroom) -> None:
    red = classroom.school.group(classroom.course, "Red")

    def leave() -> bool:
        with classroom.site.database.session() as session:
            call = classroom.site.call(session=session)
            return course_care.unenrol(call, classroom.course, classroom.ann)

    call = classroom.call()
    with ThreadPoolExecutor(1) as pool:
        with call.transaction():
            group_members.add(call, [(red, classroom.ann)])
            coming = pool.submit(leave)
            time.sleep(MEANWHILE)
        assert coming.result(timeout=30)
    assert group_members.of_groups(classroom.call(), [red]) == {}
