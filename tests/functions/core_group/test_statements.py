"""What creating groups asks of the database: nothing twice, and of many as little as of one."""

from coursewire.contracts.core_group import groups as c
from coursewire.functions.core_group import groups as bodies
from tests.support.school import Classroom
from tests.support.statements import noted


def asked(room: Classroom, *names: str) -> list[str]:
    news = [c.NewGroup(courseid=room.course, name=name, description="") for name in names]
    call = room.call(room.teacher)
    with noted(call.session) as statements:
        bodies.create_groups(call, c.CreateGroups(groups=news))
    return statements


def reads(statements: list[str]) -> list[str]:
    return [statement for statement in statements if statement.startswith("SELECT")]


def test_a_call_commits_once_and_asks_nothing_twice(classroom: Classroom) -> None:
    statements = asked(classroom, "One")
    assert [s for s in statements if s == "COMMIT"] == ["COMMIT"]
    assert len([s for s in statements if s.startswith("BEGIN")]) == 1
    assert len(statements) == len(set(statements))


def test_many_groups_are_checked_by_as_many_statements_as_one(classroom: Classroom) -> None:
    asked(classroom, "First")
    one = asked(classroom, "One")
    many = asked(classroom, *(f"Group {number}" for number in range(50)))
    assert len(reads(many)) == len(reads(one))
    assert len([s for s in many if s.startswith("INSERT INTO audit_records")]) == 1
