"""The page of a user: state, roles by place, what they may do, courses, tokens, and its changes."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from coursewire.console import refused
from coursewire.console.answers import Answer
from coursewire.console.places import named_places
from coursewire.console.routes import acts, shows
from coursewire.console.views.token_list import state as token_state
from coursewire.console.visit import Visit
from coursewire.contracts.errors import MissingRecord, Refusal
from coursewire.domain import (
    contexts,
    permissions,
    role_assignments,
    roles,
    tokens,
    user_care,
    users,
)
from coursewire.domain.known_preferences import FORCE_PASSWORD_CHANGE
from coursewire.domain.permissions import Decision
from coursewire.store import people_list, preferences
from coursewire.store.roles import Assignment, RoleRecord
from coursewire.store.users import UserRecord

_MOST = 100
_SAYS = {1: "allows it", 0: "says nothing", -1: "prevents it", -1000: "prohibits it"}


class HeldRole(Struct, frozen=True):
    """A role that the user holds somewhere."""

    role: RoleRecord
    assignment: Assignment
    where: str
    written: str
    is_takeable: bool


class Asked(Struct, frozen=True):
    """A question about one capability, answered."""

    capability: str
    where: str
    decision: Decision
    lines: tuple[str, ...]


def show(visit: Visit) -> Answer:
    """Show the account."""
    return _page(visit, _user(visit))


def suspend(visit: Visit) -> Answer:
    """Shut the log-in."""
    user_care.suspend(visit.call, visit.number("id"), suspended=True)
    return _back(visit, "The account is suspended; its tokens are refused.")


def unsuspend(visit: Visit) -> Answer:
    """Open the log-in again."""
    user_care.suspend(visit.call, visit.number("id"), suspended=False)
    return _back(visit, "The account is no longer suspended.")


def set_password(visit: Visit) -> Answer:
    """Store a new password that somebody typed for the user."""
    user = _user(visit)
    password = visit.form.raw("password")
    failures = user_care.password_failures(visit.call, user, password)
    if failures:
        visit.errors.add("password", " ".join(failures))
        return _page(visit, user)
    user_care.set_password(visit.call, user.id, password)
    return _back(visit, "The password is changed.")


def force_change(visit: Visit) -> Answer:
    """Ask the user for a new password at the next log-in, or no longer."""
    wanted = visit.form.is_on("on")
    user_care.force_password_change(visit.call, visit.number("id"), on=wanted)
    words = "A new password is asked for." if wanted else "No new password is asked for."
    return _back(visit, words)


def assign(visit: Visit) -> Answer:
    """Give a role in a place."""
    role_id = visit.form.number("role")
    if not role_id:
        visit.errors.add("role", "Choose a role.")
    return _with_place(
        visit,
        lambda user_id, place: user_care.give_role(visit.call, role_id, user_id, place),
        "The role is given.",
    )


def unassign(visit: Visit) -> Answer:
    """Take a role in a place."""
    role_id = visit.form.number("role")
    return _with_place(
        visit,
        lambda user_id, place: user_care.take_role(visit.call, role_id, user_id, place),
        "The role is taken.",
    )


def ask_to_delete(visit: Visit) -> Answer:
    """Say what would go with the account."""
    return _deletion(visit, _user(visit))


def delete(visit: Visit) -> Answer:
    """Delete the account once its name was typed."""
    user = _user(visit)
    if visit.form.text("confirm") != user.username:
        visit.errors.add("confirm", f"Type {user.username} to confirm.")
        return _deletion(visit, user)
    user_care.delete(visit.call, user.id)
    return visit.redirect("/console/users", f"The account {user.username} is deleted.")


def _with_place(visit: Visit, act: Callable[[int, Any], bool], notice: str) -> Answer:
    user = _user(visit)
    if not visit.errors:
        try:
            done = act(user.id, user_care.place(visit.call, visit.form.text("where")))
        except Refusal as refusal:
            field = "where" if "place" in refusal.reason else "role"
            visit.errors.add(field, _told(refusal))
        else:
            return _back(visit, notice if done else "Nothing had to be changed.")
    return _page(visit, user)


def _told(refusal: Refusal) -> str:
    reason = refusal.reason or str(refusal)
    return f"{reason[:1].upper()}{reason[1:]}" + (f": {refusal.remedy}." if refusal.remedy else ".")


def _user(visit: Visit) -> UserRecord:
    user = users.get(visit.session, visit.number("id"))
    if user.deleted:
        raise MissingRecord("user", user.id)
    return user


def _back(visit: Visit, notice: str) -> Answer:
    return visit.redirect(f"/console/users/{visit.number('id')}", notice)


def _page(visit: Visit, user: UserRecord) -> Answer:
    held = _held(visit, user)
    forced = preferences.value(visit.session, user.id, FORCE_PASSWORD_CHANGE)
    courses = people_list.enrolments(visit.session, user.id)
    may_update = _may(visit, user_care.UPDATE, user)
    held_tokens = tokens.list_of(visit.call, user_id=user.id)
    giveable = role_assignments.giveable(visit.call.permissions)
    return visit.page(
        "users/user.html",
        user=user,
        why_unchanged=users.why_unchanged(visit.call, user) if visit.may("operator") else "",
        is_service=people_list.is_service(user),
        is_admin=user.id in visit.call.site.admin_ids,
        is_forced=forced not in (None, "", "0"),
        held=held[:_MOST],
        held_count=len(held),
        roles=[role for role in roles.everything(visit.session) if role.id in giveable],
        asked=_asked(visit, user),
        courses=courses[:_MOST],
        course_count=len(courses),
        tokens=[(token, token_state(token, visit.now)) for token in held_tokens[:_MOST]],
        token_count=len(held_tokens),
        can_update=may_update,
        can_suspend=may_update and not _is_own(visit, user),
        can_delete=visit.may("operator") and user_care.may_delete(visit.call, user),
    )


def _may(visit: Visit, capability: str, user: UserRecord) -> bool:
    """Tell whether the person may change this account in a way that takes a capability."""
    is_allowed = visit.may("operator") and visit.call.permissions.may(
        capability, visit.call.site.system
    )
    return is_allowed and users.may_change(visit.call, user)


def _is_own(visit: Visit, user: UserRecord) -> bool:
    return user.id == visit.account.id


def _held(visit: Visit, user: UserRecord) -> list[HeldRole]:
    known = {role.id: role for role in roles.everything(visit.session)}
    found = role_assignments.of_user(visit.session, user.id)
    places = contexts.many(visit.session, {one.context_id for one in found[:_MOST]})
    names = named_places(visit.session, places)
    may_change = visit.may("operator") and users.may_change(visit.call, user)
    return [
        HeldRole(
            known[one.role_id],
            one,
            *names.get(one.context_id, ("", "")),
            is_takeable=may_change
            and one.context_id in places
            and user_care.may_take(visit.call, one, places[one.context_id]),
        )
        for one in found
        if one.role_id in known
    ]


def _asked(visit: Visit, user: UserRecord) -> Asked | None:
    """Answer whether the user may do something somewhere, and why."""
    capability = visit.query.text("capability")
    if not capability:
        return None
    try:
        roles.check_capability(visit.call, capability)
        place = user_care.place(visit.call, visit.query.text("in"))
    except Refusal as refusal:
        field = "in" if "place" in refusal.reason else "capability"
        visit.errors.add(field, _told(refusal))
        return None
    asked = permissions.of_user(visit.session, user.id, visit.call.site)
    decision = asked.explain(capability, place)
    known = {role.id: role.shortname for role in roles.everything(visit.session)}
    told = {one.context_id for one in decision.answers if one.context_id is not None}
    places = named_places(visit.session, told)
    lines = tuple(
        f"{known.get(one.role_id, 'a role')} {_SAYS[one.permission]}"
        + (f" in {places[one.context_id][0]}" if one.context_id in places else "")
        for one in decision.answers
    )
    return Asked(capability, named_places(visit.session, {place.id})[place.id][0], decision, lines)


def _deletion(visit: Visit, user: UserRecord) -> Answer:
    closed = refused.closed(
        visit,
        f"delete the account {user.username}",
        lambda: user_care.require_deletable(visit.call, user),
    )
    if closed is not None:
        return closed
    live = tokens.list_of(visit.call, user_id=user.id)
    return visit.page(
        "users/delete.html",
        user=user,
        tokens=len([token for token in live if token.is_live(visit.now)]),
        last_used=max((token.lastaccess for token in live), default=0),
        courses=len(people_list.enrolments(visit.session, user.id)),
        roles=len(role_assignments.of_user(visit.session, user.id)),
    )


_USER = "/console/users/{id:int}"
ACTIONS = (
    shows(_USER, show, right="viewer"),
    acts(f"{_USER}/suspend", suspend, right="operator"),
    acts(f"{_USER}/unsuspend", unsuspend, right="operator"),
    acts(f"{_USER}/password", set_password, right="owner", recent=True),
    acts(f"{_USER}/force-password-change", force_change, right="operator"),
    acts(f"{_USER}/assign", assign, right="operator", recent=True),
    acts(f"{_USER}/unassign", unassign, right="operator"),
    shows(f"{_USER}/delete", ask_to_delete, right="operator"),
    acts(f"{_USER}/delete", delete, right="operator", recent=True),
)
