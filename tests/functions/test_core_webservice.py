"""Site info: who calls, on which site, with which functions; the same for a locked account."""

from collections.abc import Mapping

import pytest
from msgspec import structs

from coursewire.contracts import core_webservice as c
from coursewire.contracts import registry
from coursewire.contracts.errors import LARGEST_BODY
from coursewire.contracts.fields import UNSET
from coursewire.domain import contexts, gate, private_keys, services
from coursewire.domain import site as sites
from coursewire.domain.call import Call
from coursewire.domain.role_definitions import PROHIBIT
from coursewire.domain.site import Compatibility
from coursewire.functions import catalogue
from coursewire.functions import core_webservice as bodies
from coursewire.store import access, users
from coursewire.store import preferences as preference_rows
from coursewire.store import services as rows
from coursewire.wire.limits import Limits
from tests.support import making
from tests.support.sites import URL, TestSite
from tests.support.statements import noted
from tests.support.web import web as web_application

NAME = "core_webservice_get_site_info"
COMPONENTS: Mapping[str, str] = catalogue.built_in().components


class Caller:
    """A user with a token for a service of some functions, and calls by that token."""

    def __init__(self, site: TestSite, *functions: str, **values: str) -> None:
        self.site = site
        self.user = making.user(site, "svc", **values)
        self.service = making.service(site, "health", *functions, users=[self.user])
        self.token = making.token(site, self.user, self.service)

    def call(self, compatibility: Compatibility = "5.1") -> Call:
        digests = self.site.keys.digests(self.token)
        found = access.read(self.site.session, digests, NAME)
        assert found is not None
        site = sites.load(
            self.site.session, URL, compatibility=compatibility, implemented=COMPONENTS
        )
        return Call(
            session=self.site.session,
            caller=gate.caller(found, site),
            site=site,
            now=self.site.now,
            clock=self.site.clock,
            keys=self.site.keys,
            function=NAME,
            origin=gate.origin(found, "request", "127.0.0.1"),
        )

    def info(self, compatibility: Compatibility = "5.1") -> c.SiteInfo:
        return bodies.get_site_info(self.call(compatibility), c.GetSiteInfo())


@pytest.fixture
def caller(site: TestSite) -> Caller:
    return Caller(site, NAME)


def test_it_tells_who_calls_on_which_site(caller: Caller) -> None:
    info = caller.info()
    assert (info.sitename, info.siteurl, info.siteid) == ("My Learning Site", URL, 1)
    assert (info.username, info.firstname, info.lastname, info.fullname) == (
        "svc",
        "Svc",
        "Person",
        "Svc Person",
    )
    assert (info.userid, info.userissiteadmin, info.policyagreed) == (caller.user, False, 0)
    assert info.userpictureurl == f"{URL}/theme/image.php/boost/core/1/u/f1"
    assert (info.lang, info.sitecalendartype, info.usercalendartype) == (
        "en",
        "gregorian",
        "gregorian",
    )
    assert (info.theme, info.mobilecssurl, info.limitconcurrentlogins) == ("boost", "", 0)
    assert (info.userhomepage, info.userhomepageurl, info.usersessionscount) == (1, UNSET, UNSET)


def test_the_name_of_the_site_is_formatted(caller: Caller) -> None:
    call = caller.call()
    call.site = structs.replace(call.site, fullname="Maths & <b>more</b>")
    info = bodies.get_site_info(call, c.GetSiteInfo())
    assert info.sitename == "Maths &amp; more"


@pytest.mark.parametrize(
    ("site_says", "user_says", "page"),
    [(0, "3", 0), (3, "0", 3), (2, None, 1), (2, "0", 0), (2, "3", 3), (2, "x", 1)],
)
def test_users_land_where_the_site_says_or_where_they_chose(
    site: TestSite, caller: Caller, site_says: int, user_says: str | None, page: int
) -> None:
    making.setting(site, "defaulthomepage", site_says)
    if user_says is not None:
        preference_rows.put(site.session, caller.user, {"user_home_page_preference": user_says})
    assert caller.info().userhomepage == page


def test_features_come_in_the_order_of_the_protocol(caller: Caller) -> None:
    features = caller.info().advancedfeatures
    assert features is not UNSET
    assert [(feature.name, feature.value) for feature in features] == [
        ("usecomments", 1),
        ("usetags", 1),
        ("enablenotes", 1),
        ("messaging", 1),
        ("enableblogs", 1),
        ("enablecompletion", 1),
        ("enablebadges", 1),
        ("messagingallusers", 0),
        ("enablecustomreports", 1),
        ("enableglobalsearch", 0),
        ("mnet_dispatcher_mode", 0),
        ("enablecompetencies", 1),
    ]


class TestFunctions:
    def test_they_are_those_of_the_service_in_its_order(self, site: TestSite) -> None:
        names = ["enrol_manual_enrol_users", NAME, "core_group_get_groups"]
        functions = Caller(site, *names).info().functions
        assert [function.name for function in functions] == names

    def test_each_has_the_version_of_its_component(self, site: TestSite) -> None:
        functions = Caller(site, NAME, "enrol_manual_enrol_users").info().functions
        assert [function.version for function in functions] == ["2025100600.02", "2025100600"]

    def test_what_is_not_answered_here_is_left_out(self, site: TestSite) -> None:
        functions = Caller(site, NAME, "core_badges_get_badge").info().functions
        assert [function.name for function in functions] == [NAME]

    def test_what_the_user_may_do_does_not_matter(self, site: TestSite) -> None:
        caller = Caller(site, *COMPONENTS)
        assert {function.name for function in caller.info().functions} == set(COMPONENTS)

    def test_a_change_of_the_service_shows_at_once(self, site: TestSite, caller: Caller) -> None:
        assert len(caller.info().functions) == 1
        call = site.call()
        with call.transaction():
            services.add_functions(
                call, caller.service, ["core_user_get_users"], registry.is_published
            )
        assert len(caller.info().functions) == 2

    def test_the_file_flags_are_those_of_the_service(self, site: TestSite, caller: Caller) -> None:
        assert (caller.info().downloadfiles, caller.info().uploadfiles) == (0, 0)
        rows.change(site.session, caller.service, {"downloadfiles": 1})
        assert (caller.info().downloadfiles, caller.info().uploadfiles) == (1, 0)


@pytest.mark.parametrize(
    ("compatibility", "release", "version"),
    [
        ("5.1", "5.1+ (Build: 20251017)", "2025100600.02"),
        ("4.5", "4.5 (Build: 20241007)", "2024100700"),
    ],
)
def test_release_and_version_follow_the_compatibility(
    caller: Caller, compatibility: Compatibility, release: str, version: str
) -> None:
    info = caller.info(compatibility)
    assert (info.release, info.version) == (release, version)
    assert info.functions[0].version == version


class TestFiles:
    def test_a_user_has_private_files_up_to_the_quota(self, caller: Caller) -> None:
        info = caller.info()
        assert info.usercanmanageownfiles is True
        assert info.userquota == 104_857_600
        assert info.usermaxuploadfilesize == LARGEST_BODY - 64 * 1024

    @pytest.mark.parametrize(("maxbytes", "told"), [(0, 1500), (1000, 1000), (2000, 1500)])
    def test_no_larger_file_is_promised_than_the_server_takes(
        self, site: TestSite, maxbytes: int, told: int
    ) -> None:
        making.setting(site, "maxbytes", maxbytes)
        user = making.user_with(site, "bob", "webservice/rest:use")
        with web_application(site, limits=Limits(body=3000)) as web:
            info = web.call("core_webservice_get_site_info", web.token(user)).json
        assert info["usermaxuploadfilesize"] == told

    def test_the_site_limits_uploads(self, site: TestSite, caller: Caller) -> None:
        making.setting(site, "maxbytes", 1000)
        making.setting(site, "userquota", 2000)
        info = caller.info()
        assert (info.usermaxuploadfilesize, info.userquota) == (1000, 2000)

    def test_an_administrator_has_no_limits(self, site: TestSite, caller: Caller) -> None:
        making.setting(site, "siteadmins", (2, caller.user))
        info = caller.info()
        assert info.userissiteadmin is True
        assert (info.usermaxuploadfilesize, info.userquota) == (-1, 0)

    def test_rights_count_in_the_users_own_context(self, site: TestSite, caller: Caller) -> None:
        own = contexts.get(site.session, contexts.USER, caller.user)
        making.override(site, "user", "moodle/user:manageownfiles", PROHIBIT, own)
        assert caller.info().usercanmanageownfiles is False


class TestPrivateKey:
    def test_it_is_32_digits_and_stays(self, caller: Caller) -> None:
        key = caller.info().userprivateaccesskey
        assert isinstance(key, str)
        assert len(key) == 32
        assert set(key) <= set("0123456789abcdef")
        assert caller.info().userprivateaccesskey == key

    def test_each_user_has_another_one(self, site: TestSite, caller: Caller) -> None:
        other = bodies.get_site_info(site.call(), c.GetSiteInfo())
        assert other.userprivateaccesskey != caller.info().userprivateaccesskey

    def test_a_renewed_one_is_shown_at_once(self, site: TestSite, caller: Caller) -> None:
        before = caller.info().userprivateaccesskey
        private_keys.renew(site.call(), caller.user)
        assert caller.info().userprivateaccesskey != before


class TestAccounts:
    def test_an_account_that_must_change_its_password_is_answered(
        self, site: TestSite, caller: Caller
    ) -> None:
        preference_rows.put(site.session, caller.user, {"auth_forcepasswordchange": "1"})
        assert caller.info().userid == caller.user

    def test_a_policy_that_is_not_agreed_to_does_not_matter(
        self, site: TestSite, caller: Caller
    ) -> None:
        making.setting(site, "sitepolicy", "https://moodle.example.com/policy")
        assert caller.info().policyagreed == 0
        users.change(site.session, caller.user, {"policyagreed": 1})
        assert caller.info().policyagreed == 1

    def test_a_language_that_is_gone_becomes_that_of_the_site(
        self, site: TestSite, caller: Caller
    ) -> None:
        users.change(site.session, caller.user, {"lang": "xx"})
        assert caller.info().lang == "en"

    def test_names_follow_the_order_of_the_site(self, site: TestSite, caller: Caller) -> None:
        making.setting(site, "fullnamedisplay", "lastname firstname")
        assert caller.info().fullname == "Person Svc"

    def test_a_call_without_a_token_tells_the_same_of_the_user(
        self, site: TestSite, caller: Caller
    ) -> None:
        by_token = caller.info()
        direct = bodies.get_site_info(site.call(caller.user), c.GetSiteInfo())
        assert direct == structs.replace(
            by_token, functions=[], downloadfiles=UNSET, uploadfiles=UNSET
        )


def test_beyond_what_the_gate_read_one_question_is_asked(caller: Caller) -> None:
    call = caller.call()
    bodies.get_site_info(call, c.GetSiteInfo())
    again = caller.call()
    again.site = call.site
    with noted(again.session) as statements:
        bodies.get_site_info(again, c.GetSiteInfo())
    # What the user holds; everything else the gate read or other calls have found out.
    assert len(statements) == 1
