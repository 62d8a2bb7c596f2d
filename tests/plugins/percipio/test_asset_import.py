"""`percipio_asset_import`: the example document, and what its variants are answered."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from coursewire.domain import courses, enrolments, grade_items
from coursewire.plugin import look_ups
from coursewire.store import activities, audit, categories
from coursewire_percipio import entries
from tests.plugins.percipio import documents
from tests.plugins.percipio.partner_calls import PartnerCalls

ERROR = "core\\exception\\moodle_exception"


def test_the_example_document_makes_a_course(partner: PartnerCalls) -> None:
    answer = partner.imports(documents.asset())
    assert answer.status == 200
    made = answer.json
    assert (made["percipioid"], made["code"]) == (documents.PERCIPIOID, 200)
    session = partner.site.session
    course = courses.require(session, made["moodlecourseid"])
    assert (course.fullname, course.shortname) == ("Cloud Awareness", documents.PERCIPIOID)
    assert (course.format, course.lang, course.enablecompletion) == ("singleactivity", "en", 1)
    assert (course.startdate, course.newsitems) == (1645731651, 1)
    category = categories.get(session, course.category)
    assert category is not None
    assert (category.name, category.parent) == ("ASSESSMENT", 0)
    (activity,) = activities.of_course(session, course.id)
    assert (activity.module, activity.name) == ("percipio", "Cloud Awareness")
    assert (activity.completion, activity.completionusegrade) == (2, 1)
    item = grade_items.of_activity(session, course.id, "percipio", activity.instance)
    assert item is not None
    assert item.grademax == 100
    (way,) = [each for each in enrolments.instances(session, course.id) if each.enrol == "self"]
    assert (way.status, way.roleid) == (enrolments.ENABLED, 5)
    entry = entries.find(session, documents.PERCIPIOID)
    assert entry is not None
    assert (entry.course_id, entry.course_module_id) == (course.id, activity.id)
    assert (entry.imageurl, entry.imageuploaded) == ("https://cdn.example.com/x.jpg", 0)
    (told,) = audit.records(session, action="percipio.import")
    assert told.target == f"course {course.id}"


def test_the_same_again_updates_the_course(partner: PartnerCalls) -> None:
    first = partner.imports(documents.asset()).json
    again = partner.imports(documents.asset()).json
    assert again["moodlecourseid"] == first["moodlecourseid"]
    assert "created" in first["message"]
    assert "updated" in again["message"]
    assert len(activities.of_course(partner.site.session, first["moodlecourseid"])) == 1


def test_an_update_changes_course_and_activity(partner: PartnerCalls) -> None:
    made = partner.imports(documents.asset()).json["moodlecourseid"]
    changed = {"fullname": "Clouds", "category": "CHANNEL", "visible": False, "summary": "New"}
    assert partner.imports(documents.asset(**changed)).json["code"] == 200
    session = partner.site.session
    course = courses.require(session, made)
    assert (course.fullname, course.visible, course.summary) == ("Clouds", 0, "New")
    category = categories.get(session, course.category)
    assert category is not None
    assert category.name == "CHANNEL"
    (activity,) = activities.of_course(session, made)
    assert activity.name == "Clouds"
    item = grade_items.of_activity(session, made, "percipio", activity.instance)
    assert item is not None
    assert item.name == "Clouds"


def test_no_category_is_the_first_one(partner: PartnerCalls) -> None:
    made = partner.imports(documents.asset(category="")).json["moodlecourseid"]
    assert courses.require(partner.site.session, made).category == 1


def test_compliance_with_an_aicc_address_is_a_scorm_activity(partner: PartnerCalls) -> None:
    scorm = {"percipiotype": "COMPLIANCE", "aicclaunch": "https://aicc.example.com/x", "link": ""}
    made = partner.imports(documents.asset(**scorm)).json["moodlecourseid"]
    (activity,) = activities.of_course(partner.site.session, made)
    assert (activity.module, activity.completion) == ("scorm", 1)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (documents.asset(fullname=" "), "errorinvalidparam"),
        (documents.asset(shortname=""), "errorinvalidparam"),
        ("no JSON", "errorinvalidparam"),
        ("{}", "errorinvalidparam"),
        (documents.asset(summaryformat=9), "formatnotsupported"),
    ],
)
def test_what_theirs_refuses_is_refused_alike(partner: PartnerCalls, data: str, code: str) -> None:
    answer = partner.imports(data)
    assert (answer.status, answer.error) == (200, (ERROR, code))
    assert look_ups.course(partner.site.session, documents.PERCIPIOID) is None
    assert look_ups.category(partner.site.session, "ASSESSMENT") is None


def test_a_call_without_data_is_an_invalid_parameter(partner: PartnerCalls) -> None:
    answer = partner.without_data("percipio_asset_import")
    assert answer.error == ("core\\exception\\invalid_parameter_exception", "invalidparameter")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("shortname", "with blank"),
        ("shortname", "bang!"),
        ("link", ""),
        ("link", "javascript:alert(1)"),
        ("xapiActivityId", ""),
        ("fullname", ["a list"]),
        ("visible", "perhaps"),
        ("startdate", "yesterday"),
        ("startdate", -1),
        pytest.param("startdate", 10**400, id="startdate-huge"),
        ("courseformatoptions", "percipio"),
        ("courseformatoptions", [{"name": "activitytype", "value": "forum"}]),
        ("customfields", [1]),
    ],
)
def test_an_unfit_key_is_named_with_status_422(partner: PartnerCalls, key: str, value: Any) -> None:
    answer = partner.imports(documents.asset(**{key: value}))
    assert (answer.status, answer.error) == (422, (ERROR, "errorinvalidparam"))
    assert key in answer.json["message"]
    assert look_ups.course(partner.site.session, documents.PERCIPIOID) is None


def test_the_course_of_the_site_is_no_asset(partner: PartnerCalls) -> None:
    before = courses.require(partner.site.session, 1)
    answer = partner.imports(documents.asset(shortname=before.shortname))
    assert (answer.status, answer.error) == (422, (ERROR, "errorinvalidparam"))
    assert "shortname" in answer.json["message"]
    assert courses.require(partner.site.session, 1) == before


def test_a_failure_inside_the_transaction_is_told_with_status_422(partner: PartnerCalls) -> None:
    partner.imports(documents.asset(idnumber="X1"))
    other = documents.asset(shortname="another", idnumber="X1")
    answer = partner.imports(other)
    assert (answer.status, answer.error[1]) == (422, "courseidnumbertaken")
    assert look_ups.course(partner.site.session, "another") is None


def test_dur_5_the_same_new_asset_at_the_same_time_is_one_course(partner: PartnerCalls) -> None:
    for number in range(5):
        data = documents.asset(shortname=f"asset-{number}", category=f"Category {number}")
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(partner.imports, [data] * 4))
        assert [answer.status for answer in answers] == [200] * 4
        assert len({answer.json["moodlecourseid"] for answer in answers}) == 1
        assert sum("created" in answer.json["message"] for answer in answers) == 1


def test_the_service_holds_its_three_functions_and_no_other(partner: PartnerCalls) -> None:
    answer = partner.web.call("core_webservice_get_site_info", partner.token)
    assert answer.status == 200
    assert answer.error[0].rpartition("\\")[2] == "webservice_access_exception"
    assert answer.error[1] == "accessexception"
