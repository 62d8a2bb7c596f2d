"""A site as it is before anybody has used it: accounts, roles, a category, the site course."""

from typing import Any

from msgspec import Struct

from coursewire.contracts.capabilities import ARCHETYPES, allowed_to
from coursewire.contracts.errors import InvalidParameter
from coursewire.domain import contexts, settings
from coursewire.domain import text_limits as limits
from coursewire.domain.contexts import Context
from coursewire.domain.courses import FULLNAME, SHORTNAME
from coursewire.domain.role_definitions import ALLOW
from coursewire.domain.site import ADMIN_ID, GUEST_ID, SITE_COURSE
from coursewire.store import chosen_ids, courses, grades, roles
from coursewire.store.problems import UnusableDatabase
from coursewire.store.schema import access, users
from coursewire.store.schema.courses import categories
from coursewire.store.schema.courses import courses as course_table
from coursewire.store.session import Session
from coursewire.store.users import fold
from coursewire.text.types.letters import raw

CATEGORY = 1
CATEGORY_NAME = "Category 1"
SYSTEM = 1
_GUEST_DESCRIPTION = "This user is a special user that allows read-only access to some courses."
_SITE_FORMAT = {"numsections": "1"}

_EVERYWHERE = (contexts.SYSTEM, contexts.CATEGORY, contexts.COURSE)
_IN_COURSES = (contexts.COURSE, contexts.MODULE)
LEVELS = {
    "manager": _EVERYWHERE,
    "coursecreator": (contexts.SYSTEM, contexts.CATEGORY),
    "editingteacher": _IN_COURSES,
    "teacher": _IN_COURSES,
    "student": _IN_COURSES,
}
MAY_ASSIGN = {
    "manager": ("manager", "coursecreator", "editingteacher", "teacher", "student"),
    "editingteacher": ("teacher", "student"),
}


class NewSite(Struct, frozen=True, kw_only=True):
    """What a fresh site is called and who looks after it; without a hash nobody can log in."""

    fullname: str = "Coursewire"
    shortname: str = "coursewire"
    admin_username: str = "admin"
    admin_email: str = "admin@example.com"
    admin_firstname: str = "Admin"
    admin_lastname: str = "User"
    admin_password_hash: str = ""


def exists(session: Session) -> bool:
    """Tell whether the database holds a site already."""
    return contexts.find(session, contexts.SYSTEM, 0) is not None


def require(session: Session) -> None:
    """Refuse a database whose tables hold no site: nothing could be answered from it."""
    if not exists(session):
        msg = "the database holds no site; set it up with `coursewire init`"
        raise UnusableDatabase(msg)


def require_names(new: NewSite) -> None:
    """Refuse names that no site can have."""
    for field, name, limit in (
        ("fullname", new.fullname, FULLNAME),
        ("shortname", new.shortname, SHORTNAME),
    ):
        limits.require_fit(field, name, limit)
        if not raw(name):
            raise InvalidParameter(
                f"the {field} {name!r} holds letters that no text can have",
                remedy="write it in UTF-8, without NUL",
            )


def create(session: Session, new: NewSite, now: int) -> None:
    """Fill an empty database, all in one transaction."""
    with session.transaction():
        if exists(session):
            msg = "the database holds a site already; choose another one for a new site"
            raise UnusableDatabase(msg)
        _accounts(session, new, now)
        _roles(session)
        root = _system(session)
        contexts.create_many(session, contexts.USER, (GUEST_ID, ADMIN_ID), root)
        _category(session, root, now)
        _site_course(session, new, root, now)
        settings.store(session, "siteadmins", (ADMIN_ID,))
        settings.roles_changed(session)


def _accounts(session: Session, new: NewSite, now: int) -> None:
    guest = _account(
        GUEST_ID,
        now,
        username="guest",
        firstname="Guest user",
        lastname=" ",
        email="root@localhost",
        description=_GUEST_DESCRIPTION,
    )
    admin = _account(
        ADMIN_ID,
        now,
        username=new.admin_username,
        firstname=new.admin_firstname,
        lastname=new.admin_lastname,
        email=new.admin_email,
        password=new.admin_password_hash,
    )
    chosen_ids.insert_rows(session, users.users, [guest, admin])


def _account(user_id: int, now: int, **values: str) -> dict[str, Any]:
    folded = {f"{name}_folded": fold(values[name]) for name in ("firstname", "lastname", "email")}
    return {
        "id": user_id,
        "department": "",
        "timecreated": now,
        "timemodified": now,
        "email_unique": folded["email_folded"],
        **folded,
        **values,
    }


def _roles(session: Session) -> None:
    numbers = {archetype: number for number, archetype in enumerate(ARCHETYPES, start=1)}
    chosen_ids.insert_rows(
        session,
        access.roles,
        [
            {"id": number, "shortname": name, "archetype": name, "sortorder": number}
            for name, number in numbers.items()
        ],
    )
    for name, number in numbers.items():
        roles.set_levels(session, number, LEVELS.get(name, ()))
        roles.set_may_assign(
            session, number, [numbers[other] for other in MAY_ASSIGN.get(name, ())]
        )


def _system(session: Session) -> Context:
    row = {"id": SYSTEM, "level": contexts.SYSTEM, "instanceid": 0, "path": "/1", "depth": 1}
    chosen_ids.insert_rows(session, access.contexts, [row])
    for number, archetype in enumerate(ARCHETYPES, start=1):
        allowed = dict.fromkeys(allowed_to(archetype), ALLOW)
        roles.set_permissions(session, number, SYSTEM, allowed)
    return contexts.system(session)


def _category(session: Session, root: Context, now: int) -> None:
    row = {
        "id": CATEGORY,
        "name": CATEGORY_NAME,
        "sortorder": 10_000,
        "depth": 1,
        "path": f"/{CATEGORY}",
        "timemodified": now,
    }
    chosen_ids.insert_rows(session, categories, [row])
    contexts.create(session, contexts.CATEGORY, CATEGORY, root)


def _site_course(session: Session, new: NewSite, root: Context, now: int) -> None:
    row = {
        "id": SITE_COURSE,
        "category": 0,
        "sortorder": 1,
        "fullname": new.fullname,
        "shortname": new.shortname,
        "summaryformat": 0,
        "format": "site",
        "newsitems": 3,
        "showactivitydates": 0,
        "showcompletionconditions": None,
        "cacherev": now,
        "timecreated": now,
        "timemodified": now,
    }
    chosen_ids.insert_rows(session, course_table, [row])
    courses.set_format_options(session, SITE_COURSE, "site", _SITE_FORMAT)
    contexts.create(session, contexts.COURSE, SITE_COURSE, root)
    grades.add_totals(session, [SITE_COURSE], now)
