"""Profile fields, accounts and cohorts as they are now."""

from typing import cast

from coursewire.domain import contexts, known_preferences
from coursewire.domain.user_fields import NO_COUNTRY, NOT_CACHED, TO_BE_GENERATED
from coursewire.sitefile.ids import GUEST_ID, Ids
from coursewire.sitefile.model.people import (
    Cohort,
    FieldVisibility,
    MailDisplay,
    ProfileField,
    User,
)
from coursewire.store import profile_fields as field_rows
from coursewire.store.inventory import people as rows
from coursewire.store.session import Session
from coursewire.store.users import UserRecord

# What stands in the place of a hash for those who cannot log in by password here.
_NO_HASHES = frozenset({"", NOT_CACHED, TO_BE_GENERATED})
_NO_COUNTRIES = frozenset({"", NO_COUNTRY})


def profile_fields(session: Session, ids: Ids) -> tuple[ProfileField, ...]:
    """Read the profile fields."""
    found: list[ProfileField] = []
    for row in field_rows.all_fields(session):
        ids.put("profile_field", (row.shortname,), row.id)
        found.append(
            ProfileField(
                shortname=row.shortname,
                name=row.name,
                type="text",
                visible=cast("FieldVisibility", row.visible),
            )
        )
    return tuple(found)


def users(session: Session, ids: Ids, *, secrets: bool) -> tuple[User, ...]:
    """Read the accounts; their password hashes only when secrets are wanted."""
    preferences = rows.preferences(session)
    texts = rows.profile_texts(session)
    found: list[User] = []
    for row in rows.accounts(session):
        ids.put("user", (row.username,), row.id)
        if row.id != GUEST_ID:
            custom = texts.get(row.id, {})
            held = _known(preferences.get(row.id, {}))
            found.append(_user(row, custom, held, secrets=secrets))
    return tuple(found)


def _known(preferences: dict[str, str]) -> dict[str, str]:
    """Return the preferences that a file may name; earlier versions stored notes beside them."""
    return {name: value for name, value in preferences.items() if known_preferences.find(name)}


def _user(
    row: UserRecord, custom: dict[str, str], preferences: dict[str, str], *, secrets: bool
) -> User:
    return User(
        username=row.username,
        password_hash=row.password if secrets and row.password not in _NO_HASHES else None,
        firstname=row.firstname,
        lastname=row.lastname,
        email=row.email,
        idnumber=row.idnumber,
        suspended=bool(row.suspended),
        confirmed=bool(row.confirmed),
        auth=row.auth,
        maildisplay=cast("MailDisplay", row.maildisplay),
        city=row.city,
        country="" if row.country in _NO_COUNTRIES else row.country,
        institution=row.institution,
        department=row.department or "",
        phone1=row.phone1,
        phone2=row.phone2,
        address=row.address,
        description=row.description or "",
        lang=row.lang,
        timezone=row.timezone,
        middlename=row.middlename,
        alternatename=row.alternatename,
        firstnamephonetic=row.firstnamephonetic,
        lastnamephonetic=row.lastnamephonetic,
        custom=custom,
        preferences=preferences,
    )


def cohorts(session: Session, ids: Ids) -> tuple[Cohort, ...]:
    """Read the cohorts."""
    members = rows.members_of_cohorts(session)
    found: list[Cohort] = []
    for row in rows.all_cohorts(session):
        ids.put("cohort", (row.idnumber,), row.id)
        in_category = row.level == contexts.CATEGORY
        found.append(
            Cohort(
                idnumber=row.idnumber,
                name=row.name,
                description=row.description,
                category=ids.name("category", row.instanceid) if in_category else "",
                visible=bool(row.visible),
                members=tuple(members.get(row.id, ())),
            )
        )
    return tuple(found)
