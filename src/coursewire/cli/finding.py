"""Finding what an option names, or saying in one sentence that it is not there."""

from collections.abc import Collection
from difflib import get_close_matches
from typing import Annotated

import typer

from coursewire.cli.acting import Acting
from coursewire.cli.common import Failure
from coursewire.contracts import registry
from coursewire.contracts.errors import MissingRecord
from coursewire.domain import contexts, roles, services
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.store import lookups, users
from coursewire.store import services as service_rows
from coursewire.store.roles import RoleRecord
from coursewire.store.services import ServiceRecord
from coursewire.store.users import UserRecord

CourseOption = Annotated[str | None, typer.Option("--course", help="Only in this course.")]
CategoryOption = Annotated[str | None, typer.Option("--category", help="Only in this category.")]
_LISTED = "coursewire call {} --format table lists what there is"


def user(call: Call, name: str) -> UserRecord:
    """Return the user of a user name or an e-mail address."""
    found = users.by_username(call.session, name) or users.by_address(call.session, name)
    if found is None or found.deleted:
        msg = f"there is no user {name!r}"
        raise Failure(msg, remedy="coursewire user list --search TEXT shows who there is")
    return found


def service(call: Call, name: str) -> ServiceRecord:
    """Return the service of a short name or a name."""
    try:
        return services.named(call, name)
    except MissingRecord as missing:
        there = service_rows.everything(call.session)
        names = [one.shortname or one.name for one in there]
        raise Failure(f"there is no service {name!r}", remedy=_instead(name, names)) from missing


def role(call: Call, name: str) -> RoleRecord:
    """Return the role of a short name."""
    found = roles.find(call.session, name)
    if found is None:
        names = [one.shortname for one in roles.everything(call.session)]
        raise Failure(f"there is no role {name!r}", remedy=_instead(name, names))
    return found


def require_functions(site: Acting, names: Collection[str]) -> None:
    """Refuse unknown functions, all at once, each with the nearest that there is."""
    wrong = [name for name in names if not site.opened.catalogue.is_known(name)]
    if wrong:
        there = [*registry.entries(), *site.opened.catalogue.components]
        close = [get_close_matches(name, there, n=1) for name in wrong]
        sentences = [
            f"there is no function {name!r}" + (f" (but {near[0]})" if near else "")
            for name, near in zip(wrong, close, strict=True)
        ]
        raise Failure("; ".join(sentences), remedy="coursewire functions lists all of them")


def place(call: Call, course: str | None, category: str | None) -> Context:
    """Return the context of a course by its short name, of a category, or of the whole site."""
    if course and category:
        msg = "give --course or --category, not both"
        raise Failure(msg, 2)
    if course:
        return _course(call, course)
    return _category(call, category) if category else call.site.system


def _course(call: Call, shortname: str) -> Context:
    course_id = lookups.course_id(call.session, shortname)
    if course_id is None:
        msg = f"there is no course with the short name {shortname!r}"
        raise Failure(msg, remedy=_LISTED.format("core_course_get_courses"))
    return contexts.get(call.session, contexts.COURSE, course_id)


def _category(call: Call, name: str) -> Context:
    ids = lookups.category_ids(call.session, name)
    if len(ids) != 1:
        msg = f"{len(ids) or 'no'} categories have the ID number or name {name!r}"
        listed = _LISTED.format("core_course_get_categories")
        raise Failure(msg, remedy="name it by an ID number that only one has" if ids else listed)
    return contexts.get(call.session, contexts.CATEGORY, ids[0])


def _instead(name: str, names: list[str]) -> str:
    close = get_close_matches(name, names, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"there are {', '.join(names)}" if names else "none has been made yet"
