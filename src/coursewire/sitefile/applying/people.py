"""Profile fields, users and cohorts."""

from typing import Any

from coursewire.domain import (
    cohorts,
    new_users,
    passwords,
    preferences,
    profile_field_changes,
    profile_fields,
    user_changes,
    user_deletion,
    users,
)
from coursewire.domain.cohorts import NewCohort
from coursewire.domain.new_users import NewUser
from coursewire.domain.user_fields import NOT_CACHED
from coursewire.sitefile.applying.work import Applier, Differences, Work, items, pairs, values
from coursewire.sitefile.model.people import Cohort, ProfileField, User

# Fields that a file and the domain call the same.
_SAME = (
    "username",
    "firstname",
    "lastname",
    "email",
    "idnumber",
    "suspended",
    "confirmed",
    "auth",
    "maildisplay",
    "city",
    "institution",
    "department",
    "phone1",
    "phone2",
    "address",
    "lang",
    "timezone",
    "middlename",
    "alternatename",
    "firstnamephonetic",
    "lastnamephonetic",
    "custom",
)


def create_field(work: Work, field: ProfileField) -> None:
    """Make a profile field."""
    made = profile_fields.create(work.call, field.shortname, field.name, visible=field.visible)
    work.ids.put("profile_field", field.natural_key, made)


def change_field(
    work: Work, wanted: ProfileField, present: ProfileField, differences: Differences
) -> None:
    """Change the name of a profile field, or who sees it."""
    del present
    field_id = work.id("profile_field", wanted.shortname)
    profile_field_changes.change(work.call, field_id, **values(differences))


def remove_field(work: Work, field: ProfileField) -> None:
    """Remove a profile field with everything in it."""
    profile_field_changes.remove(work.call, work.id("profile_field", field.shortname))
    work.ids.drop("profile_field", field.natural_key)


def create(work: Work, user: User) -> None:
    """Make a user; the password, still checked here, was hashed before."""
    named: dict[str, Any] = {name: getattr(user, name) for name in _SAME}
    new = NewUser(
        **named,
        password=user.password,
        password_hash=user.password_hash or work.hash_of(user.username) or NOT_CACHED,
        country=user.country or None,
        description=user.description or None,
    )
    if user.password is not None:
        with work.about("password"):
            passwords.require_policy(user.password, work.call.site)
    made = new_users.create_as_stored(work.call, new)
    work.ids.put("user", user.natural_key, made.id)
    for name, value in user.preferences.items():
        preferences.put(work.call, made.id, name, value)


def change(work: Work, wanted: User, present: User, differences: Differences) -> None:
    """Change a user; the password is never touched."""
    del present
    user_id = work.id("user", wanted.username)
    users.hold_there(work.call.session, [user_id])
    changed = values(differences)
    if changed:
        user_changes.change(work.call, user_id, changed)
    custom = pairs(differences, "custom", "add")
    if custom:
        profile_fields.put(work.call, user_id, custom)
    for name, value in pairs(differences, "preferences", "add").items():
        preferences.put(work.call, user_id, name, value)
    for name in pairs(differences, "preferences", "take"):
        preferences.put(work.call, user_id, name, None)
    taken = [work.id("profile_field", name) for name in pairs(differences, "custom", "take")]
    if taken:
        profile_field_changes.empty(work.call, user_id, taken)


def remove(work: Work, user: User) -> None:
    """Delete a user; enrolments, memberships and tokens end with the account."""
    user_deletion.delete(work.call, work.id("user", user.username))


def create_cohort(work: Work, cohort: Cohort) -> None:
    """Make a cohort with its members."""
    new = NewCohort(
        idnumber=cohort.idnumber,
        name=cohort.name,
        description=cohort.description,
        category_id=work.id_or_none("category", cohort.category),
        visible=cohort.visible,
    )
    cohort_id = cohorts.create(work.call, new)
    work.ids.put("cohort", cohort.natural_key, cohort_id)
    cohorts.add_members(work.call, cohort_id, _users(work, cohort.members))


def change_cohort(work: Work, wanted: Cohort, present: Cohort, differences: Differences) -> None:
    """Change a cohort, or who is in it."""
    cohort_id = work.id("cohort", present.idnumber)
    changed = values(differences)
    if "category" in changed:
        changed["category_id"] = work.id_or_none("category", changed.pop("category"))
    if changed:
        cohorts.change(work.call, cohort_id, changed)
    cohorts.add_members(work.call, cohort_id, _users(work, items(differences, "members", "add")))
    gone = _users(work, items(differences, "members", "take"))
    cohorts.remove_members(work.call, cohort_id, gone)
    del wanted


def remove_cohort(work: Work, cohort: Cohort) -> None:
    """Remove a cohort."""
    cohorts.remove(work.call, work.id("cohort", cohort.idnumber))
    work.ids.drop("cohort", cohort.natural_key)


def _users(work: Work, names: tuple[str, ...] | None) -> list[int]:
    return [work.id("user", name) for name in names or ()]


FIELDS = Applier(create_field, change_field, remove_field)
USERS = Applier(create, change, remove)
COHORTS = Applier(create_cohort, change_cohort, remove_cohort)
