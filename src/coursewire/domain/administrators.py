"""The administrators of the site: those who may do everything."""

from collections.abc import Sequence

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import settings, users
from coursewire.domain.call import Call, Caller
from coursewire.domain.clock import Clock
from coursewire.domain.site import ADMIN_ID, Site
from coursewire.store import users as user_rows
from coursewire.store.keys import Keys
from coursewire.store.session import Session

SETTING = "siteadmins"


def set_all(call: Call, user_ids: Sequence[int]) -> None:
    """Say who the administrators are; only an administrator may, and one must remain."""
    with call.transaction():
        if not call.caller.is_admin:
            reason = "only an administrator names administrators"
            raise InvalidParameter(reason, remedy="ask an administrator of the site")
        wanted = tuple(dict.fromkeys(user_ids))
        if not wanted:
            reason = "a site needs an administrator"
            raise InvalidParameter(reason, remedy="name one at least")
        users.hold(call.session, wanted)
        for user_id in wanted:
            users.require_active(call, user_id)
        before = call.site.settings[SETTING]
        if before != wanted:
            settings.store(call.session, SETTING, wanted)
            call.audit.record("site.administrators", "the site", before=before, after=wanted)


def unasked_call(session: Session, site: Site, *, clock: Clock, keys: Keys, function: str) -> Call:
    """Return a call by the site's administrator that no request made; `function` names its maker.

    Commands, set-up and the test kit act by it.
    """
    admin = user_rows.get(session, min(site.admin_ids, default=ADMIN_ID))
    caller = Caller(
        id=admin.id if admin else ADMIN_ID,
        username=admin.username if admin else "admin",
        auth=admin.auth if admin else "manual",
        is_admin=True,
        is_guest=False,
    )
    return Call(
        session=session,
        caller=caller,
        site=site,
        now=clock.now(),
        clock=clock,
        keys=keys,
        function=function,
    )
