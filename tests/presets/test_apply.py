"""A preset put to work gives a token that works, and asks for no more than it needs."""

import pytest
from msgspec.structs import replace

from coursewire.contracts.errors import Refusal
from coursewire.contracts.registry import entries
from coursewire.domain import roles, services
from coursewire.domain.permissions import of_user
from coursewire.presets import model
from coursewire.presets.apply import Made, Wanted, apply
from coursewire.presets.problems import PresetError
from coursewire.sitefile import reading
from coursewire.store import services as service_rows
from coursewire.store import users
from tests.support import sitefiles
from tests.support.sites import TestSite
from tests.support.web import web

CORE = [preset.name for preset in model.everything() if not preset.plugin]


def put_to_work(site: TestSite, name: str, wanted: Wanted) -> Made:
    return apply(site.call(), model.load(name), wanted, entries().__contains__)


@pytest.mark.parametrize("name", CORE)
def test_a_new_account_can_call_at_once(site: TestSite, name: str) -> None:
    made = put_to_work(site, name, Wanted(new_user="svc"))
    preset = model.load(name)
    with web(site) as served:
        answer = served.call(preset.functions[-1], made.issued.token)
        assert "accessexception" not in answer.body.decode()
        if name == "health-check":
            names = [function["name"] for function in answer.json["functions"]]
            assert names == ["core_webservice_get_site_info"]
    user = users.by_username(site.session, "svc")
    assert user is not None
    may = of_user(site.session, user.id, site.load())
    for each in preset.capabilities:
        assert may.may(each.name, site.load().system)
    assert not may.may("moodle/site:config", site.load().system)


def test_nobody_else_may_use_the_service(site: TestSite) -> None:
    put_to_work(site, "health-check", Wanted(new_user="svc"))
    service = service_rows.by_shortname(site.session, "health_check")
    assert service is not None
    assert service.restrictedusers
    listed = service_rows.authorised_users(site.session, service.id)
    assert [user.username for user in listed] == ["svc"]


def test_an_open_service_that_was_restricted_since_gets_its_user_listed(site: TestSite) -> None:
    opened = model.load("health-check")
    opened = replace(opened, service=replace(opened.service, restricted=False))
    first = apply(site.call(), opened, Wanted(new_user="svc"), entries().__contains__)
    assert service_rows.authorised_users(site.session, first.service_id) == []
    services.edit(site.call(), first.service_id, services.Changes(restrictedusers=True))
    made = apply(site.call(), opened, Wanted(new_user="svc-2"), entries().__contains__)
    assert "svc-2 is an authorised user of Health check" in made.also
    with web(site) as served:
        assert served.call(opened.functions[0], made.issued.token).json["username"] == "svc-2"


def test_an_account_has_an_address_whatever_its_name_is(site: TestSite) -> None:
    put_to_work(site, "health-check", Wanted(new_user="bot@school"))
    with pytest.raises(Refusal, match="must be in lower case"):
        put_to_work(site, "health-check", Wanted(new_user="A B!"))
    put_to_work(site, "health-check", Wanted(new_user="bot.school"))
    plain, other = (users.by_username(site.session, name) for name in ("bot.school", "bot@school"))
    assert plain is not None
    assert plain.email == "bot.school@service.invalid"
    assert other is not None
    assert other.email.startswith("account-")


def test_the_token_ends_after_90_days_unless_said_otherwise(site: TestSite) -> None:
    made = put_to_work(site, "health-check", Wanted(new_user="svc"))
    assert made.issued.validuntil == site.now + 90 * 86_400
    never = put_to_work(site, "health-check", Wanted(user="svc", validuntil=0))
    assert never.issued.validuntil == 0


def test_a_role_that_the_site_lacks_is_named_with_how_to_make_it(site: TestSite) -> None:
    preset = replace(model.load("cyclr"), may_assign=("tutor",))
    with pytest.raises(PresetError, match="coursewire role create tutor"):
        apply(site.call(), preset, Wanted(new_user="svc"), entries().__contains__)
    assert users.by_username(site.session, "svc") is None


def test_what_is_there_is_completed_and_not_made_again(site: TestSite) -> None:
    first = put_to_work(site, "cyclr", Wanted(new_user="svc"))
    assert len(first.done) == 3
    call = site.call()
    role = roles.find(call.session, "cyclr")
    assert role is not None
    with call.transaction():
        roles.grant(call, role.id, {"moodle/role:assign": 0}, call.site.system)
        roles.set_may_assign(call, role.id, [])
        services.remove_functions(
            call, services.named(call, "cyclr").id, ["enrol_manual_enrol_users"]
        )
    again = put_to_work(site, "cyclr", Wanted(user="svc"))
    assert again.done == (
        "role cyclr may now: moodle/role:assign",
        "service Cyclr now holds: enrol_manual_enrol_users",
    )
    assert put_to_work(site, "cyclr", Wanted(user="svc")).done == ()


def test_the_connector_enrols_and_finds_people(site: TestSite) -> None:
    made = put_to_work(site, "cyclr", Wanted(new_user="svc"))
    sitefiles.apply(
        site,
        "users: [{username: ann, firstname: A, lastname: A, email: ann@b.example, idnumber: X}]\n"
        "courses: [{shortname: ALG, fullname: Algebra}]\n"
        "activities: [{course: ALG, type: assign, name: Essay, visible: false}]",
    )
    with web(site) as served:
        token = made.issued.token
        for key, value in [("username", "ann"), ("email", "ann@b.example"), ("idnumber", "X")]:
            criteria = [{"key": key, "value": value}]
            found = served.call("core_user_get_users", token, criteria=criteria)
            assert [user["username"] for user in found.json["users"]] == ["ann"], key
        ann = found.json["users"][0]["id"]
        enrolments = [{"roleid": 5, "userid": ann, "courseid": 2}]
        done = served.call("enrol_manual_enrol_users", token, enrolments=enrolments)
        assert done.json is None
        grades = served.call("gradereport_overview_get_course_grades", token, userid=ann)
        assert grades.json["grades"]
        mode = served.call("core_group_get_activity_groupmode", token, cmid=1)
        assert mode.json["groupmode"] == 0


def test_a_refusal_leaves_nothing_behind(site: TestSite) -> None:
    with pytest.raises(Refusal, match="must be in lower case"):
        put_to_work(site, "cyclr", Wanted(new_user="Bad"))
    assert roles.find(site.session, "cyclr") is None
    assert service_rows.by_shortname(site.session, "cyclr") is None


@pytest.mark.parametrize("wanted", [Wanted(), Wanted(user="admin", new_user="svc")])
def test_one_user_must_be_named(site: TestSite, wanted: Wanted) -> None:
    with pytest.raises(PresetError, match="name either a new user or an existing one"):
        put_to_work(site, "health-check", wanted)


def test_a_preset_of_a_missing_plugin_says_which(site: TestSite) -> None:
    with pytest.raises(PresetError, match=r"percipio_asset_import.*install the plugin mod_perc"):
        put_to_work(site, "percipio", Wanted(new_user="svc"))


def test_the_demo_site_and_the_presets_share_roles_and_services(site: TestSite) -> None:
    sitefiles.apply(site, reading.read("demo.yaml", model.text_of("demo.yaml")))
    made = put_to_work(site, "cyclr", Wanted(new_user="svc"))
    assert made.done == ("user svc",)


def test_the_tokens_of_the_demo_site_work(site: TestSite) -> None:
    applied = sitefiles.apply(site, reading.read("demo.yaml", model.text_of("demo.yaml")))
    values = {issued.token.name: issued.value for issued in applied.issued}
    assert sorted(values) == ["cyclr", "health-check"]
    with web(site) as served:
        info = served.call("core_webservice_get_site_info", values["health-check"]).json
        assert info["username"] == "svc-health"
        assert len(info["functions"]) == 1
        courses = served.call("core_course_get_courses", values["cyclr"]).json
        assert len(courses) == 6
