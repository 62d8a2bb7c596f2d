"""What the tests of core_course have in common."""

import pytest

from tests.support.school import Classroom, School
from tests.support.sites import TestSite


@pytest.fixture
def school(site: TestSite) -> School:
    """A fresh site, once on SQLite and once on PostgreSQL."""
    return School(site)


@pytest.fixture
def classroom(site: TestSite) -> Classroom:
    """A course with people on a fresh site, once on SQLite and once on PostgreSQL."""
    return Classroom(site)
