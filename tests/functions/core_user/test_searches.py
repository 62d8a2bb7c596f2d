"""The search for people by what identifies them: who is found, what is told, and who may search."""

import pytest

from coursewire.contracts.core_user import searches as c
from coursewire.contracts.errors import InvalidParameter, NoPermission
from coursewire.domain import identity_search, profile_fields, user_deletion
from coursewire.functions.core_user import searches as bodies
from coursewire.store import search_time
from tests.functions.core_enrol.test_people import held_up
from tests.support import making
from tests.support.refusals import refused
from tests.support.sites import TestSite
from tests.support.statements import noted
from tests.support.web import Web

ADMIN = 2
ALL, IDENTITY = "moodle/user:viewalldetails", "moodle/site:viewuseridentity"


def found(site: TestSite, query: str = "", user: int = ADMIN) -> c.IdentifiedUsers:
    return bodies.search_identity(site.call(user), c.SearchIdentity(query=query))


def ids(site: TestSite, query: str = "", user: int = ADMIN) -> list[int]:
    return [person.id for person in found(site, query, user).list]


def fields(site: TestSite, query: str, user: int = ADMIN) -> list[tuple[str, str]]:
    (person,) = found(site, query, user).list
    assert isinstance(person.extrafields, list)
    return [(field.name, field.value) for field in person.extrafields]


class TestWhoIsFound:
    def test_nothing_to_look_for_finds_everybody_confirmed_but_the_guest(
        self, site: TestSite
    ) -> None:
        ann, gone = making.user(site, "ann"), making.user(site, "gone")
        making.user(site, "unsure", confirmed=0)
        held = making.user(site, "held", suspended=1)
        call = site.call()
        with call.transaction():
            user_deletion.delete(call, gone)
        assert sorted(ids(site)) == [ADMIN, ann, held]

    def test_a_text_is_found_in_names_and_addresses_whatever_its_case(self, site: TestSite) -> None:
        elke = making.user(site, "elke", firstname="Élke", lastname="Ötker", email="e7@x.example")
        for query in ("élke", "ÖTK", "ke ö", "E7@"):
            assert ids(site, query) == [elke]
        assert ids(site, "elke") == ids(site, "nobody at all") == []

    def test_who_is_met_as_a_whole_comes_first_then_names_count(self, site: TestSite) -> None:
        adams, zorn, elk = (
            making.user(site, f"n{number}", firstname=first, lastname=last)
            for number, (first, last) in enumerate(
                [("Elke", "Adams"), ("Elk", "Zorn"), ("Anna", "Elk")]
            )
        )
        assert ids(site, "elk") == [elk, adams, zorn]
        assert ids(site, "elk zorn") == [zorn]

    def test_percent_and_underscore_stand_for_anything(self, site: TestSite) -> None:
        elke = making.user(site, "elke", firstname="Elke", lastname="Otker")
        assert ids(site, "l_e%ker") == [elke]

    def test_so_many_are_told_and_that_there_are_more(
        self, site: TestSite, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        people = [making.user(site, f"zed{number}", lastname=f"Zed{number}") for number in range(3)]
        answer = found(site, "zed")
        assert (len(answer.list), answer.maxusersperpage, answer.overflow) == (3, 100, False)
        monkeypatch.setattr(identity_search, "MOST", 2)
        answer = found(site, "zed")
        assert ([person.id for person in answer.list], answer.overflow) == (people[:2], True)

    def test_names_that_the_site_shows_alone_are_searched(self, site: TestSite) -> None:
        making.setting(site, "fullnamedisplay", "firstname")
        elke = making.user(site, "elke", firstname="Elke", lastname="Otker", email="e@x.example")
        seeing = making.user_with(site, "seeing", ALL)
        assert found(site, "elke", seeing).list[0].fullname == "Elke"
        assert ids(site, "elke", seeing) == [elke]
        assert ids(site, "otker", seeing) == ids(site, "elke o", seeing) == []


class TestWhatIsTold:
    def test_the_address_identifies_people_for_those_who_may_see_it(self, site: TestSite) -> None:
        ann = making.user(site, "ann", firstname="Ann", lastname="Alder", email="ann@x.example")
        blind = making.user_with(site, "blind", ALL)
        seeing = making.user_with(site, "seeing", ALL, IDENTITY)
        assert found(site, "ann@").list[0].fullname == "Ann Alder"
        assert fields(site, "ann@", seeing) == [("email", "ann@x.example")]
        assert fields(site, "ann al", blind) == []
        assert ids(site, "ann@", blind) == []
        assert ids(site, "ann al", blind) == [ann]

    def test_fields_come_in_the_order_of_the_site_and_fit_for_html(self, site: TestSite) -> None:
        names = ("profile_field_team", "idnumber", "department", "username", "profile_field_none")
        making.setting(site, "showuseridentity", names)
        dora = making.user(site, "dora", idnumber="<7> & more's", lastname="Dorn")
        call = site.call()
        with call.transaction():
            profile_fields.create(call, "team", "Team")
            profile_fields.put(call, dora, {"team": "R & D"})
        told = [
            ("profile_field_team", "R &amp; D"),
            ("idnumber", "&lt;7&gt; &amp; more&#039;s"),
            ("department", ""),
            ("username", "dora"),
        ]
        for query in ("r & d", "<7>", "DORA"):
            assert ids(site, query) == [dora]
        assert fields(site, "dorn") == told

    def test_custom_fields_for_nobody_are_for_those_who_see_all_details(
        self, site: TestSite
    ) -> None:
        making.setting(site, "showuseridentity", ("profile_field_secret",))
        dora = making.user(site, "dora", lastname="Dorn")
        call = site.call()
        with call.transaction():
            profile_fields.create(call, "secret", "Secret", visible=0)
            profile_fields.put(call, dora, {"secret": "mole"})
        assert ids(site, "mole") == [dora]

    def test_hidden_fields_identify_nobody(self, site: TestSite) -> None:
        making.setting(site, "hiddenuserfields", ("email",))
        ann = making.user(site, "ann", email="a7@x.example")
        seeing = making.user_with(site, "seeing", ALL, IDENTITY)
        assert ids(site, "a7@", seeing) == []
        assert ids(site, "a7@") == [ann]


class TestRights:
    def test_only_those_who_see_all_details_in_the_site_may_search(self, site: TestSite) -> None:
        teacher = making.user(site, "teacher")
        making.enrol(site, teacher, making.course(site, "ALG"), "editingteacher")
        for query in ("", "x" * 256):
            with refused(NoPermission):
                found(site, query, teacher)
        manager = making.user(site, "boss")
        making.assign(site, "manager", manager)
        assert ADMIN in ids(site, "", manager)

    @pytest.mark.parametrize("query", ["x" * 256, "%_" * 9])
    def test_in_8_a_text_too_long_or_too_wild_is_refused(self, site: TestSite, query: str) -> None:
        with refused(InvalidParameter):
            found(site, query)


def test_many_people_cost_no_more_queries_than_few(site: TestSite) -> None:
    found(site)
    with noted(site.session) as few:
        found(site)
    for number in range(12):
        making.user(site, f"u{number}")
    found(site)
    with noted(site.session) as many:
        assert len(found(site).list) == 13
    assert len(many) <= len(few)


def test_in_8_a_search_that_takes_too_long_is_refused(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_time, "SECONDS", 0.001)
    call = site.call()
    assert call.hindrance is None
    call.permissions.require(ALL, call.site.system)
    with held_up(site), refused(InvalidParameter):
        bodies.search_identity(call, c.SearchIdentity(query="x"))


def test_the_answer_fits_its_contract(web: Web) -> None:
    ann = making.user(web.site, "ann", firstname="Ann", lastname="Alder", email="a7@x.example")
    answer = web.call("core_user_search_identity", web.token(), query="a7@")
    assert answer.json == {
        "list": [
            {
                "id": ann,
                "fullname": "Ann Alder",
                "extrafields": [{"name": "email", "value": "a7@x.example"}],
            }
        ],
        "maxusersperpage": 100,
        "overflow": False,
    }
