"""The site as the rules see it: who it is, its settings, its roots, what is known to it."""

from collections.abc import Hashable, Mapping
from types import MappingProxyType
from typing import Any, Literal

import msgspec
from msgspec import Struct

from coursewire.contracts import capabilities
from coursewire.contracts.capabilities import KnownCapability
from coursewire.contracts.errors import LARGEST_BODY
from coursewire.domain import contexts
from coursewire.domain.activity_kinds import Kind
from coursewire.domain.contexts import Context
from coursewire.domain.known_settings import SETTINGS, Setting, Value
from coursewire.store import courses
from coursewire.store import settings as rows
from coursewire.store.problems import UnusableDatabase
from coursewire.store.session import Session

SITE_COURSE = 1
GUEST_ID = 1
ADMIN_ID = 2

Compatibility = Literal["5.1", "4.5"]


class Version(Struct, frozen=True):
    """A version of Moodle as it shows itself; `plugin` is that of its standard plugins."""

    release: str
    version: str
    plugin: str


VERSIONS: Mapping[Compatibility, Version] = {
    "5.1": Version("5.1+ (Build: 20251017)", "2025100600.02", "2025100600"),
    "4.5": Version("4.5 (Build: 20241007)", "2024100700", "2024100700"),
}


class Site(Struct, frozen=True, kw_only=True):
    """Everything about the site that rules go by, read once and shared by many calls."""

    url: str
    fullname: str
    shortname: str
    release: str
    version: str
    plugin_version: str
    system: Context
    front_page: Context
    capabilities: Mapping[str, KnownCapability]
    # The functions that this program answers, by name, each with the component that owns it.
    functions: Mapping[str, str]
    # All settings, with defaults; those that rules use have a name of their own below.
    settings: Mapping[str, Value]
    webservices_enabled: bool
    rest_enabled: bool
    tokenduration: int
    timezone: str
    lang: str
    country: str
    maintenance: bool
    sitepolicy: str
    context_locking: bool
    admin_ids: frozenset[int]
    allowaccountssameemail: bool
    extendedusernamechars: bool
    lockout_threshold: int
    userquota: int
    maxbytes: int
    showuseridentity: tuple[str, ...]
    hiddenuserfields: tuple[str, ...]
    profilesforenrolledusersonly: bool
    default_user_role_id: int
    frontpage_role_id: int
    guest_role_id: int
    notloggedin_role_id: int
    gradebook_roles: frozenset[int]
    course_contact_roles: frozenset[int]
    enrol_plugins: tuple[str, ...]
    roles_version: str
    guest_id: int = GUEST_ID
    # The kinds of activities that plugins bring.
    activity_kinds: Mapping[str, Kind] = MappingProxyType({})
    # Plugins may call programs of this machine: for tests only.
    outbound_loopback: bool = False
    # The largest request that its server takes, in bytes.
    largest_body: int = LARGEST_BODY
    # What was worked out from the database as it was when the site was read; all calls share it.
    memory: dict[Hashable, Any] = msgspec.field(default_factory=dict[Hashable, Any])


def load(
    session: Session,
    url: str,
    *,
    compatibility: Compatibility = "5.1",
    implemented: Mapping[str, str] = MappingProxyType({}),
    more_capabilities: Mapping[str, KnownCapability] = MappingProxyType({}),
    more_kinds: Mapping[str, Kind] = MappingProxyType({}),
    outbound_loopback: bool = False,
    largest_body: int = LARGEST_BODY,
) -> Site:
    """Read the site in three queries.

    `implemented` maps the functions that are answered to their components; `more_capabilities` and
    `more_kinds` (of activities) are those of plugins; `largest_body` is in bytes.
    """
    settings = read_settings(session)
    home = courses.get(session, SITE_COURSE)
    front_page = contexts.course(session, SITE_COURSE)
    system = contexts.find(session, contexts.SYSTEM, 0)
    if home is None or front_page is None or system is None:
        msg = "the database holds no site; set it up with `coursewire init`"
        raise UnusableDatabase(msg)
    shown = VERSIONS[compatibility]
    return Site(
        url=url.rstrip("/"),
        fullname=home.fullname,
        shortname=home.shortname,
        release=shown.release,
        version=shown.version,
        plugin_version=shown.plugin,
        system=system,
        front_page=front_page,
        capabilities={**capabilities.known(), **more_capabilities},
        functions=implemented,
        activity_kinds=more_kinds,
        outbound_loopback=outbound_loopback,
        largest_body=largest_body,
        settings=MappingProxyType(settings),
        **_named(settings),
    )


def refreshed(session: Session, site: Site) -> Site:
    """Return the site as it is now, for a call that uses what it changed."""
    settings = read_settings(session)
    home = courses.get(session, SITE_COURSE)
    return msgspec.structs.replace(
        site,
        fullname=home.fullname if home else site.fullname,
        shortname=home.shortname if home else site.shortname,
        settings=MappingProxyType(settings),
        memory={},
        **_named(settings),
    )


def _named(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings that rules use under the names that the rules use."""
    protocols = settings["webserviceprotocols"]
    return {
        "webservices_enabled": settings["enablewebservices"],
        "rest_enabled": "rest" in protocols,
        "tokenduration": settings["tokenduration"],
        "timezone": settings["timezone"],
        "lang": settings["lang"],
        "country": settings["country"],
        "maintenance": settings["maintenance_enabled"],
        "sitepolicy": settings["sitepolicy"],
        "context_locking": settings["contextlocking"],
        "admin_ids": frozenset(settings["siteadmins"]),
        "allowaccountssameemail": settings["allowaccountssameemail"],
        "extendedusernamechars": settings["extendedusernamechars"],
        "lockout_threshold": settings["lockoutthreshold"],
        "userquota": settings["userquota"],
        "maxbytes": settings["maxbytes"],
        "showuseridentity": settings["showuseridentity"],
        "hiddenuserfields": settings["hiddenuserfields"],
        "profilesforenrolledusersonly": settings["profilesforenrolledusersonly"],
        "default_user_role_id": settings["defaultuserroleid"],
        "frontpage_role_id": settings["defaultfrontpageroleid"],
        "guest_role_id": settings["guestroleid"],
        "notloggedin_role_id": settings["notloggedinroleid"],
        "gradebook_roles": frozenset(settings["gradebookroles"]),
        "course_contact_roles": frozenset(settings["coursecontact"]),
        "enrol_plugins": settings["enrol_plugins_enabled"],
        "roles_version": settings["rolesversion"],
    }


def read_settings(session: Session) -> dict[str, Value]:
    """Return every setting: as stored, or its default. Unknown rows of the store are left out."""
    stored = rows.everything(session)
    return {
        name: _decode(setting, stored[name]) if name in stored else setting.default
        for name, setting in SETTINGS.items()
    }


def _decode(setting: Setting, stored: str) -> Value:
    value: Value = msgspec.json.decode(stored, type=_type(setting))
    return value


def _type(setting: Setting) -> Any:  # noqa: ANN401 - a type
    """Return the type that the default tells; an empty tuple holds texts."""
    if not isinstance(setting.default, tuple):
        return type(setting.default)
    if setting.default and isinstance(setting.default[0], int):
        return tuple[int, ...]
    return tuple[str, ...]
