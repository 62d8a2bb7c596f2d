"""Property: a site exported and applied to an empty store is the same site, tokens aside."""

import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coursewire.domain import cohorts, enrolments, roles
from coursewire.domain.cohorts import NewCohort
from coursewire.sitefile import writing
from coursewire.sitefile.export import export
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.present.site import read
from tests.conftest import STATE
from tests.sitefile import site_files
from tests.support import making
from tests.support import postgres as private
from tests.support.sitefiles import apply, lines
from tests.support.sites import TestSite, fresh_address, opened


class Sites:
    """Makes fresh sites of one engine."""

    def __init__(self, cluster: private.Cluster | None) -> None:
        self._cluster = cluster

    @contextmanager
    def one(self) -> Generator[TestSite]:
        with tempfile.TemporaryDirectory(prefix="coursewire-roundtrip-") as folder:
            place = Path(folder)
            with (
                fresh_address(place, Path(os.environ[STATE]), self._cluster) as address,
                opened(address, place) as site,
            ):
                yield site


@pytest.fixture
def sites(engine_name: str, request: pytest.FixtureRequest) -> Sites:
    return Sites(request.getfixturevalue("postgres") if engine_name == "postgres" else None)


def described(site: TestSite) -> dict[str, Any]:
    """All that site files say of a site, password hashes included; tokens have their values."""
    found = msgspec.structs.asdict(read(site.session, secrets=True).file)
    del found["tokens"]
    # Who got a role first does not matter.
    found["role_assignments"] = sorted(found["role_assignments"], key=lambda held: held.label)
    return found


def came_back(sites: Sites, file: SiteFile) -> None:
    text = writing.text_of(file, "generated")
    with sites.one() as first, sites.one() as second:
        apply(first, text)
        assert lines(first, text) == []
        exported = export(first.session, secrets=True).text
        assert lines(first, exported) == []
        apply(second, exported)
        before, after = described(first), described(second)
        for section, value in before.items():
            assert after[section] == value, section
        assert lines(second, exported) == []


FEW: Any = settings(
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.mark.slow
@settings(FEW, max_examples=int(os.environ.get("COURSEWIRE_EXAMPLES", "12")))
@given(data=st.data())
def test_a_site_survives_export_and_application(sites: Sites, data: st.DataObject) -> None:
    came_back(sites, data.draw(site_files.site_files()))


def test_a_site_with_everything_survives(sites: Sites) -> None:
    came_back(sites, site_files.EVERYTHING)


def test_a_way_that_lost_its_role_and_its_cohort_opens_to_nobody(sites: Sites) -> None:
    with sites.one() as first, sites.one() as second:
        course, helper = making.course(first, "ALG"), making.role(first, "helper")
        with (call := first.call()).transaction():
            club = cohorts.create(call, NewCohort(name="Club", idnumber="C"))
            enrolments.add_instance(call, course, "self", roleid=helper, cohort_id=club)
            cohorts.remove(call, club)
            roles.remove(call, helper)
        exported = export(first.session).text
        assert lines(first, exported) == []
        apply(second, exported)
        assert lines(second, exported) == []
        (way,) = read(second.session).file.self_enrolments
        assert (way.cohort, way.new_enrolments, way.role) == ("", False, "")
        # A file without the word, as written by earlier versions, opens it to nobody either.
        silent = exported.replace("new_enrolments: false", "new_enrolments: true")
        assert silent != exported
        assert lines(first, silent) == []
