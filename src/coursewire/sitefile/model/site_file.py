"""A whole site file; its sections in the order in which they are applied."""

from msgspec import Struct

from coursewire.sitefile.model.access import (
    Role,
    RoleAssignment,
    RoleOverride,
    Service,
    Token,
)
from coursewire.sitefile.model.courses import Activity, Category, Course, GradeItem
from coursewire.sitefile.model.participation import Enrolment, Group, Grouping, SelfEnrolment
from coursewire.sitefile.model.people import Cohort, ProfileField, User
from coursewire.sitefile.model.site import SiteSection, WebServices


class SiteFile(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A site as data: objects are matched by name, and those not listed are left alone."""

    site: SiteSection = SiteSection()
    webservices: WebServices = WebServices()
    profile_fields: tuple[ProfileField, ...] = ()
    roles: tuple[Role, ...] = ()
    categories: tuple[Category, ...] = ()
    users: tuple[User, ...] = ()
    courses: tuple[Course, ...] = ()
    role_overrides: tuple[RoleOverride, ...] = ()
    role_assignments: tuple[RoleAssignment, ...] = ()
    enrolments: tuple[Enrolment, ...] = ()
    cohorts: tuple[Cohort, ...] = ()
    self_enrolments: tuple[SelfEnrolment, ...] = ()
    groups: tuple[Group, ...] = ()
    groupings: tuple[Grouping, ...] = ()
    activities: tuple[Activity, ...] = ()
    grade_items: tuple[GradeItem, ...] = ()
    services: tuple[Service, ...] = ()
    tokens: tuple[Token, ...] = ()
