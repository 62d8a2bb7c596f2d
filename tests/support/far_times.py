"""Times that no calendar has: any integration can send them, and site files can hold them."""

from typing import NamedTuple

from sqlalchemy import update

from coursewire.domain import tokens
from coursewire.store.schema.courses import courses
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.schema.services import service_users
from coursewire.store.schema.services import tokens as token_table
from coursewire.store.schema.users import users
from tests.support import making
from tests.support.sites import TestSite

MILLISECONDS = 1_803_108_427_000
FAR_TIMES = (MILLISECONDS, 2**53, -(2**53), 2**63 - 1, -(2**63))
SITE_INFO = "core_webservice_get_site_info"


class Far(NamedTuple):
    """What has such times."""

    course: int
    user: int
    service: int
    token: int
    handle: str


def at(site: TestSite, far: int) -> Far:
    """Make a course, a person in it and a token of that person, all of whose times are far off."""
    user, course = making.user(site, "anna"), making.course(site, "far")
    making.enrol(site, user, course)
    service = making.service(site, "reports", SITE_INFO, users=[user])
    making.token(site, user, service, name="far")
    (token,) = tokens.list_of(site.call(), ended=True)
    with site.session.transaction():
        for changed in (
            update(courses).values(startdate=far, enddate=far),
            update(user_enrolments).values(timestart=far, timeend=far),
            update(service_users).values(validuntil=far),
            update(token_table).values(validuntil=far, lastaccess=far),
            update(users).values(lastaccess=far),
        ):
            site.session.execute(changed)
    return Far(course, user, service, token.id, token.handle)
