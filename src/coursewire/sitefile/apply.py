"""A plan carried out in one transaction, by the operations that functions and console use too."""

from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from itertools import groupby

from msgspec import Struct

from coursewire.contracts.errors import Refusal
from coursewire.domain import tokens
from coursewire.domain.call import Call
from coursewire.domain.password_hashes import Hasher
from coursewire.sitefile import faults, passwords, plan, pruning, references, steps
from coursewire.sitefile.applying.work import IssuedToken, Work
from coursewire.sitefile.ids import Ids
from coursewire.sitefile.plan import Change, Plan
from coursewire.sitefile.present.site import Present
from coursewire.sitefile.present.site import read as read_present
from coursewire.sitefile.problems import BadSiteFile, Problem
from coursewire.sitefile.reading import ReadFile
from coursewire.sitefile.references import Known
from coursewire.store import turns
from coursewire.store.inventory.people import tombstone
from coursewire.store.retries import retrying
from coursewire.store.snapshots import snapshot

# A change may undo what another one did: a category that is hidden hides its courses, which the
# file says are shown. Then what is left is done as well, this often.
ROUNDS = 3
_TURN = "site file"

Telling = Callable[[Change, Work], AbstractContextManager[None]]


class Applied(Struct, frozen=True):
    """What was done: the plan, the id map, tokens to show once, and what to warn of."""

    plan: Plan
    ids: Mapping[str, Mapping[str, int]]
    issued: tuple[IssuedToken, ...] = ()
    warnings: Mapping[str, int] = {}


class _Rehearsed(Exception):
    """A rehearsal came to its end."""


class Application:
    """One site file to be applied to one site."""

    def __init__(
        self, call: Call, file: ReadFile, functions: Collection[str], prune: Collection[str] = ()
    ) -> None:
        """Take the file; `functions` are the names that services may hold."""
        pruning.check(prune)
        self._call = call
        self._file = file
        self._functions = functions
        self._prune = prune

    def plan(self) -> Plan:
        """Compare the file with the site as it is at one moment; nothing is written."""
        with snapshot(self._call.session):
            return self._plan(self._present())

    def apply(
        self,
        shown: Plan,
        hasher: Hasher,
        progress: Callable[[int, int], None] = lambda _done, _of: None,
    ) -> Applied:
        """Carry out a plan that was shown, all or nothing; hashing passwords takes longest.

        It is carried out again when it met another change and nothing of it was kept.
        """
        hashes = passwords.hashed(shown, hasher, progress)
        if self._call.session.in_transaction:
            # What is around it would have to be done again as well.
            return self._applied(shown, hashes)
        return retrying(lambda: self._applied(shown, hashes))

    def _applied(self, shown: Plan, hashes: Mapping[str, str]) -> Applied:
        call, site = self._call, self._call.site
        try:
            with call.transaction():
                present = self._as_shown(shown)
                work = Work(call, present.ids, hashes=hashes, functions=self._functions)
                self._carry_out(shown, work, self._naming)
                ids = self._settle(work)
                if shown.changes:
                    call.audit.record(
                        "site_file.apply", self._file.document.name, changes=len(shown.changes)
                    )
        except BaseException:
            # What was read of the site meanwhile was undone as well.
            call.site = site
            raise
        return Applied(shown, ids, tuple(work.issued), dict(work.warnings))

    def rehearse(self, shown: Plan) -> None:
        """Carry out a plan and undo all of it; tells what applying it would refuse.

        Ends at the first section that is refused, with everything in that section: what comes
        after it may only be refused because of it.
        """
        call, site = self._call, self._call.site
        try:
            with call.transaction():
                present = self._as_shown(shown)
                self._try(shown, Work(call, present.ids, hashes={}, functions=self._functions))
                raise _Rehearsed
        except _Rehearsed:
            pass
        finally:
            call.site = site

    def _try(self, shown: Plan, work: Work) -> None:
        """Carry out a plan; a change that is refused does not keep the next from being tried."""
        for step in (steps.carry_out, steps.finish):
            for _, section in groupby(shown.changes, key=lambda change: change.section):
                problems: list[Problem] = []
                for change in section:
                    try:
                        with self._call.item():
                            step(change, work)
                    except Refusal as refusal:
                        problems.append(faults.problem(change, refusal, work.field))
                        work.field = ()
                    except KeyError:
                        # It stands on something that was refused.
                        if not problems:
                            raise
                if problems:
                    raise self._file.document.refusal(*problems)
        self._settle(work)

    def _as_shown(self, shown: Plan) -> Present:
        """Read the site while no other file is applied; refuse where another plan is due by now.

        Two files at once would meet each other halfway, and be blamed for what the other one made.
        """
        turns.take(self._call.session, _TURN)
        present = self._present()
        if self._plan(present) != shown:
            msg = "the site has changed since the plan was made; nothing was applied, try again"
            raise BadSiteFile([msg])
        return present

    def _present(self) -> Present:
        return read_present(self._call.session)

    def _plan(self, present: Present) -> Plan:
        document = self._file.document
        known = Known(self._call.site.capabilities, self._functions)
        problems = references.problems(self._file.file, present.file, known)
        if problems:
            raise document.refusal(*problems)
        made = plan.make(self._file.file, present, self._token_of, prune=self._prune)
        problems = references.missed(self._file.file, present.file, made.pruned, known)
        if problems:
            raise document.refusal(*problems)
        return made

    def _token_of(self, value: str) -> int | None:
        found = tokens.of_value(self._call, value)
        return None if found is None else found.id

    def _settle(self, work: Work) -> dict[str, dict[str, int]]:
        """Do what the changes left undone, and make sure that nothing remains to be done."""
        for _ in range(ROUNDS):
            present = self._present()
            left = self._plan(present)
            if not left.changes:
                return self._published(present)
            rest = Work(self._call, present.ids, hashes={}, functions=self._functions)
            self._carry_out(left, rest, self._naming_again)
            work.warnings.update(rest.warnings)
        present = self._present()
        left = self._plan(present)
        if left.changes:
            raise self._file.document.refusal(*(_not_kept(change) for change in left.changes))
        return self._published(present)

    def _carry_out(self, wanted: Plan, work: Work, telling: Telling) -> None:
        for change in wanted.changes:
            with telling(change, work):
                steps.carry_out(change, work)
        for change in wanted.changes:
            with telling(change, work):
                steps.finish(change, work)

    @contextmanager
    def _naming(self, change: Change, work: Work) -> Generator[None]:
        """Name the place in the file when the domain refuses."""
        try:
            yield
        except Refusal as refusal:
            problem = faults.problem(change, refusal, work.field)
            raise self._file.document.refusal(problem) from refusal

    def _naming_again(self, change: Change, work: Work) -> AbstractContextManager[None]:
        """Name the place when the domain refuses to do what was done before."""
        return self._keeping(change) if change.action == "create" else self._naming(change, work)

    @contextmanager
    def _keeping(self, change: Change) -> Generator[None]:
        """Tell that the site kept under another name what it is to make again.

        The refusal itself would blame the file for what it made: a group whose name is kept
        without the blank before it has its id number already.
        """
        try:
            yield
        except Refusal as refusal:
            raise self._file.document.refusal(_not_kept(change)) from refusal

    def _published(self, present: Present) -> dict[str, dict[str, int]]:
        """Return the id map; a deleted user of the file keeps the name there."""
        ids: Ids = present.ids
        for user in self._file.file.users:
            user_id = present.tombstones.get(tombstone(user.username))
            if user.deleted and user_id is not None:
                ids.alias("user", user.natural_key, user_id)
        return ids.published()


def _not_kept(change: Change) -> Problem:
    return Problem(change.path, f"cannot be kept: {change.text}")
