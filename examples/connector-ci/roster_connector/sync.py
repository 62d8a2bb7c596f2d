"""Bringing a roster into Moodle: people, enrolments, groups, members; twice changes nothing."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from coursewire import Moodle, MoodleError, SiteUnavailable, UnexpectedAnswer

from roster_connector.roster import Row

STUDENT = 5
TRIES = 4


class UnknownCourse(LookupError):
    """The roster names a course that the site does not have."""


@dataclass
class Report:
    """What was new."""

    users: int = 0
    groups: int = 0
    members: int = 0


class Sync:
    """One run against one site; failures that pass are met by trying again."""

    def __init__(self, moodle: Moodle, wait: Callable[[float], None] = time.sleep) -> None:
        self._moodle = moodle
        self._wait = wait

    def run(self, rows: Sequence[Row]) -> Report:
        """Bring all rows in."""
        report = Report()
        courses = self._courses({row.course for row in rows})
        users = self._users(rows, report)
        self._enrol(rows, courses, users)
        groups = self._groups(rows, courses, report)
        self._members(rows, users, groups, report)
        return report

    def _courses(self, names: set[str]) -> dict[str, int]:
        every = self._ask("core_course_get_courses")
        found = {course["shortname"]: course["id"] for course in every}
        unknown = sorted(names - found.keys())
        if unknown:
            raise UnknownCourse(f"the site has no course {unknown[0]!r}")
        return found

    def _users(self, rows: Sequence[Row], report: Report) -> dict[str, int]:
        found: dict[str, int] = {}
        for row in {row.username: row for row in rows}.values():
            user_id = self._user(row.username)
            if user_id is None:
                user_id = self._create(row)
                report.users += 1
            found[row.username] = user_id
        return found

    def _user(self, username: str) -> int | None:
        criteria = [{"key": "username", "value": username}]
        users = self._ask("core_user_get_users", criteria=criteria)["users"]
        return users[0]["id"] if users else None

    def _create(self, row: Row) -> int:
        new = {
            "username": row.username,
            "firstname": row.firstname,
            "lastname": row.lastname,
            "email": row.email,
            "createpassword": 1,
        }
        try:
            return self._ask("core_user_create_users", users=[new])[0]["id"]
        except (SiteUnavailable, UnexpectedAnswer, MoodleError):
            # The answer may have been lost after the work was done.
            user_id = self._user(row.username)
            if user_id is None:
                raise
            return user_id

    def _enrol(self, rows: Sequence[Row], courses: dict[str, int], users: dict[str, int]) -> None:
        if rows:
            enrolments = [
                {
                    "roleid": STUDENT,
                    "userid": users[row.username],
                    "courseid": courses[row.course],
                }
                for row in rows
            ]
            self._ask("enrol_manual_enrol_users", enrolments=enrolments)

    def _groups(
        self, rows: Sequence[Row], courses: dict[str, int], report: Report
    ) -> dict[tuple[str, str], int]:
        found: dict[tuple[str, str], int] = {}
        for course in sorted({row.course for row in rows if row.group}):
            there = self._ask("core_group_get_course_groups", courseid=courses[course])
            names = {group["name"]: group["id"] for group in there}
            for name in sorted({row.group for row in rows if row.course == course and row.group}):
                if name not in names:
                    new = {"courseid": courses[course], "name": name, "description": ""}
                    names[name] = self._ask("core_group_create_groups", groups=[new])[0]["id"]
                    report.groups += 1
                found[course, name] = names[name]
        return found

    def _members(
        self,
        rows: Sequence[Row],
        users: dict[str, int],
        groups: dict[tuple[str, str], int],
        report: Report,
    ) -> None:
        ids = list(groups.values())
        if not ids:
            return
        there = {
            (each["groupid"], user_id)
            for each in self._ask("core_group_get_group_members", groupids=ids)
            for user_id in each["userids"]
        }
        new = {
            (groups[row.course, row.group], users[row.username]) for row in rows if row.group
        } - there
        if new:
            members = [{"groupid": group, "userid": user} for group, user in sorted(new)]
            self._ask("core_group_add_group_members", members=members)
        report.members = len(new)

    def _ask(self, function: str, **params: Any) -> Any:
        """Call a function, again when the site cannot answer just now."""
        for attempt in range(TRIES):
            try:
                return self._moodle.call_by_name(function, params)
            except SiteUnavailable as error:
                if attempt == TRIES - 1 or (error.may_have_run and "_create_" in function):
                    raise
                self._wait(error.retry_after or 0.05 * 2**attempt)
        raise AssertionError("not reached")
