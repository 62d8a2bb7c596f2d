"""What functions let into a site does not keep it from being written as a site file."""

import yaml

from coursewire.domain import cohorts, courses, new_users
from coursewire.domain.cohorts import NewCohort
from coursewire.domain.courses import NewCourse
from coursewire.domain.new_users import NewUser
from coursewire.sitefile.export import export
from coursewire.store import preferences
from tests.support import making
from tests.support.sitefiles import apply, lines
from tests.support.sites import TestSite


def test_large_limits_and_many_sections_are_written(site: TestSite) -> None:
    """Two gigabytes is a limit that Moodle's own menu offers."""
    new = NewCourse(
        category=1, fullname="Big", shortname="BIG", maxbytes=10 * 2**30, numsections=1_000
    )
    courses.create(site.call(), new)
    found = export(site.session)
    (course,) = yaml.safe_load(found.text)["courses"]
    assert (course["maxbytes"], course["numsections"]) == (10 * 2**30, 1_000)
    assert found.left_out == {}
    assert lines(site, found.text) == []


def test_a_cohort_without_an_id_number_is_written(site: TestSite) -> None:
    ann = making.user(site, "ann")
    cohort_id = cohorts.create(site.call(), NewCohort(idnumber="", name="All"))
    cohorts.add_members(site.call(), cohort_id, [ann])
    text = export(site.session).text
    assert yaml.safe_load(text)["cohorts"] == [{"idnumber": "", "name": "All", "members": ["ann"]}]
    assert lines(site, text) == []


def test_what_a_file_does_not_take_is_put_aside_and_counted(site: TestSite) -> None:
    making.user(site, "ann", maildisplay=7, city="Bern")
    making.course(site, "OLD", groupmode=7, startdate=-86_400, newsitems=3)
    found = export(site.session)
    sections = yaml.safe_load(found.text)
    assert sections["users"] == [{"username": "ann", **sections["users"][0], "city": "Bern"}]
    assert "maildisplay" not in sections["users"][0]
    (course,) = sections["courses"]
    assert course["newsitems"] == 3
    assert not {"groupmode", "startdate"} & course.keys()
    assert found.left_out == {
        f"values of {field} that a site file does not take": 1
        for field in ("users.maildisplay", "courses.startdate", "courses.groupmode")
    }


def test_an_account_whose_password_is_to_be_made_is_written_and_read(site: TestSite) -> None:
    """So connectors create people; earlier versions noted more than a file takes."""
    new = NewUser(
        username="ann", firstname="A", lastname="A", email="ann@x.example", createpassword=True
    )
    made = new_users.create(site.call(), new)
    preferences.put(site.session, made.id, {"create_password": "1"})
    text = export(site.session).text
    assert lines(site, text) == []
    again = text.replace("ann", "ben")
    apply(site, again)
    assert lines(site, again) == []
    assert yaml.safe_load(export(site.session).text)["users"][1]["preferences"] == {
        "auth_forcepasswordchange": "1",
    }
