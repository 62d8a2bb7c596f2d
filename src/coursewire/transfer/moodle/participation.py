"""Enrolments, groups and groupings of one course as a Moodle shows them."""

from typing import Any

from coursewire.transfer.moodle.people import People
from coursewire.transfer.moodle.source import Source, name_of, pieces

Entry = dict[str, Any]

# How many participants are asked for at a time, and how many groups.
PAGE = 1_000
PIECE = 100
STANDARD_ROLES = {
    "manager",
    "coursecreator",
    "editingteacher",
    "teacher",
    "student",
    "guest",
    "user",
    "frontpage",
}
ENROLLED = "core_enrol_get_enrolled_users"


class Participation:
    """What is gathered course by course: the sections of a site file about taking part."""

    def __init__(self, source: Source, people: People) -> None:
        self._source = source
        self._people = people
        self.enrolments: list[Entry] = []
        self.role_assignments: list[Entry] = []
        self.groups: list[Entry] = []
        self.groupings: list[Entry] = []
        self._roles: dict[str, str] = {}

    @property
    def roles(self) -> list[Entry]:
        """The roles of this site's own that somebody holds in a course, without capabilities."""
        own = sorted(self._roles.keys() - STANDARD_ROLES)
        self._source.hidden.add(
            "capabilities of roles of the site's own", "no web service tells them", len(own)
        )
        return [
            {"shortname": name, "name": self._roles[name], "assignable_in": ["course"]}
            for name in own
        ]

    def add(self, course: Entry) -> None:
        """Gather one course."""
        number, shortname = int(course["id"]), name_of(course["shortname"])
        self._add_people(number, shortname)
        names = self._add_groups(number, shortname)
        self._add_groupings(number, shortname, names)

    def _add_people(self, number: int, shortname: str) -> None:
        users = self._enrolled(number)
        if not users:
            return
        suspended = self._suspended(number)
        self._people.see(users)
        for user in users:
            name = self._people.name_of(int(user["id"]))
            if name is None:
                continue
            held = {str(role["shortname"]): name_of(role["name"]) for role in user.get("roles", [])}
            self._roles.update(held)
            roles = list(held)
            entry: Entry = {
                "user": name,
                "course": shortname,
                "role": roles[0] if roles else None,
            }
            if int(user["id"]) in suspended:
                entry["status"] = "suspended"
            self.enrolments.append(entry)
            self.role_assignments += [
                {"user": name, "role": role, "course": shortname} for role in roles[1:]
            ]

    def _enrolled(self, number: int) -> list[Entry]:
        users: list[Entry] = []
        while True:
            options = [
                {"name": "limitfrom", "value": str(len(users))},
                {"name": "limitnumber", "value": str(PAGE)},
                {"name": "sortby", "value": "id"},
            ]
            page = self._source.rows(
                "participants of courses", ENROLLED, courseid=number, options=options
            )
            users += page
            if len(page) < PAGE:
                return users

    def _suspended(self, number: int) -> set[int]:
        options = [
            {"name": "onlysuspended", "value": "1"},
            {"name": "userfields", "value": "id"},
        ]
        found = self._source.rows(
            "which enrolments are suspended", ENROLLED, courseid=number, options=options
        )
        return {int(user["id"]) for user in found}

    def _add_groups(self, number: int, shortname: str) -> dict[int, str]:
        found = self._source.rows("groups", "core_group_get_course_groups", courseid=number)
        members: dict[int, list[int]] = {}
        for ids in pieces((int(group["id"]) for group in found), PIECE):
            listed = self._source.rows(
                "members of groups", "core_group_get_group_members", groupids=list(ids)
            )
            members.update({int(one["groupid"]): one["userids"] for one in listed})
        for group in found:
            entry: Entry = {"course": shortname, "name": name_of(group["name"])}
            for field in ("idnumber", "description", "enrolmentkey"):
                if group.get(field):
                    entry[field] = str(group[field])
            if group.get("visibility"):
                entry["visibility"] = int(group["visibility"])
            if group.get("participation") is False:
                entry["participation"] = False
            entry["members"] = self._people.names_of(members.get(int(group["id"]), []))
            self.groups.append(entry)
        return {int(group["id"]): name_of(group["name"]) for group in found}

    def _add_groupings(self, number: int, shortname: str, names: dict[int, str]) -> None:
        found = self._source.rows("groupings", "core_group_get_course_groupings", courseid=number)
        gathered: dict[int, list[str]] = {}
        for ids in pieces((int(grouping["id"]) for grouping in found), PIECE):
            listed = self._source.rows(
                "groups of groupings",
                "core_group_get_groupings",
                groupingids=list(ids),
                returngroups=1,
            )
            for one in listed:
                inside = [names.get(int(group["id"]), "") for group in one.get("groups", [])]
                gathered[int(one["id"])] = sorted(filter(None, inside))
        for grouping in found:
            entry: Entry = {"course": shortname, "name": name_of(grouping["name"])}
            for field in ("idnumber", "description"):
                if grouping.get(field):
                    entry[field] = str(grouping[field])
            entry["groups"] = gathered.get(int(grouping["id"]), [])
            self.groupings.append(entry)
