"""Bodies of core_user for finding users and reading what the caller may see of them."""

from coursewire.contracts.core_user import profiles as c
from coursewire.contracts.parts import CallWarning
from coursewire.domain import user_search
from coursewire.domain.call import Call
from coursewire.domain.user_details import shown_as
from coursewire.functions.binding import Bound


def get_users(call: Call, params: c.GetUsers) -> c.FoundUsers:
    """Find users; no right is needed, since each user is shown only as far as the caller may see.

    No context is validated: an account that must change its password first may search.
    """
    wanted = user_search.asked(
        ((criterion.key, criterion.value) for criterion in params.criteria),
        extended_usernames=call.site.extendedusernamechars,
    )
    found = user_search.search(call, wanted)
    return c.FoundUsers(
        users=[shown_as(c.User, details) for details in found],
        warnings=[_left_out(key) for key in wanted.unknown],
    )


def _left_out(key: str) -> CallWarning:
    message = f"Users cannot be searched by {key!r}; the criterion is left out"
    return CallWarning(item=key, warningcode="invalidfieldparameter", message=message)


FUNCTIONS = (Bound(c.get_users, get_users, long=True),)
