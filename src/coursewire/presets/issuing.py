"""A new integration made, or tried out first: the same steps in a transaction that is undone."""

from msgspec import Struct
from msgspec.structs import replace

from coursewire.contracts.errors import MoodleError, Refusal
from coursewire.domain import (
    authorised_users,
    ends,
    outlook,
    role_assignments,
    switches,
    tokens,
)
from coursewire.domain.call import Call
from coursewire.domain.explain import Answer
from coursewire.domain.foresight import Foreseen
from coursewire.domain.gate_refusals import moment
from coursewire.domain.new_users import create as create_user
from coursewire.domain.outlook import Outlook
from coursewire.domain.tokens import NewToken
from coursewire.presets import apply as presets
from coursewire.presets import integration, service_accounts
from coursewire.presets.apply import Made, Wanted
from coursewire.presets.integration import COPY, Known, NewIntegration, Problem
from coursewire.presets.model import Capability
from coursewire.store import services as service_rows
from coursewire.store import tokens as token_rows
from coursewire.store import users
from coursewire.store.services import ServiceRecord
from coursewire.store.tokens import TokenRecord
from coursewire.store.users import UserRecord
from coursewire.text.counted import counted


class Impossible(Exception):
    """The integration cannot be made as it is wanted; `problems` say why, field by field."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.text for problem in problems))
        self.problems = problems


class Preview(Struct, frozen=True, kw_only=True):
    """What would be made, and how the token would stand."""

    sentence: str
    changes: tuple[str, ...]
    checks: tuple[Answer, ...]
    functions: tuple[Foreseen, ...]
    # What the role would allow, unticked ones included.
    capabilities: tuple[Capability, ...] = ()


class _Undone(Exception):
    """Raised inside the transaction of a preview, so that nothing of it stays."""


def issue(call: Call, wanted: NewIntegration, known: Known) -> Made:
    """Make everything and issue the token, or raise Impossible; all of it or nothing."""
    found = integration.problems(call, wanted, known)
    if found:
        raise Impossible(found)
    try:
        if wanted.what == COPY:
            return _copied(call, wanted)
        return presets.apply(
            call, integration.recipe(call, wanted, known), _wanted(call, wanted), known.is_known
        )
    except Refusal as refusal:
        problem = Problem(field="what", text=refusal.reason, remedy=refusal.remedy)
        raise Impossible((problem,)) from refusal


def preview(call: Call, wanted: NewIntegration, known: Known) -> Preview:
    """Return what `issue` would make, by making it and undoing it; Impossible where it cannot."""
    site, found = call.site, Preview(sentence="", changes=(), checks=(), functions=())
    try:
        with call.transaction():
            made = issue(call, wanted, known)
            looked = outlook.of_token(call, made.issued.handle, known.contract)
            token = token_rows.get(call.session, made.issued.id)
            found = replace(
                found,
                sentence="" if token is None else sentence(token, looked),
                changes=(*made.done, *made.also),
                checks=looked.checks,
                functions=looked.functions,
            )
            raise _Undone
    except _Undone:
        call.site = site
    if wanted.what == COPY:
        return found
    everything = integration.recipe(call, replace(wanted, without=frozenset()), known)
    return replace(found, capabilities=everything.capabilities)


def sentence(token: TokenRecord, looked: Outlook) -> str:
    """Say in one sentence what a token may do."""
    able = [each for each in looked.functions if each.state != "refused"]
    writes = sum(each.kind == "write" for each in able)
    total = counted(len(able), "function")
    kinds = f"{len(able) - writes} read, {writes} write"
    end = min((end for end in (token.validuntil, looked.listed.validuntil) if end), default=0)
    where = _where(token.iprestriction, looked.listed.iprestriction)
    until = f"until {moment(end)}" if end else "without an end date"
    what = f"{total} ({kinds})" if able else "no function"
    can = f"{token.name!r} may call {what} of {token.service_name}"
    return f"{can} as {token.username}, {where}, {until}."


def _where(rules: str, listed: str) -> str:
    """Say from where calls are let in: the token's list and the authorised user's count both."""
    if rules and listed:
        return f"from {rules}, of these only from {listed}"
    return f"from {rules or listed}" if rules or listed else "from any address"


def _wanted(call: Call, wanted: NewIntegration) -> Wanted:
    user = integration.person(call, wanted.user) if wanted.user.strip() else None
    return Wanted(
        new_user="" if user else wanted.new_user.strip(),
        user=user.username if user else "",
        token_name=wanted.token_name.strip(),
        iprestriction=wanted.iprestriction.strip(),
        validuntil=ends.end(wanted.validuntil, call.now),
        places=integration.places(call, wanted),
        turn_on=wanted.turn_on,
    )


def _copied(call: Call, wanted: NewIntegration) -> Made:
    """Issue a token as another one is: same service; same user, or one who holds the same roles."""
    with call.transaction():
        source = tokens.of_handle(call, wanted.copy_of)
        service = service_rows.get(call.session, source.service_id)
        if service is None:
            raise MoodleError("invalidtoken", "The service is gone", reason="the service is gone")
        done: list[str] = []
        if wanted.turn_on and switches.turn_on(call):
            done.append("web services and REST on")
        user = _copying_user(call, wanted, source, done)
        _authorise(call, service, user, done)
        new = NewToken(
            user_id=user.id,
            service_id=service.id,
            name=wanted.token_name.strip() or f"{source.name} (copy)",
            iprestriction=wanted.iprestriction.strip() or source.iprestriction,
            validuntil=ends.end(wanted.validuntil, call.now),
            context_id=source.context_id,
            rate=source.rate,
            burst=source.burst,
        )
        issued = tokens.issue(call, new)
        return Made(
            issued=issued,
            user_id=user.id,
            username=user.username,
            service_id=service.id,
            service=service.name,
            done=tuple(done),
        )


def _copying_user(
    call: Call, wanted: NewIntegration, source: TokenRecord, done: list[str]
) -> UserRecord:
    if wanted.user.strip():
        found = integration.person(call, wanted.user)
        if found is not None:
            return found
    if not wanted.new_user.strip():
        user = users.get(call.session, source.user_id)
        if user is not None:
            return user
    made = create_user(call, service_accounts.new(wanted.new_user.strip(), source.service_name))
    done.append(f"user {made.username}")
    for held in role_assignments.of_user(call.session, source.user_id):
        role_assignments.assign_in(call, held.role_id, made.id, held.context_id)
        done.append(f"{made.username} gets the same role as {source.username}")
    return made


def _authorise(call: Call, service: ServiceRecord, user: UserRecord, done: list[str]) -> None:
    listed = service_rows.authorised_user(call.session, service.id, user.id)
    if service.restrictedusers and listed is None:
        authorised_users.authorise(call, service.id, user.id)
        done.append(f"{user.username} is an authorised user of {service.name}")
