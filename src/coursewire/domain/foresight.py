"""What would become of a call: allowed, refused, limited, or it depends, and why.

The answers come from the rules that decide real calls: the gate, the permissions, the entering of
places, the visible details of people. Nothing is called and nothing changes.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from coursewire.contracts import known_needs
from coursewire.contracts.errors import Refusal
from coursewire.contracts.function import AnyFunction
from coursewire.contracts.needs import Need
from coursewire.domain import (
    activity_groups,
    contexts,
    explain,
    permissions,
    role_assignments,
    spread,
    user_details,
    validation,
)
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.domain.gate_facts import Facts
from coursewire.domain.gate_refusals import lifting, prohibition
from coursewire.domain.user_search import seen_with
from coursewire.store import activities, courses, enrolments, guest_access, users
from coursewire.text.counted import some

State = Literal["allowed", "refused", "limited", "depends"]
Level = Literal["gate", "declared", "known", "context"]
Answer = Literal["yes", "no", "unknown"]


class Circumstances(Struct, frozen=True, kw_only=True):
    """What a reader picked so that an answer becomes definite; None: not picked."""

    course_id: int | None = None
    # The id of a course module.
    activity_id: int | None = None
    user_id: int | None = None
    role_id: int | None = None


ANYTHING = Circumstances()


class Reason(Struct, frozen=True, kw_only=True):
    """One reason why not, or why that is not known.

    `capability` and `context_id` name what is missing and where, '' and 0 where that is not it.
    """

    level: Level
    answer: Answer
    text: str
    remedy: str = ""
    effect: Literal["refused", "limited"] = "refused"
    capability: str = ""
    context_id: int = 0
    gives_role: bool = False


class Judged(NamedTuple):
    """What became of one need: is it met, why not, and which capability would do in which place."""

    answer: Answer
    text: str = ""
    capability: str = ""
    place: Context | None = None
    remedy: str = ""


_MET = Judged("yes")
_GIVING = "on the page of a role that the account has, let its holders give the role in question"


def _allowing(capability: str) -> str:
    return f"allow {capability} in a role of the account" if capability else ""


class Foreseen(Struct, frozen=True, kw_only=True):
    """What would become of calls of one function."""

    name: str
    kind: str
    summary: str
    state: State
    reasons: tuple[Reason, ...] = ()


class Seer:
    """Foresees the calls of one account; `call` acts as that account.

    `picked` is what the reader chose; `facts` are what the gate looks at, None to leave it out.
    """

    def __init__(
        self, call: Call, picked: Circumstances = ANYTHING, facts: Facts | None = None
    ) -> None:
        self._call = call
        self._picked = picked
        self._facts = facts
        self._spreads: dict[str, spread.Spread] = {}
        self._activity = self._place_of_activity()
        self._course = self._place_of_course()
        self._entered: dict[str, tuple[Answer, str]] = {}

    def all(self, functions: Sequence[AnyFunction]) -> list[Foreseen]:
        """Foresee the calls of several functions."""
        return [self.one(function) for function in functions]

    def one(self, function: AnyFunction) -> Foreseen:
        """Foresee the calls of a function."""
        found = self._at_the_gate(function)
        if not found:
            met = [self._met(need, function) for need in known_needs.of(function)]
            found = [reason for reason in met if reason is not None]
        return Foreseen(
            name=function.name,
            kind=function.kind,
            summary=function.summary,
            state=_state(found),
            reasons=tuple(found),
        )

    def _at_the_gate(self, function: AnyFunction) -> list[Reason]:
        if self._facts is None:
            return []
        asked = replace(self._facts, function=function.name, known=True, kind=function.kind)
        refusal = explain.first_known_refusal(asked)
        if refusal is None:
            return []
        reason = Reason(level="gate", answer="no", text=refusal.reason, remedy=refusal.remedy)
        return [reason]

    def _met(self, need: Need, function: AnyFunction) -> Reason | None:
        """Return what stands against one need, or None where it is met."""
        other = self._other() if need.other else "yes"
        if other == "no":
            return None
        found = self._judged(need)
        if found.answer == "yes":
            return None
        answer, text, capability = found.answer, found.text, found.capability
        if other == "unknown":
            answer, text = "unknown", f"{text}; calls about the account itself do without"
        return Reason(
            level=self._level(need, function, capability),
            answer=answer,
            text=f"{text} ({need.why})",
            remedy=found.remedy or _allowing(capability),
            effect=need.effect,
            capability=capability,
            context_id=0 if found.place is None else found.place.id,
            gives_role=need.kind == "give",
        )

    def _level(self, need: Need, function: AnyFunction, capability: str) -> Level:
        if self._picked != ANYTHING and need.place != "site":
            return "context"
        return "declared" if capability in function.capabilities else "known"

    def _other(self) -> Answer:
        """Tell whether the call is about somebody else than its caller."""
        if self._picked.user_id is None:
            return "unknown"
        return "no" if self._picked.user_id == self._call.caller.id else "yes"

    def _judged(self, need: Need) -> Judged:
        if need.kind == "enter":
            answer, text = self._may_enter(need.place)
            return Judged(answer, text, *self._missing_to_enter())
        if need.kind == "give":
            return self._gives()
        if need.kind == "see":
            return self._sees(need)
        if need.kind == "hidden" and not self._is_hidden():
            return _MET
        if need.kind == "groups":
            return self._lists_groups(need)
        return self._may(need)

    def _lists_groups(self, need: Need) -> Judged:
        """Ask for the need only where groups are listed to which the person does not belong."""
        found = self._may(need)
        user_id, around = self._picked.user_id, self._activity
        if found.answer == "yes":
            return found
        if around is None or user_id is None:
            return found._replace(answer="unknown")
        session = self._call.session
        activity = activities.get(session, around.instanceid)
        course = None if activity is None else courses.get(session, activity.course_id)
        if activity is None or course is None:
            return found
        person = permissions.of_user(session, user_id, self._call.site)
        listed = activity_groups.mode(course, activity) == activity_groups.VISIBLE or person.may(
            activity_groups.ALL_GROUPS, around
        )
        return found if listed else _MET

    def _is_hidden(self) -> bool:
        """Tell whether the course is hidden; without a course, whether any is."""
        if self._course is None:
            return courses.any_hidden(self._call.session)
        found = courses.get(self._call.session, self._course.instanceid)
        return found is not None and not found.visible

    def _may(self, need: Need) -> Judged:
        name = self._call.caller.username
        wanted = " or ".join(need.capabilities)
        place = self._place(need.place)
        if place is not None:
            held = any(self._call.permissions.may(each, place) for each in need.capabilities)
            text = f"{name} lacks {wanted} in {place.where}"
            return _MET if held else self._missing(text, need.capabilities[0], place)
        found = self._spread(need.capabilities)
        if found == "everywhere":
            return _MET
        system = self._call.site.system
        if found == "depends":
            text = f"{name} has {wanted} in some places only"
            return Judged("unknown", text, need.capabilities[0], system)
        return self._missing(f"{name} lacks {wanted}", need.capabilities[0], system)

    def _missing(self, text: str, capability: str, place: Context) -> Judged:
        """Say what is missing, and which role prohibits it where one does."""
        roles = self._call.permissions.prohibited_by(capability, place)
        remedy = lifting(roles) if roles else ""
        return Judged("no", f"{text}{prohibition(roles)}", capability, place, remedy)

    def _spread(self, capabilities: Sequence[str]) -> spread.Spread:
        for each in capabilities:
            if each not in self._spreads:
                self._spreads[each] = spread.of(self._call.permissions, each)
        found = {self._spreads[each] for each in capabilities}
        if "everywhere" in found:
            return "everywhere"
        return "depends" if "depends" in found else "nowhere"

    def _place(self, kind: str) -> Context | None:
        if kind == "site":
            return self._call.site.system
        if kind == "activity":
            return self._activity
        if kind == "course":
            return self._course
        user_id = self._picked.user_id
        return None if user_id is None else contexts.user(self._call.session, user_id)

    def _place_of_activity(self) -> Context | None:
        picked = self._picked.activity_id
        return None if picked is None else contexts.module(self._call.session, picked)

    def _place_of_course(self) -> Context | None:
        if self._picked.course_id is not None:
            return contexts.course(self._call.session, self._picked.course_id)
        if self._activity is not None:
            return contexts.course_of(self._call.session, self._activity)
        return None

    def _may_enter(self, kind: str) -> tuple[Answer, str]:
        if kind not in self._entered:
            place = self._place(kind)
            self._entered[kind] = self._unnamed(kind) if place is None else self._tried(place)
        return self._entered[kind]

    def _tried(self, place: Context) -> tuple[Answer, str]:
        try:
            validation.validate_context(self._call, place)
        except Refusal as refusal:
            return "no", refusal.reason
        return "yes", ""

    def _unnamed(self, kind: str) -> tuple[Answer, str]:
        """Tell whether courses or activities can be entered, whichever they are."""
        call = self._call
        if call.hindrance is not None:
            return "no", call.hindrance.reason
        if call.origin.context_path != call.site.system.path:
            return "unknown", "the token is confined to one place"
        if call.caller.is_admin:
            return "yes", ""
        viewing = self._spread([validation.VIEW])
        if viewing == "nowhere" and not self._takes_part():
            text = f"{call.caller.username} takes part in no course and may not view all"
            return "no", text
        if viewing != "everywhere":
            return "unknown", f"{call.caller.username} can enter some courses only"
        if self._spread([validation.HIDDEN_COURSES]) != "everywhere" and courses.any_hidden(
            call.session
        ):
            return "unknown", "hidden courses are shut"
        return self._unnamed_activity() if kind == "activity" else ("yes", "")

    def _unnamed_activity(self) -> tuple[Answer, str]:
        kinds = activities.kinds_in_use(self._call.session)
        view = [name for name in map("mod/{}:view".format, kinds) if self._is_capability(name)]
        shut = [name for name in view if self._spread([name]) != "everywhere"]
        if self._spread(["moodle/course:viewhiddenactivities"]) != "everywhere":
            return "unknown", "hidden activities are shut"
        if shut:
            return "unknown", f"activities are shut for want of {some(shut)}"
        return "yes", ""

    def _is_capability(self, name: str) -> bool:
        return name in self._call.site.capabilities

    def _missing_to_enter(self) -> tuple[str, Context | None]:
        """Return the right to view courses, and where, if that is all that is missing."""
        call = self._call
        lacks = call.hindrance is None and self._spread([validation.VIEW]) == "nowhere"
        if not lacks or call.caller.is_admin:
            return "", None
        return validation.VIEW, call.site.system

    def _takes_part(self) -> bool:
        session, caller, now = self._call.session, self._call.caller, self._call.now
        if enrolments.courses_of(session, [caller.id], now).get(caller.id):
            return True
        return "guest" in self._call.site.enrol_plugins and guest_access.any_open(session)

    def _gives(self) -> Judged:
        held, place = self._call.permissions, self._course
        definitions = held.definitions
        name = self._call.caller.username
        below = place or self._call.site.system
        if held.is_admin:
            given = set(role_assignments.at_level(held, contexts.COURSE))
        elif place is not None:
            given = set(role_assignments.assignable(held, place))
        else:
            given = role_assignments.given_by(held, below, contexts.COURSE)
        role_id = self._picked.role_id
        if role_id is not None:
            role = definitions.roles.get(role_id)
            shown = role.shortname if role is not None else str(role_id)
            text = f"{name} may not give the role {shown}"
            found = Judged("no", text, place=below, remedy=_GIVING)
            return _MET if role_id in given else found
        if not given:
            return Judged("no", f"{name} may give no role", place=below, remedy=_GIVING)
        if given >= set(role_assignments.at_level(held, contexts.COURSE)):
            return _MET
        shown = ", ".join(
            role.shortname for role_id, role in definitions.roles.items() if role_id in given
        )
        text = f"{name} may give only these roles: {shown}"
        return Judged("unknown", text, place=below, remedy=_GIVING)

    def _sees(self, need: Need) -> Judged:
        name, system = self._call.caller.username, self._call.site.system
        if self._picked.user_id is not None:
            return self._sees_person(self._picked.user_id)
        for capability in need.capabilities:
            found = self._spread([capability])
            if found != "everywhere":
                text = f"{name} lacks {capability}: {_UNSEEN[capability]}"
                answer: Answer = "no" if found == "nowhere" else "unknown"
                return Judged(answer, text, capability, system)
        return _MET

    def _sees_person(self, user_id: int) -> Judged:
        system, record = self._call.site.system, users.get(self._call.session, user_id)
        if record is None:
            return Judged("no", f"there is no user {user_id}", place=system)
        details = user_details.in_any_course(self._call, [record])
        if not details:
            text = f"{record.username} is not seen at all"
            return Judged("no", text, "moodle/user:viewdetails", system)
        for field, capability in _FIELDS.items():
            if not seen_with(field, details):
                text = f"{record.username} is not found by {field}"
                return Judged("no", text, capability, system)
        return _MET


_FIELDS = {"username": "moodle/user:viewalldetails", "email": "moodle/site:viewuseridentity"}
_UNSEEN = {
    "moodle/user:viewdetails": "people are not seen",
    "moodle/user:viewalldetails": "people are not found by user name or id number",
    "moodle/site:viewuseridentity": "people are not found by e-mail",
}


def _state(reasons: Sequence[Reason]) -> State:
    refused = {reason.answer for reason in reasons if reason.effect == "refused"}
    limited = {reason.answer for reason in reasons if reason.effect == "limited"}
    if "no" in refused:
        return "refused"
    if "unknown" in refused:
        return "depends"
    if "no" in limited:
        return "limited"
    return "depends" if "unknown" in limited else "allowed"
