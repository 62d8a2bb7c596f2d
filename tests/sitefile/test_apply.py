"""Applying a site file: ids, passwords, tokens, deleted users, and races with other changes."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
import yaml
from sqlalchemy import insert, select

from coursewire.domain import contexts, role_assignments, roles, tokens, users
from coursewire.domain.call import Call
from coursewire.domain.hashing import STANDARD
from coursewire.domain.roles import NewRole
from coursewire.domain.site import ADMIN_ID
from coursewire.sitefile import reading
from coursewire.sitefile.apply import Applied
from coursewire.sitefile.export import export
from coursewire.sitefile.ids import Ids
from coursewire.sitefile.model.access import RoleAssignment
from coursewire.sitefile.present import access
from coursewire.sitefile.present.site import read
from coursewire.sitefile.problems import BadSiteFile
from coursewire.store import courses
from coursewire.store import users as user_rows
from coursewire.store.schema.audit import audit_records
from coursewire.store.schema.groups import groups
from coursewire.store.schema.users import users as user_table
from coursewire.store.session import Session
from tests.support import making
from tests.support.hashing import Cheap
from tests.support.meanwhile import MEANWHILE, meanwhile
from tests.support.sitefiles import application, apply, lines, plan
from tests.support.sites import TestSite

KIT = Path(__file__).resolve().parents[1] / "conformance"
ANN = "{username: ann, password: Sunny-Day-7!, firstname: A, lastname: A, email: ann@b.example}"
VALUE = "0123456789abcdef0123456789abcdef"


def test_the_kits_site_gets_the_ids_that_the_replayer_guesses(site: TestSite) -> None:
    file = reading.read_path(KIT / "site.yaml")
    applied = apply(site, file)
    raw = yaml.safe_load((KIT / "site.yaml").read_text(encoding="utf-8"))
    ids = applied.ids
    assert ids["user"] == {
        "guest": 1,
        "admin": 2,
        **{user["username"]: number for number, user in enumerate(raw["users"], 3)},
    }
    assert ids["course"]["SITE"] == 1
    for section, kind, first in [("roles", "role", 9), ("courses", "course", 2)]:
        expected = {row["shortname"]: number for number, row in enumerate(raw[section], first)}
        assert expected.items() <= ids[kind].items()
    for section, kind in [("groups", "group"), ("groupings", "grouping"), ("activities", "cm")]:
        named = [f"{row['course']}/{row['name']}" for row in raw[section]]
        assert ids[kind] == {name: number for number, name in enumerate(named, 1)}
    categories = {row["idnumber"]: number for number, row in enumerate(raw["categories"], 2)}
    assert ids["category"] == {"/Category 1": 1, **categories}
    assert lines(site, file) == []
    again = apply(site, file)
    assert again.ids == ids
    assert again.plan.changes == ()


def test_each_thing_has_its_own_line_in_the_id_map_whatever_slashes_are_in_names(
    site: TestSite,
) -> None:
    """As short names and names: A, B/C; A/B, C; A with a backslash, B/C; and a slash in front."""
    file = """
courses:
- {shortname: A, fullname: A}
- {shortname: A/B, fullname: B}
- {shortname: 'A\\', fullname: C}
groups:
- {course: A, name: B/C}
- {course: A/B, name: C}
- {course: 'A\\', name: B/C}
"""
    applied = apply(site, file)
    assert sorted(applied.ids["group"].values()) == [1, 2, 3]
    assert applied.ids["group"] == {"A/B/C": 1, r"A\/B/C": 2, r"A\\/B/C": 3}
    assert applied.ids["course"].keys() >= {"A", "A/B", "A\\"}


def test_fixed_values_of_tokens_are_warned_of(site: TestSite) -> None:
    applied = apply(site, reading.read_path(KIT / "site.yaml"))
    assert len(applied.issued) == 0
    warned = [number for text, number in applied.warnings.items() if "in a file" in text]
    assert warned == [62]


def test_who_is_deleted_in_the_file_is_made_and_deleted_at_the_end(site: TestSite) -> None:
    file = f"""
users: [{ANN[:-1]}, deleted: true}}]
courses: [{{shortname: A, fullname: A}}]
enrolments: [{{user: ann, course: A, role: student}}]
role_assignments: [{{user: ann, role: manager, system: true}}]
groups: [{{course: A, name: Red, members: [ann]}}]
cohorts: [{{idnumber: C, name: C, members: [ann]}}]
grade_items: [{{course: A, name: Oral, grades: {{ann: 5}}}}]
services: [{{name: S, functions: [], authorised_users: [{{user: ann}}]}}]
tokens: [{{name: t, user: ann, service: S, value: {VALUE}}}]
"""
    assert lines(site, file)[-1] == "- users ann"
    applied = apply(site, file)
    assert applied.ids["user"]["ann"] == 3
    assert users.get(site.session, 3).deleted
    found = tokens.of_value(site.call(), VALUE)
    assert found is not None
    assert not found.is_live(site.now)
    assert lines(site, file) == []
    assert apply(site, file).ids["user"]["ann"] == 3
    there = read(site.session).file
    assert [user.username for user in there.users] == ["admin"]
    assert there.enrolments == ()
    assert there.role_assignments == ()


def test_a_living_user_whom_the_file_deletes_is_deleted(site: TestSite) -> None:
    apply(site, f"users: [{ANN}]")
    file = f"users: [{ANN[:-1]}, deleted: true, city: Leeds}}]"
    assert lines(site, file) == ["- users ann"]
    apply(site, file)
    assert users.get(site.session, 3).deleted
    assert lines(site, file) == []


def test_a_deleted_name_can_be_taken_again(site: TestSite) -> None:
    apply(site, f"users: [{ANN[:-1]}, deleted: true}}]")
    assert lines(site, f"users: [{ANN}]") == ["+ users ann"]
    assert apply(site, f"users: [{ANN}]").ids["user"]["ann"] == 4


def test_passwords_are_hashed_each_by_itself_and_only_for_new_users(site: TestSite) -> None:
    people = [ANN, ANN.replace("ann", "bob")]
    applying = application(site, f"users: [{', '.join(people)}]")
    applying.apply(applying.plan(), STANDARD.hasher)
    stored = site.session.scalars(select(user_table.c.password).where(user_table.c.id > 2))
    assert len(set(stored)) == 2
    for text in stored:
        assert not STANDARD.check("sunny-Day-7!", text).ok
        assert STANDARD.check("Sunny-Day-7!", text).ok
    changed = f"users: [{ANN.replace('Sunny-Day-7!', 'Rainy-Day-8!')}]"
    assert lines(site, changed) == []


def test_a_ready_hash_is_taken_as_it_is(site: TestSite) -> None:
    ready = STANDARD.hash("Sunny-Day-7!")
    with_hash = ANN.replace("password: Sunny-Day-7!", f'password_hash: "{ready}"')
    apply(site, f"users: [{with_hash}]")
    assert users.get(site.session, 3).password == ready
    assert ready in export(site.session, secrets=True).text
    assert ready not in export(site.session).text


def test_a_user_without_a_password_cannot_log_in_by_one(site: TestSite) -> None:
    apply(site, f"users: [{ANN.replace('password: Sunny-Day-7!, ', '')}]")
    stored = users.get(site.session, 3).password
    assert not any(STANDARD.check(text, stored).ok for text in ("", stored, "ann"))


def test_a_hash_that_nothing_can_verify_is_refused(site: TestSite) -> None:
    bad = ANN.replace("password: Sunny-Day-7!", "password_hash: 5f4dcc3b5aa765d61d8327deb882cf99")
    with pytest.raises(BadSiteFile, match=r"users\[0\]: password_hash must be of Argon2id"):
        plan(site, f"users: [{bad}]")


SERVICE = (
    "services: [{name: S, enabled: true, authorised_users_only: false,"
    " functions: [core_webservice_get_site_info]}]\n"
)


def test_a_token_without_a_value_gets_a_random_one_that_is_shown_once(site: TestSite) -> None:
    file = f"users: [{ANN}]\n{SERVICE}tokens: [{{name: t, user: ann, service: S}}]"
    applied = apply(site, file)
    (issued,) = applied.issued
    found = tokens.of_value(site.call(), issued.value)
    assert found is not None
    assert (found.username, found.name, found.validuntil) == ("ann", "t", 0)
    assert issued.value not in repr(applied)
    again = apply(site, file)
    assert again.plan.changes == ()
    assert again.issued == ()


def test_a_value_of_another_users_token_is_refused(site: TestSite) -> None:
    first = f"users: [{ANN}]\n{SERVICE}tokens: [{{name: t, user: ann, service: S, value: {VALUE}}}]"
    apply(site, first)
    with pytest.raises(
        BadSiteFile, match=r"tokens\[0\].value: .*this value is that of another token"
    ):
        apply(site, first.replace("user: ann", "user: admin"))


def test_a_token_that_ended_stays_ended(site: TestSite) -> None:
    file = f"users: [{ANN}]\n{SERVICE}tokens: [{{name: t, user: ann, service: S, value: {VALUE}}}]"
    apply(site, file)
    call = site.call()
    token = tokens.of_value(call, VALUE)
    assert token is not None
    tokens.revoke(call, token.id)
    assert lines(site, file) == []
    apply(site, file)
    ended = tokens.of_value(site.call(), VALUE)
    assert ended is not None
    assert ended.revoked


def test_no_value_of_a_token_stands_in_an_export_or_a_record(site: TestSite) -> None:
    file = f"users: [{ANN}]\n{SERVICE}tokens: [{{name: t, user: ann, service: S, value: {VALUE}}}]"
    apply(site, file)
    assert VALUE not in export(site.session, secrets=True).text
    rows = site.session.rows(select(audit_records))
    assert rows
    assert VALUE not in repr(rows)
    assert "Sunny" not in repr(rows)


def test_a_site_that_changed_meanwhile_is_not_touched(site: TestSite) -> None:
    applying = application(site, f"users: [{ANN}]")
    shown = applying.plan()
    apply(site, f"users: [{ANN}]")
    with pytest.raises(BadSiteFile, match="the site has changed since the plan was made"):
        applying.apply(shown, Cheap())


@pytest.mark.requirement("DUR-5")
@pytest.mark.parametrize("way", ["apply", "rehearse"])
def test_a_file_waits_for_another_one_and_is_told_what_came_of_it(site: TestSite, way: str) -> None:
    """Both want the same user; neither file is to blame for what the other one made."""
    files = [
        f"users: [{ANN}]\ncourses: [{{shortname: {name}, fullname: {name}}}]" for name in ("A", "B")
    ]
    shown = [plan(site, file) for file in files]

    def first(call: Call) -> None:
        application(site, files[0], call=call).apply(shown[0], Cheap())

    def second(call: Call) -> None:
        mine = application(site, files[1], call=call)
        if way == "rehearse":
            mine.rehearse(shown[1])
        else:
            mine.apply(shown[1], Cheap())

    with pytest.raises(BadSiteFile, match="the site has changed since the plan was made"):
        meanwhile(site, first, second)
    assert [course.shortname for course in read(site.session).file.courses] == ["A"]


@pytest.mark.requirement("DUR-10")
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_what_lost_a_deadlock_is_applied_again(site: TestSite) -> None:
    """It waits for the course first, so it is the one that PostgreSQL ends."""
    made = f"users: [{ANN}]\ncourses: [{{shortname: A, fullname: A}}]\nroles: [{{shortname: r}}]"
    ids = apply(site, made).ids
    file = made.replace("lastname: A", "lastname: B").replace("fullname: A", "fullname: B")
    file = file.replace("shortname: r", "shortname: r, capabilities: ['webservice/rest:use']")
    shown = plan(site, file)

    def go() -> Applied:
        with site.database.session() as session:
            return application(site, file, call=site.call(session=session)).apply(shown, Cheap())

    call = site.call()
    with ThreadPoolExecutor(1) as pool:
        with call.transaction():
            courses.lock(call.session, [ids["course"]["A"]])
            coming = pool.submit(go)
            time.sleep(MEANWHILE)
            user_rows.hold_for_deletion(call.session, [ids["user"]["ann"]])
        assert coming.result(timeout=30).plan == shown
    assert lines(site, file) == []
    where = audit_records.c.action == "site_file.apply"
    assert len(site.session.rows(select(audit_records.c.id).where(where))) == 2


@pytest.mark.requirement("DUR-5")
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_a_plan_is_of_one_moment(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another file is applied between two of its reads."""
    file = "roles: [{shortname: new}]\nrole_assignments: [{user: admin, role: new, system: true}]"
    read_assignments = access.assignments

    def meeting_another(session: Session, ids: Ids) -> tuple[RoleAssignment, ...]:
        monkeypatch.undo()
        with site.database.session() as other:
            meeting = application(site, file, call=site.call(session=other))
            meeting.apply(meeting.plan(), Cheap())
        return read_assignments(session, ids)

    monkeypatch.setattr(access, "assignments", meeting_another)
    assert lines(site, file) == ["+ roles new", "+ role_assignments admin new in system"]
    assert lines(site, file) == []


@pytest.mark.requirement("DUR-5")
@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
def test_a_role_that_comes_while_a_file_is_applied_is_let_be(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Calls and the console go on meanwhile; the next look finds what they did."""
    file = f"users: [{ANN}]"
    shown = plan(site, file)
    read_assignments = access.assignments

    def meeting_a_call(session: Session, ids: Ids) -> tuple[RoleAssignment, ...]:
        monkeypatch.undo()
        with site.database.session() as other:
            call = site.call(session=other)
            with call.transaction():
                role = roles.create(call, NewRole(shortname="new", levels=[contexts.SYSTEM]))
                role_assignments.assign(call, role, ADMIN_ID, call.site.system)
        return read_assignments(session, ids)

    monkeypatch.setattr(access, "assignments", meeting_a_call)
    application(site, file).apply(shown, Cheap())
    assert lines(site, file) == []
    assert ("admin", "new") in {
        (each.user, each.role) for each in read(site.session).file.role_assignments
    }


def test_new_roles_and_settings_count_within_the_same_file(site: TestSite) -> None:
    file = f"""
site: {{settings: {{allowaccountssameemail: true}}}}
webservices: {{enabled: true, protocols: [rest]}}
roles: [{{shortname: caller, capabilities: ['webservice/rest:use'], assignable_in: [system]}}]
users: [{ANN}, {ANN.replace("username: ann", "username: bob")}]
role_assignments: [{{user: ann, role: caller, system: true}}]
{SERVICE}
tokens: [{{name: t, user: ann, service: S, valid_until: 4102444800}}]
"""
    assert apply(site, file).warnings == {}


def test_tokens_are_judged_by_the_administrators_of_the_same_file(site: TestSite) -> None:
    file = """
site: {administrators: [eve]}
users:
- {username: eve, firstname: Eve, lastname: Elder, email: eve@school.example}
services:
- {shortname: S, name: S, enabled: true, authorised_users_only: false,
   required_capability: moodle/site:config, functions: [core_webservice_get_site_info]}
tokens:
- {name: own, user: eve, service: S, valid_until: 4102444800}
"""
    (warning,) = apply(site, file).warnings
    assert warning.startswith("eve is an administrator of the site")
    assert lines(site, file) == []


def test_tokens_of_who_administers_the_site_no_more_are_judged_so(site: TestSite) -> None:
    file = """
site: {administrators: [eve]}
users:
- {username: eve, firstname: Eve, lastname: Elder, email: eve@school.example}
services:
- {shortname: S, name: S, enabled: true, authorised_users_only: false,
   functions: [core_webservice_get_site_info]}
tokens:
- {name: old, user: admin, service: S, valid_until: 4102444800}
"""
    (warning,) = apply(site, file).warnings
    assert warning == "its user lacks webservice/rest:use in the whole site"


def test_a_hidden_category_hides_no_course_that_the_file_shows(site: TestSite) -> None:
    """The first round hides the course with its category, the second shows it again."""
    file = """
categories: [{idnumber: X, name: X}]
courses: [{shortname: A, fullname: A, category: X}]
"""
    apply(site, file)
    hidden = file.replace("name: X", "name: X, visible: false")
    apply(site, hidden)
    assert lines(site, hidden) == []
    there = read(site.session).file
    assert [course.visible for course in there.courses] == [True]


def test_what_the_store_would_keep_otherwise_is_refused_and_undone(site: TestSite) -> None:
    wrong = ANN[:-1] + ", country: XX}"
    with pytest.raises(BadSiteFile, match=r"users\[0\].country: ann: there is no country 'XX'"):
        apply(site, f"users: [{wrong}]")
    assert len(read(site.session).file.users) == 1


@pytest.mark.parametrize("section", ["groups", "groupings"])
def test_a_name_that_is_kept_otherwise_is_told_and_not_its_id_number(
    site: TestSite, section: str
) -> None:
    courses = "courses: [{shortname: A, fullname: A}]"
    file = f"{courses}\n{section}: [{{course: A, name: ' a', idnumber: X}}]"
    planned = application(site, file)
    with pytest.raises(BadSiteFile) as refused:
        planned.rehearse(planned.plan())
    told = [f"site.yaml, line 2, {section}[0]: cannot be kept: + {section} A/ a"]
    assert list(refused.value.lines) == told
    with pytest.raises(BadSiteFile, match="cannot be kept"):
        apply(site, file)


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("users: [{username: x, firstname: <b>x, lastname: X, email: x@a.example}]", "firstname"),
        ("groups: [{course: A, name: <b>g}]", "name '<b>g'"),
        ("groupings: [{course: A, name: <b>g}]", "name '<b>g'"),
        ("activities: [{course: A, type: url, name: U, url: 'javascript:alert(1)'}]", "url 'java"),
        ("activities: [{course: A, type: url, name: U, url: 'http://a b/<x>'}]", "url 'http"),
        ("activities: [{course: A, type: url, name: There, url: 'http://a b/'}]", "url 'http"),
    ],
)
def test_web_5_what_no_answer_could_show_is_refused(site: TestSite, entry: str, told: str) -> None:
    course = "courses: [{shortname: A, fullname: A}]\n"
    apply(site, course + "activities: [{course: A, type: url, name: There, url: 'http://a/'}]")
    with pytest.raises(BadSiteFile, match=told):
        apply(site, course + entry)


def test_every_application_that_changes_something_is_recorded(site: TestSite) -> None:
    file = f"users: [{ANN}]"
    apply(site, file)
    apply(site, file)
    where = audit_records.c.action == "site_file.apply"
    rows = site.session.rows(select(audit_records.c.target).where(where))
    assert [row.target for row in rows] == ["site.yaml"]


def test_the_default_category_may_be_renamed_and_left_out(site: TestSite) -> None:
    file = """
categories:
- {idnumber: TOP, name: Everything, default: true}
- {idnumber: SUB, name: Sub, parent: TOP}
courses:
- {shortname: A, fullname: A}
- {shortname: B, fullname: B, category: TOP}
- {shortname: C, fullname: C, category: SUB}
"""
    applied = apply(site, file)
    assert applied.ids["category"] == {"TOP": 1, "SUB": 2}
    assert lines(site, file) == []


def test_a_category_without_an_idnumber_goes_by_its_path(site: TestSite) -> None:
    file = """
categories:
- {name: Science}
- {name: Biology, parent: /Science}
courses: [{shortname: A, fullname: A, category: /Science/Biology}]
"""
    applied = apply(site, file)
    assert applied.ids["category"]["/Science/Biology"] == 3
    assert lines(site, file) == []


def test_two_groups_of_one_name_cannot_be_exported(site: TestSite) -> None:
    apply(site, "courses: [{shortname: A, fullname: A}]\ngroups: [{course: A, name: Red}]")
    # Moodle's rule about names of groups lets it come to this.
    site.session.execute(insert(groups).values(course_id=2, name="Red"))
    with pytest.raises(BadSiteFile, match=r"several of the name 'A/Red' \(group\)"):
        export(site.session)


def test_the_export_reads_back_as_the_same_file(site: TestSite) -> None:
    apply(site, reading.read_path(KIT / "site.yaml"))
    text = export(site.session).text
    assert lines(site, text) == []
    assert msgspec.structs.asdict(reading.read("x", text.encode()).file)["tokens"] == ()


def test_categories_of_one_name_are_told_apart_by_their_id_number(site: TestSite) -> None:
    making.category(site, "Same", idnumber="A")
    making.category(site, "Same")
    text = export(site.session).text
    assert "- {idnumber: A, name: Same}\n- {name: Same}\n" in text
    assert lines(site, text) == []
    making.category(site, "Same")
    with pytest.raises(BadSiteFile, match=r"'/Same' \(category\).* or give it an id number"):
        export(site.session)


SEVERAL = """\
users:
- {username: Ada X, firstname: A, lastname: X, email: ada@b.example}
- {username: bo, firstname: B, lastname: B, email: none}
courses:
- {shortname: Z, fullname: Z, startdate: 200, enddate: 100}
enrolments:
- {user: Ada X, course: Z, role: student}
"""


def test_a_rehearsal_tells_all_that_is_refused_in_a_section(site: TestSite) -> None:
    before = export(site.session, secrets=True).text
    planned = application(site, SEVERAL)
    with pytest.raises(BadSiteFile) as refused:
        planned.rehearse(planned.plan())
    first, second = refused.value.lines
    assert first.startswith("site.yaml, line 2, users[0].username: Ada X: ")
    assert second.startswith("site.yaml, line 3, users[1].email: bo: 'none' is not an e-mail")
    assert export(site.session, secrets=True).text == before


def test_what_the_file_still_names_cannot_be_pruned(site: TestSite) -> None:
    file = f"users: [{ANN}]\ncohorts: [{{idnumber: C, name: C, members: [ann]}}]\n"
    apply(site, file)
    with pytest.raises(BadSiteFile) as refused:
        plan(site, file.partition("\n")[2], prune=["users"])
    assert refused.value.lines == [
        "site.yaml, line 1, cohorts[0].members[0]: there is no user 'ann' here, and that of the "
        "site is to be pruned"
    ]
    assert lines(site, "users: []", prune=["cohorts", "users"]) == ["- cohorts C", "- users ann"]


def test_a_rehearsal_leaves_nothing_and_applying_follows(site: TestSite) -> None:
    before = export(site.session, secrets=True).text
    file = (
        f"users: [{ANN}]\n"
        "site: {fullname: Ours, settings: {maxbytes: 5}}\nroles: [{shortname: r}]\n"
    )
    planned = application(site, file)
    shown = planned.plan()
    planned.rehearse(shown)
    assert export(site.session, secrets=True).text == before
    assert planned.plan() == shown
    planned.apply(shown, Cheap())
    assert export(site.session, secrets=True).text != before
