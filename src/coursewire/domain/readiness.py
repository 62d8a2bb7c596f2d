"""Whether an account may enter any place at all: password, profile, policy, maintenance."""

from coursewire.contracts.errors import MissingRecord, MoodleError, Refusal, RequireLogin
from coursewire.domain.permissions import Permissions
from coursewire.domain.site import Site
from coursewire.domain.user_fields import is_empty
from coursewire.store import account_states
from coursewire.store.account_states import AccountState
from coursewire.store.session import Session

MAINTENANCE = "moodle/site:maintenanceaccess"
# Ways of logging in whose passwords are kept here, so that their users can change them.
_OWN_PASSWORDS = frozenset({"manual", "email"})
# Accounts that log in this way only call functions; nobody sits there to agree to anything.
_WITHOUT_POLICY = "webservice"
_NEEDED = ("firstname", "lastname", "email")


def hindrance(session: Session, auth: str, permissions: Permissions, site: Site) -> Refusal | None:
    """Return what keeps the account out of every place, or None (functions.md 4.2, a to c)."""
    state = account_states.get(session, permissions.user_id)
    if state is None:
        return MissingRecord("user", permissions.user_id)
    found = _password(state, auth) or _profile(state, permissions)
    if found is not None or permissions.is_admin:
        return found
    return _policy(state, auth, permissions, site) or _maintenance(permissions, site)


def _password(state: AccountState, auth: str) -> Refusal | None:
    if state.must_change_password in (None, "", "0"):
        return None
    if auth in _OWN_PASSWORDS:
        return MoodleError(
            "forcepasswordchangenotice",
            "The password must be changed first",
            reason="the user must change the password before anything else",
            remedy="set a new password for the user",
        )
    return MoodleError(
        "nopasswordchangeforced",
        "The password must be changed first, but not here",
        reason=f"the user must change the password, which accounts of kind {auth!r} cannot",
        remedy="remove the preference auth_forcepasswordchange of the user",
    )


def _profile(state: AccountState, permissions: Permissions) -> Refusal | None:
    missing = [name for name in _NEEDED if is_empty(getattr(state, name))]
    if permissions.is_guest or not (missing or state.lacks_a_required_field):
        return None
    lacking = ", ".join(missing) or "a required profile field"
    return MoodleError(
        "usernotfullysetup",
        "The profile of the user is not complete",
        reason=f"the profile lacks: {lacking}",
        remedy="complete the profile of the user",
    )


def _policy(state: AccountState, auth: str, permissions: Permissions, site: Site) -> Refusal | None:
    if not site.sitepolicy or state.policyagreed or permissions.is_guest:
        return None
    if auth == _WITHOUT_POLICY:
        return None
    return MoodleError(
        "sitepolicynotagreed",
        f"The policy of the site must be agreed to first: {site.sitepolicy}",
        reason="the user has not agreed to the policy of the site",
        remedy="let the user agree, or give the account the log-in kind 'webservice'",
    )


def _maintenance(permissions: Permissions, site: Site) -> Refusal | None:
    if not site.maintenance or permissions.may(MAINTENANCE, site.system):
        return None
    return RequireLogin(
        "the site is in maintenance", remedy="end the maintenance (setting maintenance_enabled)"
    )
