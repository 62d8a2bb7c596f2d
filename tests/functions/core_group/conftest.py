"""What the tests of core_group have in common."""

import pytest

from tests.support.school import Classroom
from tests.support.sites import TestSite


@pytest.fixture
def classroom(site: TestSite) -> Classroom:
    """A course with people on a fresh site, once on SQLite and once on PostgreSQL."""
    return Classroom(site)
