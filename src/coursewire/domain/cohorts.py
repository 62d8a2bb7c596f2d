"""Cohorts: people gathered for the whole site or a category."""

from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from typing import Any

from msgspec import Struct
from sqlalchemy.exc import IntegrityError

from coursewire.contracts.errors import InvalidParameter, MissingRecord
from coursewire.domain import answer_rows, contexts, users
from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.domain.id_ranges import written
from coursewire.store import cohorts as store
from coursewire.store import turns
from coursewire.store.cohorts import CohortRecord

NAME = 254


class NewCohort(Struct, frozen=True, kw_only=True):
    """A cohort to be created; category 0 is the whole site."""

    name: str
    idnumber: str = ""
    description: str = ""
    descriptionformat: int = 1
    category_id: int = 0
    visible: bool = True
    theme: str = ""


@contextmanager
def changing(call: Call) -> Generator[None]:
    """Change cohorts while nobody else does: what is found free, or missing, stays so."""
    with call.transaction():
        keep_others_out(call)
        yield


def keep_others_out(call: Call) -> None:
    """Let nobody else make, move, fill or remove cohorts until the transaction ends.

    Who deletes a category, or moves what it holds, does this after the categories and the courses
    are locked: a cohort that comes meanwhile would be missed, and then go with the category.
    """
    turns.take(call.session, "cohorts")


def require(call: Call, cohort_id: int) -> CohortRecord:
    """Return a cohort, or raise MissingRecord."""
    found = store.get(call.session, cohort_id)
    if found is None:
        raise MissingRecord("cohort", cohort_id)
    return found


def of_ids(call: Call, ids: Collection[int]) -> list[CohortRecord]:
    """Return those of the cohorts that exist; no ids mean all cohorts."""
    if ids:
        return store.of_ids(call.session, ids)
    answer_rows.require_few(call, "cohorts", store.are_more)
    return store.everything(call.session)


def require_free(call: Call, idnumber: str) -> None:
    """Refuse an id number that another cohort has; the empty one counts as well."""
    if store.by_idnumber(call.session, idnumber) is not None:
        reason = f"another cohort has the id number {idnumber!r}"
        raise InvalidParameter(reason, remedy="choose another id number")


def create(call: Call, new: NewCohort) -> int:
    """Create a cohort and return its id; who may do that is decided before."""
    with changing(call):
        require_free(call, new.idnumber)
        _require_fit(new.name, new.idnumber)
        row = {
            "context_id": _context(call, new.category_id),
            "name": new.name,
            "idnumber": new.idnumber,
            "description": new.description,
            "descriptionformat": new.descriptionformat,
            "visible": int(new.visible),
            "theme": new.theme,
            "timecreated": call.now,
            "timemodified": call.now,
        }
        with _in_its_place():
            cohort_id = store.add(call.session, row)
        call.audit.record("cohort.create", f"cohort {cohort_id}", name=new.name)
        return cohort_id


def change(call: Call, cohort_id: int, values: Mapping[str, Any]) -> None:
    """Write columns of a cohort, or move it into another category; who may is decided before."""
    with changing(call):
        cohort = require(call, cohort_id)
        row: dict[str, Any] = {
            name: int(v) if isinstance(v, bool) else v for name, v in values.items()
        }
        if "category_id" in row:
            row["context_id"] = _context(call, row.pop("category_id"))
        _require_fit(row.get("name", cohort.name), row.get("idnumber", cohort.idnumber))
        # Without a description any number is stored: reading it back fails once there is a text.
        number = row.get("descriptionformat", cohort.descriptionformat)
        limits.require_small("descriptionformat", number)
        with _in_its_place():
            store.change(call.session, cohort_id, {**row, "timemodified": call.now})
        call.audit.record("cohort.update", f"cohort {cohort_id}", fields=sorted(values))


def remove(call: Call, cohort_id: int) -> None:
    """Remove a cohort; its people stay."""
    with changing(call):
        cohort = require(call, cohort_id)
        store.remove(call.session, cohort_id)
        call.audit.record("cohort.delete", f"cohort {cohort_id}", name=cohort.name)


def add_members(call: Call, cohort_id: int, user_ids: Collection[int]) -> list[int]:
    """Put users into a cohort; return those who were not in it."""
    # People come before cohorts, as in their deletion, which nobody begins meanwhile.
    with call.transaction():
        users.hold(call.session, user_ids)
        return _add_held(call, cohort_id, user_ids)


def _add_held(call: Call, cohort_id: int, user_ids: Collection[int]) -> list[int]:
    with changing(call):
        require(call, cohort_id)
        there = set(store.members(call.session, cohort_id))
        added = [user_id for user_id in dict.fromkeys(user_ids) if user_id not in there]
        for user_id in added:
            if users.get(call.session, user_id).deleted:
                raise MissingRecord("user", user_id)
        store.add_members(call.session, cohort_id, added, call.now)
        if added:
            target = f"cohort {cohort_id}"
            call.audit.record("cohort.add_members", target, users=written(added))
        return added


def remove_members(call: Call, cohort_id: int, user_ids: Collection[int]) -> list[int]:
    """Take users out of a cohort; return those who were in it."""
    with changing(call):
        there = set(store.members(call.session, cohort_id))
        gone = [user_id for user_id in dict.fromkeys(user_ids) if user_id in there]
        store.remove_members(call.session, cohort_id, gone)
        if gone:
            target = f"cohort {cohort_id}"
            call.audit.record("cohort.remove_members", target, users=written(gone))
        return gone


@contextmanager
def _in_its_place() -> Generator[None]:
    """Refuse a category that was there when it was looked for, and is being deleted now."""
    try:
        yield
    except IntegrityError as problem:
        raise InvalidParameter("there is no such category any more") from problem


def _context(call: Call, category_id: int) -> int:
    if not category_id:
        return call.site.system.id
    return contexts.get(call.session, contexts.CATEGORY, category_id).id


def _require_fit(name: str, idnumber: str) -> None:
    limits.require_fit("name", name, NAME)
    limits.require_fit("idnumber", idnumber, limits.IDNUMBER)
