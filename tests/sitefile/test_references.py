"""What a site file refers to must exist; otherwise one sentence says where and what."""

import pytest
from sqlalchemy import func, select

from coursewire.sitefile.export import export
from coursewire.sitefile.problems import BadSiteFile
from coursewire.store.schema.audit import audit_records
from tests.support.sitefiles import application, apply, plan
from tests.support.sites import TestSite

SCHOOL = """\
users: [{username: ann, password: Sunny-Day-7!, firstname: A, lastname: A, email: a@b.example}]
courses: [{shortname: A, fullname: A}, {shortname: B, fullname: B, manual_enrolment: false}]
groups: [{course: A, name: Red}]
"""

WRONG: dict[str, tuple[str, str]] = {
    "user": (
        "enrolments:\n- {user: anne, course: A, role: student}",
        "line 2, enrolments[0].user: there is no user 'anne', neither here nor on the site; "
        "did you mean 'ann'?",
    ),
    "course": (
        "enrolments:\n- {user: ann, course: Z, role: student}",
        "line 2, enrolments[0].course: there is no course 'Z', neither here nor on the site",
    ),
    "role": (
        "role_assignments:\n- {user: ann, system: true, role: studnet}",
        "line 2, role_assignments[0].role: there is no role 'studnet', neither here nor on the "
        "site; did you mean 'student'?",
    ),
    "category": (
        "courses:\n- {shortname: C, fullname: C, category: X}",
        "line 2, courses[0].category: there is no category 'X', neither here nor on the site",
    ),
    "parent after its child": (
        "categories:\n- {idnumber: X, name: X, parent: Y}\n- {idnumber: Y, name: Y}",
        "line 2, categories[0].parent: the category 'Y' must stand before those in it",
    ),
    "member": (
        "groups:\n- course: A\n  name: Blue\n  members:\n  - ann\n  - bob",
        "line 6, groups[0].members[1]: there is no user 'bob', neither here nor on the site",
    ),
    "group of another course": (
        "groupings:\n- {course: B, name: X, groups: [Red]}",
        "line 2, groupings[0].groups[0]: there is no group 'Red' in course 'B', neither here nor "
        "on the site",
    ),
    "grouping": (
        "activities:\n- {course: A, type: page, name: P, grouping: G}",
        "line 2, activities[0].grouping: there is no grouping 'G' in course 'A', neither here nor "
        "on the site",
    ),
    "graded user": (
        "grade_items:\n- {course: A, name: P, grades: {nobody: 1}}",
        "line 2, grade_items[0].grades.nobody: there is no user 'nobody', neither here nor on "
        "the site",
    ),
    "a plugin's capability": (
        "roles:\n- shortname: r\n  capabilities:\n  - mod/percipios:view",
        "line 4, roles[0].capabilities[0]: there is no capability 'mod/percipios:view'; did you "
        "mean 'mod/page:view'?; a plugin's is there once the plugin is enabled",
    ),
    "role to give": (
        "roles:\n- {shortname: r, may_assign: [student, boss]}",
        "line 2, roles[0].may_assign[1]: there is no role 'boss', neither here nor on the site",
    ),
    "capability": (
        "roles:\n- {shortname: r, capabilities: ['moodle/course:veiw']}",
        "line 2, roles[0].capabilities[0]: there is no capability 'moodle/course:veiw'; "
        "did you mean 'moodle/course:view'?",
    ),
    "capability of an override": (
        "role_overrides:\n- {role: student, capability: 'a/b:c', permission: allow, course: A}",
        "line 2, role_overrides[0].capability: there is no capability 'a/b:c'; "
        "a plugin's is there once the plugin is enabled",
    ),
    "allowed and forbidden": (
        "roles: [{shortname: r, capabilities: ['moodle/course:view']}]\nrole_overrides:\n"
        "- {role: r, capability: 'moodle/course:view', permission: prevent, system: true}",
        "line 3, role_overrides[0]: the role 'r' allows moodle/course:view above",
    ),
    "required capability": (
        "services:\n- {name: S, required_capability: 'moodle/course:viewit'}",
        "line 2, services[0].required_capability: there is no capability 'moodle/course:viewit'; "
        "did you mean 'moodle/course:view'?",
    ),
    "function": (
        "services:\n- name: S\n  functions:\n  - core_group_get_group",
        "line 4, services[0].functions[0]: there is no function 'core_group_get_group'; "
        "did you mean 'core_group_get_groups'?",
    ),
    "authorised user": (
        "services:\n- {name: S, authorised_users: [{user: zoe}]}",
        "line 2, services[0].authorised_users[0].user: there is no user 'zoe', neither here nor "
        "on the site",
    ),
    "service": (
        "tokens:\n- {name: t, user: ann, service: s}",
        "line 2, tokens[0].service: there is no service 's', neither here nor on the site",
    ),
    "profile field": (
        "users:\n- username: bo\n  firstname: B\n  lastname: B\n  email: b@b.example\n"
        "  custom: {team: Red}",
        "line 6, users[0].custom.team: there is no profile field 'team', neither here nor on "
        "the site",
    ),
    "preference": (
        "users:\n- username: bo\n  firstname: B\n  lastname: B\n  email: b@b.example\n"
        "  preferences: {colour: red}",
        "line 6, users[0].preferences.colour: there is no preference 'colour'",
    ),
    "value of a preference": (
        "users:\n- username: bo\n  firstname: B\n  lastname: B\n  email: b@b.example\n"
        "  preferences: {htmleditor: vi}",
        "line 6, users[0].preferences.htmleditor: htmleditor cannot be 'vi'",
    ),
    "activity that completes": (
        "courses:\n- {shortname: A, fullname: A, completion_criteria: {activities: [X]}}",
        "line 2, courses[0].completion_criteria.activities[0]: there is no activity 'X' in course "
        "'A', neither here nor on the site",
    ),
    "cohort": (
        "self_enrolments:\n- {course: A, cohort: C}",
        "line 2, self_enrolments[0].cohort: there is no cohort 'C', neither here nor on the site",
    ),
    "the site course, which nobody is enrolled in": (
        "enrolments:\n- {user: ann, course: SITE, role: student}",
        "line 2, enrolments[0].course: the course 'SITE' has no manual enrolment",
    ),
    "no manual enrolment": (
        "enrolments:\n- {user: ann, course: B, role: student}",
        "line 2, enrolments[0].course: the course 'B' has no manual enrolment",
    ),
    "administrator": (
        "site: {administrators: [bob]}",
        "line 1, site.administrators[0]: there is no user 'bob', neither here nor on the site",
    ),
    "setting": (
        "site:\n  settings:\n    maxbyte: 1",
        "line 3, site.settings.maxbyte: there is no setting 'maxbyte'; did you mean 'maxbytes'?",
    ),
}


@pytest.fixture
def engine_name() -> str:
    return "sqlite"


def test_references_to_what_does_not_exist_are_named(site: TestSite) -> None:
    apply(site, SCHOOL)
    for case, (file, sentence) in WRONG.items():
        with pytest.raises(BadSiteFile) as refused:
            plan(site, file)
        assert refused.value.lines == [f"site.yaml, {sentence}"], case


# What only the domain refuses while the plan is carried out.
REFUSED: dict[str, tuple[str, str]] = {
    "username": (
        "users:\n- {username: Bob, password: Sunny-Day-7!, firstname: B, lastname: B,"
        " email: b@b.example}",
        "line 2, users[0].username: Bob: The user name 'Bob' must be in lower case",
    ),
    "password policy": (
        "users:\n- {username: bob, password: short, firstname: B, lastname: B, email: b@b.example}",
        "line 2, users[0].password: bob: Passwords must have at least 8 characters. Passwords must "
        "have at least 1 digit. Passwords must have at least 1 upper-case letter. Passwords must "
        "have at least 1 other character; choose another password",
    ),
    "address": (
        "users:\n- {username: bob, firstname: B, lastname: B, email: A@B.example}",
        "line 2, users[0].email: bob: somebody has the address 'A@B.example' already; use another "
        "one, or let accounts share one",
    ),
    "auth": (
        "users:\n- {username: bob, firstname: B, lastname: B, email: b@b.example, auth: magic}",
        "line 2, users[0].auth: bob: 'magic' is no way of logging in that an account can have; "
        "choose from cas, db, email, ldap, lti, manual, nologin, none, oauth2, shibboleth, "
        "webservice",
    ),
    "member who is not enrolled": (
        "groups:\n- {course: A, name: Blue, members: [ann]}",
        "line 2, groups[0]: A/Blue: user 3 is not enrolled in course 2",
    ),
    "address rules": (
        "services:\n- {name: S, authorised_users: [{user: ann, ip_restriction: all}]}",
        "line 2, services[0].authorised_users[0].ip_restriction: S: ",
    ),
    "end before start": (
        "courses:\n- {shortname: Z, fullname: Z, startdate: 200, enddate: 100}",
        "line 2, courses[0].enddate: Z: The course ends before it starts",
    ),
    "type of a setting": (
        "site: {settings: {maxbytes: many}}",
        "line 1, site.settings.maxbytes: 'many' does not fit maxbytes; it takes values like 0",
    ),
    "address that no answer can hold": (
        "site: {settings: {mobilecssurl: 'javascript:x'}}",
        "line 1, site.settings.mobilecssurl: 'javascript:x' does not fit mobilecssurl; write an "
        "address such as",
    ),
    "token that nobody may hold": (
        "services: [{name: S}]\ntokens:\n- {name: t, user: ann, service: S}",
        "line 3, tokens[0].service: t of ann for S: service 'S' is for authorised users only, and "
        "ann is not listed; add ann to the authorised users of the service",
    ),
    "fewer sections": (
        "courses:\n- {shortname: C, fullname: C}",
        "line 2, courses[0].numsections: C: course 'C' has 2 sections, and removing is not possible"
        "; write numsections: 2",
    ),
    "another type": (
        "activities:\n- {course: C, type: page, name: Talk}",
        "line 2, activities[0].type: C/Talk: the activity 'Talk' is a forum, and stays one; give "
        "the new activity another name",
    ),
    "category moved into itself": (
        "categories:\n- {idnumber: Y, name: Y, parent: Y}",
        "line 2, categories[0].parent: Y: Category ",
    ),
    "name of a file": (
        "activities:\n- {course: A, type: resource, name: P, files: {a/b.txt: text}}",
        "line 2, activities[0].files.a/b.txt: A/P: 'a/b.txt' is no file name",
    ),
    "file that is no text by its name": (
        "activities:\n- {course: A, type: folder, name: P, files: {a.png: text}}",
        "line 2, activities[0]: cannot be kept: ~ activities A/P: files + a.png: text",
    ),
    "end in weeks without start": (
        "activities:\n- {course: A, type: page, name: P, completion: 1}\n"
        "courses:\n- {shortname: A, fullname: A, enddate: 100}",
        "line 4, courses[0].startdate: A: A course with an end needs a start",
    ),
}

MORE = """\
courses: [{shortname: C, fullname: C, numsections: 2}]
activities: [{course: C, type: forum, name: Talk}]
categories: [{idnumber: X, name: X}, {idnumber: Y, name: Y}]
"""


def state(site: TestSite) -> tuple[str, int]:
    """The whole site, and how many records of changes there are."""
    records: int = site.session.scalar(select(func.count()).select_from(audit_records))
    return export(site.session, secrets=True).text, records


def test_what_the_domain_refuses_is_named_and_nothing_is_written(site: TestSite) -> None:
    apply(site, SCHOOL)
    apply(site, MORE)
    before = state(site)
    for case, (file, sentence) in REFUSED.items():
        with pytest.raises(BadSiteFile) as refused:
            apply(site, file)
        assert len(refused.value.lines) == 1, case
        assert refused.value.lines[0].startswith(f"site.yaml, {sentence}"), case
        rehearsed = application(site, file)
        with pytest.raises(BadSiteFile) as planned:
            rehearsed.rehearse(rehearsed.plan())
        assert planned.value.lines == refused.value.lines, case
        assert state(site) == before, case
