"""A course with people in it."""

import pytest

from tests.support.participants import School
from tests.support.sites import TestSite


@pytest.fixture
def school(site: TestSite) -> School:
    return School(site)
