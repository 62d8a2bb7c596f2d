"""The site as a whole as it is now."""

from collections.abc import Mapping
from typing import cast

import msgspec
from msgspec import Struct

from coursewire.contracts.capabilities import ARCHETYPES
from coursewire.domain import site as domain_site
from coursewire.domain.known_settings import ROLE_SETTINGS, SETTINGS, Value
from coursewire.sitefile.ids import SITE_COURSE, Ids, Key
from coursewire.sitefile.model.access import Token
from coursewire.sitefile.model.site import SettingValue, SiteSection, WebServices
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.present import access, courses, participation, people
from coursewire.store import courses as course_rows
from coursewire.store import services as service_rows
from coursewire.store.inventory import people as people_rows
from coursewire.store.session import Session

LOCKOUT = "lockoutthreshold"


class Present(Struct, frozen=True):
    """The site in the words of a site file, and which ids stand behind the names."""

    file: SiteFile
    ids: Ids
    # Live tokens by id.
    tokens: Mapping[int, Token]
    # Ids of deleted users by what is left of their names.
    tombstones: Mapping[str, int]
    # What is never removed for not being in a file: keys by section.
    protected: Mapping[str, frozenset[Key]]
    # Ways into courses for a cohort that a file cannot name: they stay closed to all others.
    nameless: frozenset[Key]
    # Activities that are not graded themselves: what they show as maximum is that of an item that
    # grades from outside have made.
    ungraded: frozenset[Key]


def read(session: Session, *, secrets: bool = False) -> Present:
    """Read the whole site."""
    ids = Ids()
    # In this order: what is read later refers by name to what was read before.
    roles = access.roles(session, ids)
    categories = courses.categories(session, ids)
    found_courses = courses.courses(session, ids)
    profile_fields = people.profile_fields(session, ids)
    users = people.users(session, ids, secrets=secrets)
    assignments = access.assignments(session, ids)
    cohorts = people.cohorts(session, ids)
    self_enrolments = participation.self_enrolments(session, ids)
    groups = participation.groups(session, ids)
    groupings = participation.groupings(session, ids)
    activities = courses.activities(session, ids)
    criteria = courses.criteria(session, ids)
    services = access.services(session, ids)
    tokens = access.tokens(session, ids)
    file = SiteFile(
        site=_site(session, ids),
        webservices=_webservices(session),
        profile_fields=profile_fields,
        roles=roles,
        categories=categories,
        users=users,
        courses=tuple(
            msgspec.structs.replace(course, completion_criteria=criteria.get(course.shortname))
            for course in found_courses
        ),
        role_overrides=access.overrides(session, ids),
        role_assignments=assignments,
        enrolments=participation.enrolments(session, ids, assignments),
        cohorts=cohorts,
        self_enrolments=self_enrolments,
        groups=groups,
        groupings=groupings,
        activities=activities,
        grade_items=courses.grade_items(session, ids),
        services=services,
        tokens=tuple({token.natural_key: token for token in tokens.values()}.values()),
    )
    return Present(
        file=file,
        ids=ids,
        tokens=tokens,
        tombstones=people_rows.tombstones(session),
        protected=_protected(session, file),
        nameless=participation.nameless(session, ids),
        ungraded=courses.ungraded(session, ids),
    )


def _protected(session: Session, file: SiteFile) -> dict[str, frozenset[Key]]:
    return {
        "roles": frozenset((name,) for name in ARCHETYPES),
        "users": frozenset((name,) for name in file.site.administrators or ()),
        "categories": frozenset(
            category.natural_key for category in file.categories if category.default
        ),
        "services": frozenset(
            (service.shortname or service.name,)
            for service in service_rows.everything(session)
            if service.component
        ),
    }


def _site(session: Session, ids: Ids) -> SiteSection:
    settings = domain_site.read_settings(session)
    home = course_rows.get(session, SITE_COURSE)
    administrators = cast("tuple[int, ...]", settings["siteadmins"])
    return SiteSection(
        fullname=home.fullname if home else None,
        shortname=home.shortname if home else None,
        lockout_threshold=cast("int", settings[LOCKOUT]),
        administrators=tuple(ids.name("user", user_id) for user_id in administrators),
        settings={
            name: _written(name, value, ids)
            for name, value in settings.items()
            if name != LOCKOUT and not SETTINGS[name].internal
        },
    )


def _written(name: str, value: Value, ids: Ids) -> SettingValue:
    """Return a setting as a site file has it."""
    if name not in ROLE_SETTINGS:
        return value
    if isinstance(value, tuple):
        return tuple(ids.name("role", int(role_id)) for role_id in value)
    return ids.name("role", int(value))


def _webservices(session: Session) -> WebServices:
    settings = domain_site.read_settings(session)
    protocols = cast("tuple[str, ...]", settings["webserviceprotocols"])
    return WebServices(
        enabled=bool(settings["enablewebservices"]),
        protocols=("rest",) if "rest" in protocols else (),
    )
