"""core_cohort for cohorts, bytes in and bytes out, one test per refusal."""

from typing import Any

import pytest
from sqlalchemy import func, literal, select

from coursewire.domain import contexts
from coursewire.store import cohorts as store
from coursewire.store import preferences as preference_rows
from coursewire.store import search_time
from coursewire.store.session import Session
from tests.support import making
from tests.support.sites import TestSite
from tests.support.web import Web

INVALID = ("core\\exception\\invalid_parameter_exception", "invalidparameter")
MISSING = ("dml_missing_record_exception", "invalidrecordunknown")
FORBIDDEN = ("core\\exception\\required_capability_exception", "nopermissions")
SEARCH = "core_cohort_search_cohorts"
EVERYWHERE = {"type": "system", "value": ""}


def new(idnumber: str = "c1", **values: Any) -> dict[str, Any]:
    named = {"categorytype": EVERYWHERE, "name": f"Cohort {idnumber}", "idnumber": idnumber}
    return {**named, **values}


def create(web: Web, token: str, *cohorts: dict[str, Any]) -> list[int]:
    made = web.call("core_cohort_create_cohorts", token, cohorts=list(cohorts)).json
    return [cohort["id"] for cohort in made]


@pytest.fixture
def admin(web: Web) -> str:
    return web.token()


@pytest.fixture
def stranger(web: Web, site: TestSite) -> str:
    return web.token(making.user_with(site, "stranger", "webservice/rest:use"))


def test_a_cohort_is_created_and_read_back(web: Web, admin: str) -> None:
    sent = new(name="A & B", description="<p>x</p><script>y</script>")
    (made,) = web.call("core_cohort_create_cohorts", admin, cohorts=[sent]).json
    assert made == {
        "id": made["id"],
        "name": "A &amp; B",
        "idnumber": "c1",
        "description": "<p>x</p>",
        "descriptionformat": 1,
        "visible": True,
        "theme": "",
    }
    (read,) = web.call("core_cohort_get_cohorts", admin, cohortids=[made["id"], 99]).json
    assert read == {**made, "customfields": []}


def test_all_cohorts_are_read_without_ids(web: Web, admin: str) -> None:
    ids = create(web, admin, new("a"), new("b"))
    assert [one["id"] for one in web.call("core_cohort_get_cohorts", admin).json] == ids


@pytest.mark.parametrize(
    ("bad", "error"),
    [
        (new("c1"), INVALID),
        (new("c2", categorytype={"type": "id", "value": "98765"}), INVALID),
        (new("c2", categorytype={"type": "id", "value": "x"}), INVALID),
        (new("c2", categorytype={"type": "idnumber", "value": ""}), INVALID),
        (new("c2", categorytype={"type": "name", "value": "x"}), INVALID),
        (
            new("c2", descriptionformat=9),
            ("core\\exception\\moodle_exception", "formatnotsupported"),
        ),
        (new("c2", name="x" * 300), ("dml_write_exception", "dmlwriteexception")),
    ],
    ids=["taken", "no category", "no id", "no idnumber", "no type", "format", "long"],
)
def test_authz_4_one_bad_cohort_undoes_all(
    web: Web, admin: str, bad: dict[str, Any], error: tuple[str, str]
) -> None:
    create(web, admin, new("c1"))
    for cohorts in ([bad, new("c3")], [new("c3"), bad], [new("c3"), bad, new("c4")]):
        assert web.call("core_cohort_create_cohorts", admin, cohorts=cohorts).error == error
    assert len(web.call("core_cohort_get_cohorts", admin).json) == 1


def test_the_empty_id_number_counts_as_taken(web: Web, admin: str) -> None:
    create(web, admin, new(""))
    assert web.call("core_cohort_create_cohorts", admin, cohorts=[new("")]).error == INVALID


def test_without_the_capability_nothing_is_done(web: Web, admin: str, stranger: str) -> None:
    (cohort,) = create(web, admin, new())
    change = {"id": cohort, **new()}
    calls: list[tuple[str, dict[str, Any]]] = [
        ("core_cohort_create_cohorts", {"cohorts": [new("c2")]}),
        ("core_cohort_get_cohorts", {"cohortids": [cohort]}),
        ("core_cohort_update_cohorts", {"cohorts": [change]}),
        ("core_cohort_delete_cohorts", {"cohortids": [cohort]}),
        ("core_cohort_search_cohorts", {"query": "", "context": {"contextid": 1}}),
        ("core_cohort_get_cohort_members", {"cohortids": [cohort]}),
    ]
    for function, sent in calls:
        assert web.call(function, stranger, **sent).error == FORBIDDEN, function


def test_a_cohort_changes_and_moves(web: Web, admin: str, site: TestSite) -> None:
    category = making.category(site, "Science", idnumber="SCI")
    (cohort,) = create(web, admin, new())
    there = {"type": "idnumber", "value": "SCI"}
    change = {"id": cohort, "categorytype": there, "name": "New", "idnumber": "n", "visible": 0}
    assert web.call("core_cohort_update_cohorts", admin, cohorts=[change]).json is None
    (read,) = web.call("core_cohort_get_cohorts", admin, cohortids=[cohort]).json
    assert (read["name"], read["idnumber"], read["visible"]) == ("New", "n", False)
    place = contexts.get(site.session, contexts.CATEGORY, category)
    found = search(web, admin, "new", {"contextid": place.id}, includes="self")
    assert [one["id"] for one in found] == [cohort]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"name": " "}, INVALID),
        ({"id": 98765}, MISSING),
        ({"categorytype": {"type": "id", "value": "98765"}}, INVALID),
        (
            {"description": "x", "descriptionformat": 9},
            ("core\\exception\\moodle_exception", "formatnotsupported"),
        ),
    ],
    ids=["blank", "unknown", "no category", "format"],
)
def test_authz_4_one_bad_change_undoes_all(
    web: Web, admin: str, change: dict[str, Any], error: tuple[str, str]
) -> None:
    first, second = create(web, admin, new("a"), new("b"))
    good = {"id": first, **new("a2")}
    bad = {"id": second, **new("b"), **change}
    for cohorts in ([bad, good], [good, bad]):
        assert web.call("core_cohort_update_cohorts", admin, cohorts=cohorts).error == error
    (read,) = web.call("core_cohort_get_cohorts", admin, cohortids=[first]).json
    assert read["idnumber"] == "a"


def test_an_unchecked_format_without_description_breaks_later_reads(web: Web, admin: str) -> None:
    (cohort,) = create(web, admin, new(description="text"))
    change = {"id": cohort, **new(), "descriptionformat": 9}
    assert web.call("core_cohort_update_cohorts", admin, cohorts=[change]).json is None
    read = web.call("core_cohort_get_cohorts", admin, cohortids=[cohort])
    assert read.error == ("core\\exception\\coding_exception", "codingerror")


@pytest.mark.parametrize("number", [2**15, -(2**15) - 1, 2**62])
def test_a_format_that_no_row_holds_is_refused(web: Web, admin: str, number: int) -> None:
    (cohort,) = create(web, admin, new())
    change = {"id": cohort, **new("c2"), "descriptionformat": number}
    refused = web.call("core_cohort_update_cohorts", admin, cohorts=[change])
    assert refused.error == ("dml_write_exception", "dmlwriteexception")
    (read,) = web.call("core_cohort_get_cohorts", admin, cohortids=[cohort]).json
    assert (read["idnumber"], read["descriptionformat"]) == ("c1", 1)


def test_a_no_break_space_is_a_name(web: Web, admin: str) -> None:
    (cohort,) = create(web, admin, new())
    for blank in (" ", "\t\n", "\v"):
        change = {"id": cohort, **new(name=blank)}
        assert web.call("core_cohort_update_cohorts", admin, cohorts=[change]).error == INVALID
    change = {"id": cohort, **new(name="\u00a0")}
    assert web.call("core_cohort_update_cohorts", admin, cohorts=[change]).json is None


def test_only_a_move_asks_whether_places_may_be_entered(
    web: Web, admin: str, site: TestSite
) -> None:
    making.category(site, "Science", idnumber="SCI")
    (cohort,) = create(web, admin, new())
    keeper = making.user_with(site, "keeper", "webservice/rest:use", "moodle/cohort:manage")
    token = web.token(keeper)
    with site.session.transaction():
        preference_rows.put(site.session, keeper, {"auth_forcepasswordchange": "1"})
    change = {"id": cohort, **new("mine")}
    assert web.call("core_cohort_update_cohorts", token, cohorts=[change]).json is None
    change["categorytype"] = {"type": "idnumber", "value": "SCI"}
    refused = web.call("core_cohort_update_cohorts", token, cohorts=[change])
    assert refused.error == ("core\\exception\\moodle_exception", "forcepasswordchangenotice")


@pytest.mark.parametrize("value", ["2", " 2\n", "+02"])
def test_a_category_is_named_by_any_way_of_writing_its_id(
    web: Web, admin: str, site: TestSite, value: str
) -> None:
    assert making.category(site, "Science") == 2
    assert create(web, admin, new(categorytype={"type": "id", "value": value}))


@pytest.mark.parametrize("value", ["-2", "2.0", "2e0", "", "0x2", "٢", "9" * 19, "9" * 80])
def test_a_category_is_not_named_by_what_is_no_id(
    web: Web, admin: str, site: TestSite, value: str
) -> None:
    making.category(site, "Science")
    sent = new(categorytype={"type": "id", "value": value})
    assert web.call("core_cohort_create_cohorts", admin, cohorts=[sent]).error == INVALID


def test_deleting_an_unknown_cohort_undoes_all(web: Web, admin: str) -> None:
    (cohort,) = create(web, admin, new())
    refused = web.call("core_cohort_delete_cohorts", admin, cohortids=[cohort, 98765])
    assert refused.error == MISSING
    assert web.call("core_cohort_delete_cohorts", admin, cohortids=[cohort]).json is None
    assert web.call("core_cohort_get_cohorts", admin).json == []


def search(
    web: Web, token: str, query: str, context: dict[str, Any], **more: Any
) -> list[dict[str, Any]]:
    answer = web.call(SEARCH, token, query=query, context=context, **more)
    found: list[dict[str, Any]] = answer.json["cohorts"]
    return found


def test_a_search_looks_into_all_texts_ignoring_case(web: Web, admin: str) -> None:
    create(web, admin, new("one", name="Zoë"), new("TWO"), new("c", description="100%"))
    system = {"contextlevel": "system", "instanceid": 0}
    assert [one["idnumber"] for one in search(web, admin, "zOË", system)] == ["one"]
    assert [one["idnumber"] for one in search(web, admin, "two", system)] == ["TWO"]
    assert [one["idnumber"] for one in search(web, admin, "0%", system)] == ["c"]
    assert len(search(web, admin, "", system)) == 3
    assert len(search(web, admin, "", system, limitnum=2)) == 2
    assert len(search(web, admin, "", system, limitnum=2, limitfrom=1)) == 1


def test_in_8_at_most_255_characters_are_searched_for(web: Web, admin: str) -> None:
    create(web, admin, new("one", description="\N{SNOWMAN}" * 300))
    place = {"contextid": 1}
    assert len(search(web, admin, "\N{SNOWMAN}" * 255, place)) == 1
    refused = web.call(SEARCH, admin, query="\N{SNOWMAN}" * 256, context=place)
    assert refused.error == INVALID


def test_in_8_a_search_that_takes_too_long_is_refused(
    web: Web, admin: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "search", endless)
    monkeypatch.setattr(search_time, "SECONDS", 0.05)
    refused = web.call(SEARCH, admin, query="x", context={"contextid": 1})
    assert refused.error == INVALID
    assert web.call("core_cohort_get_cohorts", admin).json == []


def endless(session: Session, *_: object, **__: object) -> None:
    number = select(literal(1).label("number")).cte("numbers", recursive=True)
    numbers = number.union_all(select(number.c.number + 1))
    session.scalar(select(func.count()).select_from(numbers))


@pytest.mark.parametrize(
    ("start", "size", "own", "above"),
    [
        (0, 2, "ab", "ab"),
        # A page number here, a row number for what comes from above.
        (1, 2, "cd", "bc"),
        (2, 0, "abcd", "cd"),
        (-1, 2, "ab", "ab"),
        (-1, 0, "abcd", "abcd"),
        (0, -1, "abcd", "abcd"),
        (2**62, 2**62, "", ""),
    ],
)
def test_a_page_of_what_is_found(
    web: Web, admin: str, site: TestSite, start: int, size: int, own: str, above: str
) -> None:
    making.category(site, "Science")
    create(web, admin, *(new(letter) for letter in "abcd"))
    page = {"limitfrom": start, "limitnum": size}
    places = (({"contextid": 1}, own), ({"contextlevel": "coursecat", "instanceid": 2}, above))
    for place, expected in places:
        found = search(web, admin, "", place, **page)
        assert "".join(one["idnumber"] for one in found) == expected


def test_cohorts_of_places_above_come_without_their_description(
    web: Web, admin: str, site: TestSite
) -> None:
    making.category(site, "Science", idnumber="SCI")
    create(web, admin, new("up", description="x"), new("hidden", visible=0))
    place = {"contextlevel": "coursecat", "instanceid": 2}
    shown = {one["idnumber"]: one for one in search(web, admin, "", place)}
    assert (shown["up"]["description"], shown["up"]["descriptionformat"]) == ("", 2)
    manager = making.user_with(site, "cm", "webservice/rest:use", "moodle/cohort:manage")
    seen = search(web, web.token(manager), "", place)
    assert [one["idnumber"] for one in seen] == ["up"]
    assert search(web, admin, "", place, includes="self") == []
    assert len(search(web, admin, "", place, includes="all")) == 2


@pytest.mark.parametrize(
    ("context", "includes", "error"),
    [
        ({}, "parents", INVALID),
        ({"contextid": 98765}, "parents", INVALID),
        ({"contextlevel": "planet", "instanceid": 1}, "parents", INVALID),
        ({"contextid": 1}, "some", ("core\\exception\\coding_exception", "codingerror")),
    ],
)
def test_a_search_in_no_place_is_refused(
    web: Web, admin: str, context: dict[str, Any], includes: str, error: tuple[str, str]
) -> None:
    place = context or {"contextlevel": "", "instanceid": 0}
    sent = {"query": "", "context": place, "includes": includes}
    assert web.call("core_cohort_search_cohorts", admin, **sent).error == error  # type: ignore[arg-type]
