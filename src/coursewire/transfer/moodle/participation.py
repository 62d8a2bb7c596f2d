"""Enrolments, groups and groupings of one course as a Moodle shows them."""

import re
from typing import Any

from coursewire.transfer.moodle.fitting import Names
from coursewire.transfer.moodle.people import People
from coursewire.transfer.moodle.source import NoAnswer, Source, name_of, pieces

Entry = dict[str, Any]

# How many participants are asked for at a time, and how many where a site cannot tell of so many;
# after so many pages in a row that bring nobody the rest is left out, and after so many courses in
# a row that fail, all others.
PAGE, TENTH, LEAST = 1_000, 10, 10
MISSED, FAILED = 3, 10
# How many groups.
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
ENROLLED, PARTICIPANTS = "core_enrol_get_enrolled_users", "participants of courses"


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
        # Courses that failed since participants of one were told.
        self._failed = 0

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
        number, shortname = int(course["id"]), str(course["called"])
        enrolled = self._add_people(number, shortname)
        names = self._add_groups(number, shortname, enrolled)
        self._add_groupings(number, shortname, names)

    def _add_people(self, number: int, shortname: str) -> set[str]:
        """Add the enrolments; return who is enrolled."""
        users = self._enrolled(number)
        if not users:
            return set()
        enrolled: set[str] = set()
        suspended = self._suspended(number)
        self._people.see(users)
        for user in users:
            name = self._people.name_of(int(user["id"]))
            if name is None or name in enrolled:
                continue
            enrolled.add(name)
            held = {_role_name(role): name_of(role["name"]) for role in user.get("roles", [])}
            self._roles.update(held)
            roles = list(held)
            entry: Entry = {
                "user": name,
                "course": shortname,
                "role": roles[0] if roles else None,
            }
            if suspended is None:
                label = f"{name} in {shortname}"
                self._source.hidden.add_fields("enrolments", label, ["status"])
            elif int(user["id"]) in suspended:
                entry["status"] = "suspended"
            self.enrolments.append(entry)
            self.role_assignments += [
                {"user": name, "role": role, "course": shortname} for role in roles[1:]
            ]
        return enrolled

    def _enrolled(self, number: int) -> list[Entry]:
        """Return the participants; none are asked for where one course after another failed."""
        if self._failed == FAILED:
            self._source.hidden.add(PARTICIPANTS, "not asked for after others failed")
            return []
        users, is_all = self._paged(number)
        if users:
            self._failed = 0
        elif not is_all:
            self._failed += 1
        return list(users.values())

    def _paged(self, number: int) -> tuple[dict[int, Entry], bool]:
        """Return participants by id, and whether the site came to the end of them.

        Fewer are asked for where it cannot tell of many.
        """
        users: dict[int, Entry] = {}
        start, size, missed = 0, PAGE, 0
        while missed < MISSED:
            try:
                page = self._page(number, start, size)
            except NoAnswer as problem:
                if size > LEAST:
                    size //= TENTH
                    continue
                self._source.hidden.add(PARTICIPANTS, f"{problem}, of {size} of them at once")
                missed += 1
                start += size
                continue
            new = {int(user["id"]): user for user in page if int(user["id"]) not in users}
            users |= new
            if _is_last(page, new, size):
                return users, True
            start += size
            # Whether a few whom the token may not see were left out, or nobody comes any more: a
            # page of the whole size tells.
            missed, size = (0, size) if new else (missed + 1, PAGE)
        self._source.hidden.add(PARTICIPANTS, "not asked for behind others without an answer")
        return users, False

    def _page(self, number: int, start: int, size: int) -> list[Entry]:
        options = [
            {"name": "limitfrom", "value": str(start)},
            {"name": "limitnumber", "value": str(size)},
            {"name": "sortby", "value": "id"},
        ]
        found: list[Entry] | None = self._source.attempt(
            PARTICIPANTS, ENROLLED, courseid=number, options=options
        )
        return found or []

    def _suspended(self, number: int) -> set[int] | None:
        """Return whose enrolments are suspended, None where the site does not tell."""
        options = [
            {"name": "onlysuspended", "value": "1"},
            {"name": "userfields", "value": "id"},
        ]
        found: list[Entry] | None = self._source.ask_for(
            "which enrolments are suspended", ENROLLED, courseid=number, options=options
        )
        return None if found is None else {int(user["id"]) for user in found}

    def _add_groups(self, number: int, shortname: str, enrolled: set[str]) -> dict[int, str]:
        found = self._source.rows("groups", "core_group_get_course_groups", courseid=number)
        members: dict[int, list[int]] = {}
        for ids in pieces((int(group["id"]) for group in found), PIECE):
            listed = self._source.rows(
                "members of groups", "core_group_get_group_members", groupids=list(ids)
            )
            members.update({int(one["groupid"]): one["userids"] for one in listed})
        names, idnumbers = Names("group", self._source.hidden), Names("group", self._source.hidden)
        called = {
            int(group["id"]): names.distinct(name_of(group["name"]), int(group["id"]))
            for group in found
        }
        for group in found:
            entry: Entry = {"course": shortname, "name": called[int(group["id"])]}
            if idnumber := idnumbers.free_idnumber(group.get("idnumber")):
                entry["idnumber"] = idnumber
            for field in ("description", "enrolmentkey"):
                if group.get(field):
                    entry[field] = str(group[field])
            if group.get("visibility"):
                entry["visibility"] = int(group["visibility"])
            if group.get("participation") is False:
                entry["participation"] = False
            inside = self._people.names_of(members.get(int(group["id"]), []))
            entry["members"] = [name for name in inside if name in enrolled]
            self._source.hidden.add(
                "members of groups",
                "not among the participants that the token sees",
                len(members.get(int(group["id"]), [])) - len(entry["members"]),
            )
            self.groups.append(entry)
        return called

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
        called = Names("grouping", self._source.hidden)
        idnumbers = Names("grouping", self._source.hidden)
        for grouping in found:
            # Unlike other names, those of groupings come as they were typed.
            name = called.distinct(str(grouping["name"]), int(grouping["id"]))
            entry: Entry = {"course": shortname, "name": name}
            if idnumber := idnumbers.free_idnumber(grouping.get("idnumber")):
                entry["idnumber"] = idnumber
            if grouping.get("description"):
                entry["description"] = str(grouping["description"])
            entry["groups"] = gathered.get(int(grouping["id"]), [])
            self.groupings.append(entry)


def _is_last(page: list[Entry], new: dict[int, Entry], size: int) -> bool:
    """Tell whether nobody comes behind a page; it lacks those whom the token may not see."""
    if not page:
        return size == PAGE
    # A site that begins anew on every page would be asked for ever.
    return not new or (size == PAGE and len(page) < PAGE // 2)


def _role_name(role: Entry) -> str:
    """Return the short name of a role, in the letters that one may have here."""
    return re.sub(r"[^a-z0-9_-]", "_", str(role["shortname"]).lower())
