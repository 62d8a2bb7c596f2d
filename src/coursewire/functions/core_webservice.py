"""Bodies of core_webservice: what a client learns of the site and of itself."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from msgspec import Struct

from coursewire.contracts import core_webservice as c
from coursewire.contracts.fields import UNSET
from coursewire.contracts.kept import Kept
from coursewire.domain import (
    contexts,
    installed,
    own_limits,
    private_keys,
    service_functions,
    user_pictures,
    users,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.site import Site
from coursewire.domain.user_names import Named, fullname
from coursewire.functions.binding import Bound
from coursewire.store import preferences
from coursewire.text.short import format_string

SITE_ID = 1
_DASHBOARD, _USERS_CHOICE = 1, 2
# Site, dashboard, my courses.
_HOME_PAGES = frozenset({"0", "1", "3"})
# Of an access's memory.
_OWN = "own in site info"
T = TypeVar("T")

# In the protocol's order; the last but one was a part of Moodle once and is always off.
FEATURES = (
    "usecomments",
    "usetags",
    "enablenotes",
    "messaging",
    "enableblogs",
    "enablecompletion",
    "enablebadges",
    "messagingallusers",
    "enablecustomreports",
    "enableglobalsearch",
    "mnet_dispatcher_mode",
    "enablecompetencies",
)


class Account(Named, Protocol):
    """What must be known of the caller: the gate has read it, for a call by token."""

    @property
    def username(self) -> str: ...
    @property
    def lang(self) -> str: ...
    @property
    def calendartype(self) -> str: ...
    @property
    def policyagreed(self) -> int: ...
    @property
    def picture(self) -> int: ...


class Own(Struct, frozen=True, kw_only=True):
    """What the account, its roles and the site come to; sizes are in bytes."""

    fullname: str
    picture: str
    manages_files: bool
    quota: int
    largest_upload: int
    key: str


def get_site_info(call: Call, params: c.GetSiteInfo) -> c.SiteInfo:  # noqa: ARG001 - see below
    """Tell who calls, on which site, and which functions the token may call.

    No context is validated and no right is needed, so that clients can check their token even
    when the account must first change its password. The parameters never changed the answer.
    """
    site, access = call.site, call.origin.access
    account: Account = users.get(call.session, call.caller.id) if access is None else access
    own = _own(call, account)
    return c.SiteInfo(
        sitename=format_string(site.fullname, call.text),
        username=account.username,
        firstname=account.firstname,
        lastname=account.lastname,
        fullname=own.fullname,
        lang=account.lang if account.lang in installed.LANGS else site.lang,
        userid=call.caller.id,
        siteurl=site.url,
        userpictureurl=own.picture,
        functions=_functions(call),
        downloadfiles=UNSET if access is None else access.downloadfiles,
        uploadfiles=UNSET if access is None else access.uploadfiles,
        release=site.release,
        version=site.version,
        mobilecssurl=str(site.settings["mobilecssurl"]),
        advancedfeatures=_features(site),
        usercanmanageownfiles=own.manages_files,
        userquota=own.quota,
        usermaxuploadfilesize=own.largest_upload,
        userhomepage=_home_page(call),
        userprivateaccesskey=own.key,
        siteid=SITE_ID,
        sitecalendartype=str(site.settings["calendartype"]),
        usercalendartype=account.calendartype,
        userissiteadmin=call.caller.is_admin,
        theme=str(site.settings["theme"]),
        limitconcurrentlogins=0,
        policyagreed=account.policyagreed,
    )


def _own(call: Call, account: Account) -> Own:
    """Return the caller's own, remembered where it follows from what the gate has read."""
    access = call.origin.access
    memory: dict[str, Own] = {} if access is None or not call.is_as_met else access.memory
    found = memory.get(_OWN)
    if found is None:
        site, place = call.site, _own_place(call)
        found = memory[_OWN] = Own(
            fullname=fullname(account, site),
            picture=user_pictures.address(site, user_pictures.LARGE, account.picture, place.id),
            manages_files=own_limits.may_manage_files(call, place),
            quota=own_limits.quota(call, place),
            largest_upload=own_limits.largest_upload(call),
            key=private_keys.of_caller(call),
        )
    return found


def _own_place(call: Call) -> Context:
    """Return the caller's own context, put together from what the gate has read."""
    system, user_id = call.site.system, call.caller.id
    access = call.origin.access
    if access is None or access.own_context_id is None:
        return contexts.user(call.session, user_id) or system
    own, path = access.own_context_id, f"{system.path}/{access.own_context_id}"
    return Context(own, contexts.USER, user_id, path, system.depth + 1)


def _functions(call: Call) -> list[c.SiteFunction]:
    """Return the functions of the token's service, as long as the database stays as it is."""
    return _remembered(
        call.site,
        ("functions in site info", call.origin.service_id),
        lambda: [
            c.SiteFunction(name=name, version=version)
            for name, version in service_functions.versions(call).items()
        ],
    )


def _features(site: Site) -> list[c.AdvancedFeature]:
    return _remembered(
        site,
        ("features in site info", 0),
        lambda: [c.AdvancedFeature(name=name, value=_number(site, name)) for name in FEATURES],
    )


def _remembered(site: Site, key: tuple[str, int], make: Callable[[], list[T]]) -> list[T]:
    """Return what the site keeps under a key, made when the site is read anew."""
    found: Kept[T] | None = site.memory.get(key)
    if found is None:
        found = site.memory[key] = Kept(make())
    return found


def _home_page(call: Call) -> int:
    """Return where the caller lands: the site may leave that to each user."""
    page = _number(call.site, "defaulthomepage")
    if page != _USERS_CHOICE:
        return page
    chosen = preferences.value(call.session, call.caller.id, "user_home_page_preference")
    return int(chosen) if chosen in _HOME_PAGES else _DASHBOARD


def _number(site: Site, name: str) -> int:
    value = site.settings.get(name, 0)
    return int(value) if isinstance(value, int) else 0


FUNCTIONS = (Bound(c.get_site_info, get_site_info),)
