"""May this user do that here: assigned roles, overrides, prohibitions (functions.md 4.3)."""

from collections.abc import Collection, Iterable, Sequence

from msgspec import Struct

from coursewire.contracts.capabilities import (
    RISK_CONFIG,
    RISK_DATA_LOSS,
    RISK_XSS,
    KnownCapability,
)
from coursewire.contracts.errors import NoPermission
from coursewire.domain import role_definitions
from coursewire.domain.contexts import Context
from coursewire.domain.once import once
from coursewire.domain.role_definitions import ALLOW, PROHIBIT, Definitions
from coursewire.domain.site import Site
from coursewire.store import contexts as context_rows
from coursewire.store import roles as rows
from coursewire.store.access import Access
from coursewire.store.session import Session

ANONYMOUS = 0
_NOT_FOR_GUESTS = RISK_CONFIG | RISK_XSS | RISK_DATA_LOSS

# (context id, role id)
Held = Sequence[tuple[int, int]]


class RoleAnswer(Struct, frozen=True):
    """What one role says: allow 1, prevent -1, prohibit -1000, nothing 0, and where it says so."""

    role_id: int
    permission: int
    context_id: int | None


class Decision(Struct, frozen=True):
    """The answer with its reason, for the doctor and the console."""

    allowed: bool
    reason: str
    answers: tuple[RoleAnswer, ...] = ()


class Permissions:
    """What one user may do; what the user holds is read once, at the first question.

    `held`, or a token's `access`, spares that read where somebody has done it already. Answers are
    kept in `answers`, whose owner forgets them when the database changes.
    """

    def __init__(
        self,
        session: Session,
        user_id: int,
        *,
        is_admin: bool,
        site: Site,
        held: Held | None = None,
        access: Access | None = None,
        answers: dict[tuple[str, int], bool] | None = None,
    ) -> None:
        self.user_id = user_id
        self.is_admin = is_admin
        self.site = site
        self._session = session
        self._given = held
        self._access = access
        self._answers = {} if answers is None else answers

    @property
    def is_guest(self) -> bool:
        """Tell whether this is the guest or nobody at all."""
        return self.user_id in (ANONYMOUS, self.site.guest_id)

    def may(self, capability: str, context: Context) -> bool:
        """Tell whether the user has the capability in the context."""
        key = (capability, context.id)
        answer = self._answers.get(key)
        if answer is None:
            answer = self._answers[key] = self._may(capability, context)
        return answer

    def require(self, capability: str, context: Context) -> None:
        """Raise NoPermission unless the user has the capability in the context."""
        if not self.may(capability, context):
            raise NoPermission(capability, context.where)

    def may_any(self, capability: str, contexts: Iterable[Context]) -> bool:
        """Tell whether the user has the capability in one of the contexts at least."""
        return any(self.may(capability, context) for context in contexts)

    def where(self, capability: str, contexts: Collection[Context]) -> set[int]:
        """Return the ids of those contexts in which the user has the capability.

        For many places that are asked about once: answers are neither looked up nor kept. Places
        that lie in one place and in which the same roles are held have one answer, unless something
        is said of one of them alone: by an override, a lock, or as the front page.
        """
        if not contexts:
            return set()
        known = self.site.capabilities.get(capability)
        locked = self.locked if known is not None and known.type == "write" else ()
        held, overridden = self._held_by_place, self._definitions.overridden
        front_page = self.site.front_page.id
        answers: dict[tuple[str, tuple[int, ...], int], bool] = {}
        found: set[int] = set()
        for context in contexts:
            here, around = context.id, context.path.rpartition("/")[0]
            roles = tuple([role_id for _, role_id in held[here]]) if here in held else ()
            has_own_say = here in overridden or here in locked or here == front_page
            key = (around, roles, here if has_own_say else 0)
            answer = answers.get(key)
            if answer is None:
                answer = answers[key] = self._may(capability, context)
            if answer:
                found.add(here)
        return found

    def explain(self, capability: str, context: Context) -> Decision:
        """Answer as `may` does, with the reason and with what each role says."""
        settled = self._settled(capability, context)
        if settled is not None:
            return settled
        answers = tuple(
            _answer(role_id, self._definitions.settings(role_id, capability), context)
            for role_id in self.roles_in(context)
        )
        if any(answer.permission == PROHIBIT for answer in answers):
            return Decision(False, "a role prohibits it, which no other role can lift", answers)
        if any(answer.permission == ALLOW for answer in answers):
            return Decision(True, "a role allows it", answers)
        return Decision(False, "no role that counts here allows it", answers)

    def prohibited_by(self, capability: str, context: Context) -> list[str]:
        """Return the roles that prohibit a capability here: what others allow is of no use then."""
        return [
            self._definitions.roles[answer.role_id].shortname
            for answer in self.explain(capability, context).answers
            if answer.permission == PROHIBIT
        ]

    def roles_in(self, context: Context) -> list[int]:
        """Return the roles that count in a context, each once."""
        if self.user_id == ANONYMOUS:
            return [self.site.notloggedin_role_id]
        if self.user_id == self.site.guest_id:
            return [self.site.guest_role_id]
        here = context.ids
        found = dict.fromkeys(self._assigned(here))
        found[self.site.default_user_role_id] = None
        if self.site.front_page.id in here:
            found[self.site.frontpage_role_id] = None
        return list(found)

    def assigned_in(self, context: Context) -> set[int]:
        """Return the roles assigned to the user in a context or above it, and no others."""
        return set(self._assigned(context.ids))

    def _assigned(self, places: Iterable[int]) -> list[int]:
        """Return the roles assigned in places, in the order in which they are held."""
        by_place = self._held_by_place
        found = [*filter(by_place.__contains__, places)]
        if len(found) == 1:
            # Who has a role in a course usually has none above it.
            return [role_id for _, role_id in by_place[found[0]]]
        return [role_id for _, role_id in sorted(each for it in found for each in by_place[it])]

    @once
    def _held_by_place(self) -> dict[int, list[tuple[int, int]]]:
        """The roles assigned in each place, numbered in the order in which they are held.

        Sorted by place once: of people with many courses, every course is asked about.
        """
        found: dict[int, list[tuple[int, int]]] = {}
        for number, (place, role_id) in enumerate(self.held or ()):
            found.setdefault(place, []).append((number, role_id))
        return found

    @property
    def definitions(self) -> Definitions:
        """Return what all roles are and allow."""
        return self._definitions

    @once
    def _definitions(self) -> Definitions:
        return role_definitions.of(self._session, self.site.roles_version)

    @once
    def locked(self) -> frozenset[int]:
        """Return the places that refuse changes; none where the site locks none."""
        if not self.site.context_locking:
            return frozenset()
        return frozenset(context_rows.locked(self._session))

    @once
    def held(self) -> Held | None:
        """Return what is assigned to the user; None for one who is deleted or never was."""
        if self._access is not None:
            return self._access.held
        if self._given is not None:
            return self._given
        return rows.held_by(self._session, self.user_id)

    def _may(self, capability: str, context: Context) -> bool:
        settled = self._settled(capability, context)
        if settled is not None:
            return settled.allowed
        roles = tuple(self.roles_in(context))
        return self._definitions.allow(capability, roles, context.ids)

    def _settled(self, capability: str, context: Context) -> Decision | None:
        """Return the answer that holds whatever the roles say, if there is one."""
        known = self.site.capabilities.get(capability)
        if known is None:
            return _UNKNOWN
        if self.is_guest and not _for_guests(known):
            return _GUEST
        if self.user_id != ANONYMOUS and self.held is None:
            return _NO_USER
        if known.type == "write" and self._is_locked(context):
            return _LOCKED
        return _ADMIN if self.is_admin else None

    def _is_locked(self, context: Context) -> bool:
        return not self.locked.isdisjoint(context.ids)


_UNKNOWN = Decision(False, "there is no such capability")
_GUEST = Decision(False, "guests never may change things or take risks")
_NO_USER = Decision(False, "the user is deleted or does not exist")
_LOCKED = Decision(False, "the place is locked against changes")
_ADMIN = Decision(True, "the user is an administrator of the site")


def of_access(session: Session, access: Access, site: Site, *, apart: bool = False) -> Permissions:
    """Return what a token's user may do, without a read where the gate's read has told it.

    A call that may change things works its answers out `apart`: what is undone taught nobody.
    """
    return Permissions(
        session,
        access.user_id,
        is_admin=access.user_id in site.admin_ids,
        site=site,
        access=access,
        answers=access.verdicts.copy() if apart else access.verdicts,
    )


def of_user(session: Session, user_id: int, site: Site) -> Permissions:
    """Return what another user may do."""
    return Permissions(session, user_id, is_admin=user_id in site.admin_ids, site=site)


def of_users(session: Session, user_ids: Collection[int], site: Site) -> dict[int, Permissions]:
    """Return what many users may do, read in one query; deleted and unknown ones are left out."""
    return {
        user_id: Permissions(
            session, user_id, is_admin=user_id in site.admin_ids, site=site, held=held
        )
        for user_id, held in rows.held(session, user_ids).items()
    }


def _for_guests(capability: KnownCapability) -> bool:
    return capability.type == "read" and not capability.risks & _NOT_FOR_GUESTS


def _answer(role_id: int, settings: role_definitions.Settings, context: Context) -> RoleAnswer:
    """Return a role's answer: a prohibition anywhere on the way up, else the nearest setting."""
    upwards = [(place, settings[place]) for place in reversed(context.ids) if place in settings]
    for place, permission in upwards:
        if permission == PROHIBIT:
            return RoleAnswer(role_id, permission, place)
    if upwards:
        place, permission = upwards[0]
        return RoleAnswer(role_id, permission, place)
    return RoleAnswer(role_id, 0, None)
