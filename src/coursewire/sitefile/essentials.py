"""What of a site must stand in a file: everything that a fresh site does not have by itself."""

from typing import Any

import msgspec

from coursewire.contracts.capabilities import ARCHETYPES, allowed_to
from coursewire.domain import fresh_site
from coursewire.domain.fresh_site import NewSite
from coursewire.domain.known_settings import ROLE_SETTINGS, SETTINGS
from coursewire.sitefile.model.access import Role, RoleAssignment, Service
from coursewire.sitefile.model.courses import Category
from coursewire.sitefile.model.people import User
from coursewire.sitefile.model.site import SiteSection
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.present.access import LEVELS
from coursewire.sitefile.present.site import LOCKOUT, Present

_FRESH = NewSite()
_ADMIN = User(
    username=_FRESH.admin_username,
    firstname=_FRESH.admin_firstname,
    lastname=_FRESH.admin_lastname,
    email=_FRESH.admin_email,
)
_CATEGORY = Category(name=fresh_site.CATEGORY_NAME, default=True)


def essentials(present: Present) -> SiteFile:
    """Return the site without what every site has from the beginning, and without repetition."""
    file = present.file
    default = next((category.label for category in file.categories if category.default), "")
    return msgspec.structs.replace(
        file,
        site=_site(file.site),
        roles=tuple(role for role in file.roles if not _is_standard(role)),
        categories=tuple(category for category in file.categories if category != _CATEGORY),
        users=tuple(user for user in file.users if user != _ADMIN),
        courses=tuple(
            msgspec.structs.replace(course, category="") if course.category == default else course
            for course in file.courses
        ),
        role_assignments=_assignments(file),
        services=_services(present),
        tokens=(),
    )


def _site(site: SiteSection) -> SiteSection:
    changed: dict[str, Any] = {
        name: value for name, value in site.settings.items() if value != _default(name)
    }
    threshold = site.lockout_threshold
    return msgspec.structs.replace(
        site,
        lockout_threshold=None if threshold == SETTINGS[LOCKOUT].default else threshold,
        administrators=(None if site.administrators == (_ADMIN.username,) else site.administrators),
        settings=changed,
    )


def _default(name: str) -> object:
    """Return the default of a setting as site files write it."""
    value = SETTINGS[name].default
    if name not in ROLE_SETTINGS:
        return value
    if isinstance(value, tuple):
        return tuple(ARCHETYPES[int(role_id) - 1] for role_id in value)
    return ARCHETYPES[int(value) - 1]


def _is_standard(role: Role) -> bool:
    """Tell whether a role is one of the standard ones, and as it was from the beginning."""
    name = role.shortname
    if name not in ARCHETYPES:
        return False
    return role == Role(
        shortname=name,
        archetype=name,
        capabilities=tuple(sorted(allowed_to(name))),
        assignable_in=tuple(LEVELS[level] for level in sorted(fresh_site.LEVELS.get(name, ()))),
        may_assign=fresh_site.MAY_ASSIGN.get(name, ()),
    )


def _services(present: Present) -> tuple[Service, ...]:
    """Return the services; of built-in ones those in use, without their functions."""
    built_in = present.protected["services"]
    return tuple(
        msgspec.structs.replace(service, functions=())
        if service.natural_key in built_in
        else service
        for service in present.file.services
        if service.natural_key not in built_in or service.enabled or service.authorised_users
    )


def _assignments(file: SiteFile) -> tuple[RoleAssignment, ...]:
    """Return the role assignments that no enrolment of the file brings with it."""
    implied = {(each.user, each.role, each.course) for each in file.enrolments}
    for way in file.self_enrolments:
        implied |= {(member, way.role, way.course) for member in way.members}
    return tuple(
        held
        for held in file.role_assignments
        if not held.course or (held.user, held.role, held.course) not in implied
    )
