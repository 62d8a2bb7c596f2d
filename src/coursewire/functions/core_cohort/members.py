"""Bodies of core_cohort for membership: add, remove, list."""

from collections.abc import Collection
from functools import partial

from coursewire.contracts.core_cohort import members as c
from coursewire.contracts.core_cohort.cohorts import CohortIds
from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.contracts.parts import CallWarning, Warned
from coursewire.domain import answer_rows, cohort_places, cohorts, users, written_ids
from coursewire.domain.call import Call
from coursewire.domain.cohort_places import ASSIGN, MANAGE, VIEW
from coursewire.functions.binding import Bound
from coursewire.store import cohorts as rows
from coursewire.store import users as user_rows
from coursewire.store.cohorts import CohortRecord
from coursewire.store.users import UserRecord

_WRONG_TYPE, _NOT_FOUND, _THERE_ALREADY = "1", "2", "3"
# How each may be named.
_COHORT_KEYS, _USER_KEYS = ("id", "idnumber"), ("id", "username")


class Unresolved(Exception):
    """A cohort or a user was named in a way that leads nowhere; becomes a warning."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.warning = CallWarning(warningcode=code, message=message)


def add_cohort_members(call: Call, params: c.AddCohortMembers) -> Warned:
    """Add users to cohorts; a missing right undoes all, anything else is a warning."""
    warnings: list[CallWarning] = []
    with call.transaction():
        # Before nobody else may change cohorts, as in the deletion of people.
        users.hold(call.session, _named(call, [member.usertype for member in params.members]))
        with cohorts.changing(call):
            for member in params.members:
                try:
                    _add(call, member)
                except Unresolved as unresolved:
                    warnings.append(unresolved.warning)
    return Warned(warnings=warnings)


def _named(call: Call, people: Collection[c.Reference]) -> set[int]:
    """Return the users who are named, whether or not they are there."""
    ids = (written_ids.number(each.value) for each in people if each.type == "id")
    names = {each.value for each in people if each.type == "username"}
    found = user_rows.with_values(call.session, "username", names)
    return {user.id for user in found} | {number for number in ids if number is not None}


def _add(call: Call, member: c.NewCohortMember) -> None:
    # Both before either is looked up: a wrong key is told even of what does not exist.
    _require_key("cohort", member.cohorttype, _COHORT_KEYS)
    _require_key("user", member.usertype, _USER_KEYS)
    cohort = _cohort(call, member.cohorttype)
    user = _user(call, member.usertype)
    if user.id in rows.members(call.session, cohort.id):
        message = f"User {user.id} is in cohort {cohort.id} already"
        raise Unresolved(_THERE_ALREADY, message)
    place = cohort_places.entered(call, cohort)
    cohort_places.require_either(call, (MANAGE, ASSIGN), place)
    cohorts.add_members(call, cohort.id, [user.id])


def _require_key(kind: str, named: c.Reference, keys: tuple[str, str]) -> None:
    if named.type not in keys:
        message = f"A {kind} has no key {named.type!r}; use {' or '.join(keys)}"
        raise Unresolved(_WRONG_TYPE, message)


def _cohort(call: Call, named: c.Reference) -> CohortRecord:
    if named.type == "id":
        found = rows.get(call.session, _number(named.value))
    else:
        found = rows.by_idnumber(call.session, named.value)
    if found is None:
        raise Unresolved(_NOT_FOUND, f"There is no cohort with {named.type} {named.value!r}")
    return found


def _user(call: Call, named: c.Reference) -> UserRecord:
    if named.type == "id":
        found = user_rows.get(call.session, _number(named.value))
    else:
        found = user_rows.by_username(call.session, named.value)
    if found is not None:
        # Read again once nobody can delete them any more, whoever got the name just now.
        users.hold(call.session, [found.id])
        found = user_rows.get(call.session, found.id)
    if found is None or found.deleted:
        raise Unresolved(_NOT_FOUND, f"There is no user with {named.type} {named.value!r}")
    return found


def _number(value: str) -> int:
    number = written_ids.number(value)
    if number is None:
        raise MoodleError("Error", "An id must be a number", reason=f"{value!r} is no id")
    return number


def delete_cohort_members(call: Call, params: c.DeleteCohortMembers) -> None:
    """Remove users from cohorts: all of them or none."""
    with cohorts.changing(call):
        for member in params.members:
            cohort = cohorts.require(call, member.cohortid)
            users.require_there(call.session, member.userid)
            place = cohort_places.entered(call, cohort)
            cohort_places.require_either(call, (MANAGE, ASSIGN), place)
            cohorts.remove_members(call, cohort.id, [member.userid])


def get_cohort_members(call: Call, params: CohortIds) -> list[c.CohortMembers]:
    """List the users of each cohort, by last name and first name."""
    there = {cohort.id: cohort for cohort in rows.of_ids(call.session, params.cohortids)}
    entered = cohort_places.Entered(call, there.values())
    for cohort_id in params.cohortids:
        if cohort_id not in there:
            raise MissingRecord("cohort", cohort_id)
        entered.require_either((MANAGE, VIEW), there[cohort_id])
    are_more = partial(rows.have_more_members, cohort_ids=params.cohortids)
    answer_rows.require_few(call, "members", are_more)
    found = rows.members_by_name(call.session, params.cohortids)
    return [
        c.CohortMembers(cohortid=cohort_id, userids=found.get(cohort_id, []))
        for cohort_id in params.cohortids
    ]


FUNCTIONS = (
    Bound(c.add_cohort_members, add_cohort_members),
    Bound(c.delete_cohort_members, delete_cohort_members),
    Bound(c.get_cohort_members, get_cohort_members, long=True),
)
