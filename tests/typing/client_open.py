"""What type checkers must make of the open functions; a marked line must be rejected."""

from typing import Any, assert_type

from coursewire import AsyncMoodle, Moodle, Report
from coursewire.contracts.core_group import groups


def open_calls_are_checked(moodle: Moodle) -> None:
    made = moodle.core_group_create_groups(
        groups=[{"courseid": 2, "name": "Red", "description": ""}]
    )
    assert_type(made, list[dict[str, Any]])
    assert_type(moodle.core_group_delete_groups(groupids=[1]), None)
    moodle.mod_glossary_get_authors(id=1, from_=5, limit=10, options={})
    moodle.core_group_get_groups(groupids=["1"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    moodle.core_group_get_groups()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    moodle.core_group_get_group(groupids=[1])  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    moodle.core_group_create_groups(groups=[{"courseid": 2}])  # type: ignore[typeddict-item]  # pyright: ignore[reportArgumentType]


async def the_async_client_has_the_same(moodle: AsyncMoodle, params: groups.GroupIds) -> None:
    assert_type(await moodle.call(groups.get_groups, params), list[groups.Group])
    assert_type(await moodle.core_group_get_groups(groupids=[1]), list[dict[str, Any]])


def a_batch_knows_the_answers_of_its_function(moodle: Moodle) -> None:
    report = moodle.batch(groups.create_groups, [])
    assert_type(report, Report[list[groups.CreatedGroup]])
    assert_type(report.done[0].answer, list[groups.CreatedGroup])


async def a_batch_by_name_needs_no_annotation(moodle: Moodle, other: AsyncMoodle) -> None:
    report = moodle.batch("core_group_create_groups", [{"courseid": 2}])
    assert_type(report, Report[Any])
    awaited = await other.batch("core_group_create_groups", [{"courseid": 2}])
    assert_type(awaited, Report[Any])
