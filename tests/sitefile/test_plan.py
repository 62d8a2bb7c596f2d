"""A plan says what would change and nothing else; applying it leaves nothing to change."""

from typing import Any

import pytest
import yaml

from coursewire.sitefile.problems import BadSiteFile
from coursewire.sitefile.reading import LISTS
from tests.support.sitefiles import apply, lines
from tests.support.sites import TestSite

SCHOOL = """
site: {fullname: Our School, shortname: os, settings: {maxbytes: 1000, gradebookroles: [student]}}
webservices: {enabled: true, protocols: [rest]}
profile_fields:
- {shortname: team, name: Team}
roles:
- {shortname: reader, name: Reader, capabilities: ['moodle/course:view'], may_assign: [writer],
  assignable_in: [system, course]}
- {shortname: writer, name: Writer}
categories:
- {idnumber: SCI, name: Science}
- {idnumber: BIO, name: Biology, parent: SCI}
users:
- {username: ann, password: Sunny-Day-7!, firstname: Ann, lastname: Ash, email: ann@school.example,
  custom: {team: Red}, preferences: {htmleditor: textarea}}
- {username: bob, password: Sunny-Day-7!, firstname: Bob, lastname: Be, email: bob@school.example}
courses:
- {shortname: ALG, fullname: Algebra, category: SCI, startdate: 1735689600, numsections: 2,
  completion: true, completion_criteria: {self: true, activities: [Essay], grade: 50}}
- {shortname: ZOO, fullname: Zoology, category: BIO, format: weeks}
role_overrides:
- {role: student, capability: 'moodle/course:view', permission: allow, course: ALG}
role_assignments:
- {user: ann, role: reader, system: true}
- {user: ann, role: manager, category: SCI}
enrolments:
- {user: ann, course: ALG, role: student}
- {user: bob, course: ALG, role: teacher, timestart: 1000, status: suspended}
- {user: bob, course: ZOO, role: null}
cohorts:
- {idnumber: CO, name: All, members: [ann]}
self_enrolments:
- {course: ZOO, name: Door, key: Open-1!, cohort: CO, members: [ann]}
groups:
- {course: ALG, name: Red, idnumber: R, members: [ann, bob]}
- {course: ALG, name: Blue, visibility: 3}
groupings:
- {course: ALG, name: Colours, groups: [Red]}
activities:
- {course: ALG, type: forum, name: Talk, groupmode: 1, grouping: Colours}
- {course: ALG, type: folder, name: Papers, files: {a.txt: one, b.txt: two}}
- {course: ALG, type: assign, name: Essay, grade: 20, completion: 1, grades: {ann: 15}}
grade_items:
- {course: ALG, name: Oral, max: 10, grades: {ann: 7.5}}
services:
- {shortname: health, name: Health, enabled: true, functions: [core_webservice_get_site_info],
  authorised_users: [{user: ann, ip_restriction: 127.0.0.1}]}
tokens:
- {name: first, user: ann, service: health, value: 0123456789abcdef0123456789abcdef}
"""

# What is written differently in the file → the lines of the plan.
CHANGES: dict[str, tuple[str, str, list[str]]] = {
    "site name": (
        "fullname: Our School",
        "fullname: Your School",
        ["~ site: fullname 'Our School' → 'Your School'"],
    ),
    "setting": ("maxbytes: 1000", "maxbytes: 2000", ["~ site: settings + maxbytes: 2000"]),
    "setting with roles": (
        "gradebookroles: [student]",
        "gradebookroles: [student, reader]",
        ["~ site: settings + gradebookroles: student, reader"],
    ),
    "lock-out": (
        "shortname: os,",
        "shortname: os, lockout_threshold: 0,",
        ["~ site: lockout_threshold 5 → 0"],
    ),
    "administrators": (
        "shortname: os,",
        "shortname: os, administrators: [admin, ann],",
        ["~ site: administrators admin → admin, ann"],
    ),
    "web services": (
        "{enabled: true, protocols: [rest]}",
        "{enabled: false, protocols: []}",
        ["~ webservices: enabled true → false; protocols rest → none"],
    ),
    "profile field": (
        "name: Team}",
        "name: Group, visible: 0}",
        ["~ profile_fields team: name Team → Group; visible 2 → 0"],
    ),
    "role": (
        "name: Reader, capabilities: ['moodle/course:view']",
        "name: Looker, capabilities: ['moodle/user:viewdetails']",
        [
            "~ roles reader: name Reader → Looker; "
            "capabilities 'moodle/course:view' → 'moodle/user:viewdetails'"
        ],
    ),
    "role levels": (
        "assignable_in: [system, course]",
        "assignable_in: [module]",
        ["~ roles reader: assignable_in system, course → module"],
    ),
    "roles to give": (
        "may_assign: [writer]",
        "may_assign: [student]",
        ["~ roles reader: may_assign writer → student"],
    ),
    "category": (
        "name: Biology",
        "name: Life, description: <p>All</p>",
        ["~ categories BIO: name Biology → Life; description '' → '<p>All</p>'"],
    ),
    "moved category": (
        "{idnumber: BIO, name: Biology, parent: SCI}",
        "{idnumber: BIO, name: Biology}",
        ["~ categories BIO: parent SCI → ''"],
    ),
    "user": (
        "firstname: Ann, lastname: Ash",
        "firstname: Anna, lastname: Ash, country: GB, suspended: true",
        ["~ users ann: firstname Ann → Anna; suspended false → true; country '' → GB"],
    ),
    "address": (
        "email: ann@school.example",
        "email: Ann@school.example",
        ["~ users ann: email 'ann@school.example' → 'Ann@school.example'"],
    ),
    "profile text": ("{team: Red}", "{team: Blue}", ["~ users ann: custom + team: Blue"]),
    "preference": (
        "{htmleditor: textarea}",
        "{htmleditor: tiny}",
        ["~ users ann: preferences + htmleditor: tiny"],
    ),
    "password": ("password: Sunny-Day-7!", "password: Rainy-Day-8!", []),
    "course": (
        "fullname: Algebra, category: SCI",
        "fullname: Sums, category: BIO, visible: false",
        ["~ courses ALG: fullname Algebra → Sums; category SCI → BIO; visible true → false"],
    ),
    "default category": (
        "fullname: Algebra, category: SCI",
        "fullname: Algebra",
        ["~ courses ALG: category SCI → '/Category 1'"],
    ),
    "sections": ("numsections: 2", "numsections: 4", ["~ courses ALG: numsections 2 → 4"]),
    "format option": (
        "numsections: 2",
        "numsections: 2, format_options: {hiddensections: 0}",
        ["~ courses ALG: format_options + hiddensections: 0"],
    ),
    "course in weeks": (
        "fullname: Zoology, category: BIO, format: weeks",
        "fullname: Zoology, category: BIO, format: weeks, groupmode: 2, startdate: 1000",
        ["~ courses ZOO: startdate 0 → 1000; groupmode 0 → 2"],
    ),
    "criteria": (
        "{self: true, activities: [Essay], grade: 50}",
        "{aggregation: any, activities: [Essay]}",
        [
            "~ courses ALG: completion_criteria self: true, activities: Essay, grade: 50.0 → "
            "aggregation: any, activities: Essay"
        ],
    ),
    "override": (
        "permission: allow",
        "permission: prohibit",
        ["~ role_overrides student moodle/course:view in course ALG: permission allow → prohibit"],
    ),
    "assignment": (
        "- {user: ann, role: reader, system: true}",
        "- {user: ann, role: reader, course: ZOO}",
        ["+ role_assignments ann reader in course ZOO"],
    ),
    "enrolment": (
        "timestart: 1000, status: suspended",
        "timeend: 9000",
        [
            "~ enrolments bob in ALG: timestart 1000 → 0; timeend 0 → 9000; "
            "status suspended → active"
        ],
    ),
    "another role": (
        "- {user: bob, course: ZOO, role: null}",
        "- {user: bob, course: ZOO, role: student}",
        ["~ enrolments bob in ZOO: role none → student"],
    ),
    "cohort": (
        "name: All, members: [ann]",
        "name: Some, visible: false, category: SCI, members: [bob]",
        ["~ cohorts CO: name All → Some; category '' → SCI; visible true → false; members + bob"],
    ),
    "self enrolment": (
        "name: Door, key: Open-1!, cohort: CO, members: [ann]",
        "name: Door, role: teacher, enabled: false, max_enrolled: 3, members: [bob]",
        [
            "~ self_enrolments ZOO/Door: enabled true → false; key 'Open-1!' → none; "
            "role student → teacher; max_enrolled 0 → 3; cohort CO → ''; members + bob"
        ],
    ),
    "group": (
        "idnumber: R, members: [ann, bob]",
        "idnumber: RR, enrolmentkey: Key-1!, members: [ann]",
        ["~ groups ALG/Red: idnumber R → RR; enrolmentkey '' → 'Key-1!'"],
    ),
    "group visibility": (
        "name: Blue, visibility: 3",
        "name: Blue, visibility: 1, members: [ann]",
        [
            "~ groups ALG/Blue: visibility 3 → 1; participation false → true; members + ann",
        ],
    ),
    "grouping": (
        "name: Colours, groups: [Red]",
        "name: Colours, idnumber: C, groups: [Blue]",
        ["~ groupings ALG/Colours: idnumber '' → C; groups + Blue"],
    ),
    "activity": (
        "name: Talk, groupmode: 1, grouping: Colours",
        "name: Talk, visible: false, section: 1, idnumber: T",
        [
            "~ activities ALG/Talk: idnumber '' → T; section 0 → 1; groupmode 1 → 0; "
            "grouping Colours → ''; visible true → false"
        ],
    ),
    "files": (
        "{a.txt: one, b.txt: two}",
        "{a.txt: other, c.txt: three}",
        ["~ activities ALG/Papers: files + a.txt: other, c.txt: three"],
    ),
    "grade of an activity": (
        "grade: 20, completion: 1, grades: {ann: 15}",
        "grade: 30, completion: 1, grades: {ann: 25}",
        ["~ activities ALG/Essay: grade 20 → 30; grades + ann: 25.0"],
    ),
    "grade": (
        "max: 10, grades: {ann: 7.5}",
        "max: 20, hidden: true, grades: {ann: 7.5, bob: 12}",
        ["~ grade_items ALG/Oral: max 10.0 → 20.0; grades + bob: 12.0; hidden false → true"],
    ),
    "service": (
        "name: Health, enabled: true, functions: [core_webservice_get_site_info]",
        "name: Pulse, functions: [core_user_get_users], required_capability: 'moodle/user:create'",
        [
            "~ services health: name Health → Pulse; enabled true → false; "
            "functions 'core_webservice_get_site_info' → 'core_user_get_users'; "
            "required_capability '' → 'moodle/user:create'"
        ],
    ),
    "authorised user": (
        "[{user: ann, ip_restriction: 127.0.0.1}]",
        "[{user: ann, valid_until: 4102444800}, {user: bob}]",
        ["~ services health: authorised_users + ann, bob"],
    ),
    "token": (
        "value: 0123456789abcdef0123456789abcdef",
        "value: 0123456789abcdef0123456789abcdef, ip_restriction: 10.0.0.0/8",
        ["~ tokens first of ann for health: ip_restriction '' → '10.0.0.0/8'"],
    ),
}


def test_the_second_time_nothing_changes(site: TestSite) -> None:
    apply(site, SCHOOL)
    assert lines(site, SCHOOL) == []
    assert apply(site, SCHOOL).plan.changes == ()


# Case by case on one engine; all of them, one upon the other, on both below.
@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize(("before", "after", "expected"), CHANGES.values(), ids=list(CHANGES))
def test_a_change_of_the_file_is_planned_and_applied(
    site: TestSite, before: str, after: str, expected: list[str]
) -> None:
    apply(site, SCHOOL)
    assert SCHOOL.count(before) >= 1
    changed = SCHOOL.replace(before, after, 1)
    assert lines(site, changed) == expected
    apply(site, changed)
    assert lines(site, changed) == []


def test_all_changes_can_be_made_one_upon_the_other(site: TestSite) -> None:
    apply(site, SCHOOL)
    file = SCHOOL
    for before, after, _ in CHANGES.values():
        if before in file:
            file = file.replace(before, after, 1)
            apply(site, file)
            assert lines(site, file) == []
    assert file.count("\n") >= SCHOOL.count("\n")


def test_manual_enrolment_is_closed_and_opened(site: TestSite) -> None:
    closed = "courses: [{shortname: A, fullname: A, manual_enrolment: false}]"
    opened = "courses: [{shortname: A, fullname: A}]"
    apply(site, opened)
    assert lines(site, closed) == ["~ courses A: manual_enrolment true → false"]
    apply(site, closed)
    assert lines(site, opened) == ["~ courses A: manual_enrolment false → true"]
    apply(site, opened)
    assert lines(site, opened) == []


def test_what_the_file_does_not_list_is_left_alone(site: TestSite) -> None:
    apply(site, SCHOOL)
    assert lines(site, "users: []\ncourses:\nservices:\n") == []


PEOPLE = [
    "users",
    "role_assignments",
    "enrolments",
    "cohorts",
    "self_enrolments",
    "groups",
    "groupings",
    "activities",
    "grade_items",
    "services",
    "tokens",
]

# What is pruned → the sections that the file no longer has, and the lines of the plan.
PRUNED: dict[str, tuple[list[str], list[str]]] = {
    "tokens": (["tokens"], ["- tokens first of ann for health"]),
    "services": (["services", "tokens"], ["- services health"]),
    "grade_items": (["grade_items"], ["- grade_items ALG/Oral"]),
    "activities": (
        ["activities", "courses"],
        ["- activities ALG/Essay", "- activities ALG/Papers", "- activities ALG/Talk"],
    ),
    "groupings": (["groupings", "activities"], ["- groupings ALG/Colours"]),
    "groups": (["groups", "groupings"], ["- groups ALG/Blue", "- groups ALG/Red"]),
    "self_enrolments": (["self_enrolments"], ["- self_enrolments ZOO/Door"]),
    "cohorts": (["cohorts", "self_enrolments"], ["- cohorts CO"]),
    "enrolments": (
        ["enrolments", "groups", "groupings", "activities", "grade_items"],
        ["- enrolments bob in ZOO", "- enrolments bob in ALG", "- enrolments ann in ALG"],
    ),
    "role_assignments": (
        ["role_assignments"],
        [
            "- role_assignments ann manager in category SCI",
            "- role_assignments ann reader in system",
        ],
    ),
    "role_overrides": (
        ["role_overrides"],
        ["- role_overrides student moodle/course:view in course ALG"],
    ),
    "courses": (
        ["courses", "role_overrides", "enrolments", *PEOPLE[3:9]],
        ["- courses ZOO", "- courses ALG"],
    ),
    "roles": (["roles", "role_assignments"], ["- roles writer", "- roles reader"]),
    "users": (PEOPLE, ["- users bob", "- users ann"]),
    "profile_fields": (["profile_fields", "users"], ["- profile_fields team"]),
}


def without(sections: list[str]) -> str:
    file: dict[str, Any] = yaml.safe_load(SCHOOL)
    kept = {name: value for name, value in file.items() if name not in sections}
    return str(yaml.safe_dump(kept))


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("kind", list(PRUNED))
def test_pruning_removes_one_kind_and_says_so_first(site: TestSite, kind: str) -> None:
    sections, expected = PRUNED[kind]
    apply(site, SCHOOL)
    file = without(sections)
    assert lines(site, file) == []
    assert lines(site, file, prune=[kind]) == expected
    apply(site, file, prune=[kind])
    assert lines(site, file, prune=[kind]) == []


def test_everything_can_be_pruned_at_once(site: TestSite) -> None:
    apply(site, SCHOOL)
    assert len(lines(site, "", prune=list(LISTS))) > len(LISTS)
    apply(site, "", prune=list(LISTS))
    assert lines(site, "", prune=list(LISTS)) == []


def test_every_kind_of_object_is_pruned_by_a_test() -> None:
    assert {*PRUNED, "categories"} == set(LISTS)


def test_pruning_categories_wants_them_empty(site: TestSite) -> None:
    apply(site, SCHOOL)
    file = without(["categories", "courses", "role_overrides", "enrolments", *PEOPLE])
    with pytest.raises(BadSiteFile, match="holds courses, categories or cohorts"):
        apply(site, file, prune=["categories"])
    apply(site, file, prune=["users", "courses"])
    assert lines(site, file, prune=["categories"]) == ["- categories BIO", "- categories SCI"]
    apply(site, file, prune=["categories"])
    assert lines(site, file, prune=["categories"]) == []


ITEMS: dict[str, tuple[str, str, str]] = {
    "groups.members": ("members: [ann, bob]", "members: [ann]", "~ groups ALG/Red: members - bob"),
    "cohorts.members": (
        "name: All, members: [ann]",
        "name: All",
        "~ cohorts CO: members - ann",
    ),
    "self_enrolments.members": (
        "cohort: CO, members: [ann]",
        "cohort: CO",
        "~ self_enrolments ZOO/Door: members - ann",
    ),
    "groupings.groups": (
        "groups: [Red]",
        "groups: []",
        "~ groupings ALG/Colours: groups - Red",
    ),
    "grade_items.grades": (
        ", grades: {ann: 7.5}",
        "",
        "~ grade_items ALG/Oral: grades - ann: 7.5",
    ),
    "activities.grades": (
        ", grades: {ann: 15}",
        "",
        "~ activities ALG/Essay: grades - ann: 15.0",
    ),
    "activities.files": (
        ", b.txt: two",
        "",
        "~ activities ALG/Papers: files - b.txt: two",
    ),
    "services.authorised_users": (
        "authorised_users: [{user: ann, ip_restriction: 127.0.0.1}]",
        "authorised_users: []",
        "~ services health: authorised_users - ann",
    ),
    "users.preferences": (
        ", preferences: {htmleditor: textarea}",
        "",
        "~ users ann: preferences - htmleditor: textarea",
    ),
    "users.custom": (
        "custom: {team: Red}, ",
        "",
        "~ users ann: custom - team: Red",
    ),
}


@pytest.mark.parametrize("engine_name", ["sqlite"])
@pytest.mark.parametrize("kind", list(ITEMS))
def test_pruning_takes_what_hangs_on_an_object(site: TestSite, kind: str) -> None:
    before, after, expected = ITEMS[kind]
    apply(site, SCHOOL)
    file = SCHOOL.replace(before, after)
    assert file != SCHOOL
    assert lines(site, file) == []
    assert lines(site, file, prune=[kind]) == [expected]
    apply(site, file, prune=[kind])
    assert lines(site, file, prune=[kind]) == []


def test_pruning_keeps_what_every_site_has(site: TestSite) -> None:
    assert lines(site, "", prune=list(LISTS)) == []


def test_an_unknown_kind_cannot_be_pruned(site: TestSite) -> None:
    with pytest.raises(BadSiteFile, match="there is no kind 'user'; did you mean 'users'"):
        lines(site, "", prune=["user"])
