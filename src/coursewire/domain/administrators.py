"""The administrators of the site: those who may do everything."""

from collections.abc import Sequence

from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import settings, users
from coursewire.domain.call import Call

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
        for user_id in wanted:
            users.require_active(call, user_id)
        before = call.site.settings[SETTING]
        if before != wanted:
            settings.store(call.session, SETTING, wanted)
            call.audit.record("site.administrators", "the site", before=before, after=wanted)
