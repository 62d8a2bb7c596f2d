"""The pages of people who are signed in: session, right and CSRF stand before every view."""

import contextlib
from collections.abc import Mapping
from functools import partial

import msgspec
from msgspec import Struct
from sqlalchemy.exc import DBAPIError

from coursewire.console import cookies, csrf, exports, failures, identifying, notices, paths
from coursewire.console.answers import Answer, Export, redirect
from coursewire.console.arrival import Arrival
from coursewire.console.equipment import Equipment
from coursewire.console.routes import Action
from coursewire.console.visit import Request, Visit
from coursewire.contracts.errors import MissingRecord, NoPermission, Refusal
from coursewire.domain import console_sessions
from coursewire.domain.call import Call
from coursewire.domain.console_sessions import Found, Opened
from coursewire.server.placing import Overloaded
from coursewire.store.problems import KeptInPart
from coursewire.store.session import Session
from coursewire.store.users import UserRecord

SECOND_STEP = "/console/sign-in/code"
CONFIRM = "/console/confirm"
_CONFIRMED = "Your password is right. The file comes when you press CSV once more."
# Lets htmx show an answer in place of the page, not of the part that it asked for. What stands
# outside of #main stays: the script holds the dialogs there, and opens one when time runs out.
_WHOLE_PAGE = (
    (b"hx-retarget", b"#main"),
    (b"hx-reselect", b"#main"),
    (b"hx-reswap", b"outerHTML show:window:top"),
)


class Looked(Struct, frozen=True):
    """An answer, and the session whose use is to be written down."""

    answer: Answer
    found: Found | None = None


class Unfit(Exception):
    """The request goes no further; the answer says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__()
        self.answer = answer


class PageHandler:
    """All actions at one path."""

    def __init__(self, equipment: Equipment, actions: Mapping[str, Action]) -> None:
        self._equipment = equipment
        self._actions = actions

    async def __call__(self, arrival: Arrival) -> Answer:
        """Answer: reads run on a reading thread, changes where everything is written."""
        action = self._actions["POST" if arrival.method == "POST" else "GET"]
        is_confirmed = action.recent and identifying.PASSWORD in arrival.form
        try:
            if arrival.method != "POST" or (action.gives and not is_confirmed):
                return await self._show(arrival, action)
            return await self._change(arrival, action, is_confirmed=is_confirmed)
        except Unfit as unfit:
            return unfit.answer

    async def _show(self, arrival: Arrival, action: Action) -> Answer:
        """Show a page, or give out a list once that is recorded."""
        looked = await self._equipment.placing.on_reader(partial(self._look, arrival, action))
        if looked.found is not None and looked.answer.export is not None:
            record = partial(self._record, arrival, looked.found, looked.answer.export)
            await self._equipment.placing.on_worker(record)
        # A list that follows what happens asks by itself: that is no use of the session (WEB-1).
        if not (arrival.is_fragment and arrival.query.is_on("live")):
            await self._note_seen(looked.found)
        return looked.answer

    async def _change(self, arrival: Arrival, action: Action, *, is_confirmed: bool) -> Answer:
        placing = self._equipment.placing
        changes = placing.outside if action.outside else placing.on_worker
        if not is_confirmed:
            return await changes(partial(self._act, arrival, action))
        found = await placing.on_reader(partial(self._admitted, arrival, action))
        try:
            await identifying.again(self._equipment, arrival, found)
        except Refusal as refusal:
            wrong = refusal.message
            return await placing.on_reader(partial(self._ask_again, arrival, found, wrong))
        opened = await placing.on_worker(partial(self._renew, arrival, found))
        confirmed = msgspec.structs.replace(
            arrival, form=arrival.form.without(identifying.PASSWORD, identifying.CODE)
        )
        # The old session is gone by now: whoever is told of an error gets the new one as well.
        try:
            answer = await changes(partial(self._act, confirmed, action, opened=opened))
        except Unfit as unfit:
            answer = unfit.answer
        except Exception as error:  # noqa: BLE001 - OUT-1: each is told as what it is
            answer = failures.told(self._equipment, arrival.request_id, arrival.path, error)
        # First, so that a view that begins yet another session has the last word.
        return answer.preceded(self._equipment.cookies.setting(cookies.SESSION, opened.identifier))

    def _look(self, arrival: Arrival, action: Action, session: Session) -> Looked:
        found = self._admitted(arrival, action, session)
        now = self._equipment.runtime.clock.now()
        if action.recent and not found.is_recent(now):
            if action.gives:
                return Looked(self._ask_again(arrival, found, "", session), found)
            return Looked(redirect(paths.with_query(CONFIRM, next=arrival.target)), found)
        return Looked(self._view(arrival, action, found, session), found)

    def _act(
        self, arrival: Arrival, action: Action, session: Session, *, opened: Opened | None = None
    ) -> Answer:
        if opened is not None:
            user = self._admitted(arrival, action, session, identifier=opened.identifier).user
            found = Found(opened.record, user)
            if action.gives:
                # A file would leave the page behind it that asked for the password.
                visit = self._visit(arrival, found, session)
                return visit.redirect(self._page_of(arrival), _CONFIRMED)
            return self._changed(arrival, action, found, session)
        found = self._admitted(arrival, action, session)
        console_sessions.note_seen(session, found.record, self._equipment.runtime.clock.now())
        if action.recent and not found.is_recent(self._equipment.runtime.clock.now()):
            return self._ask_again(arrival, found, "", session)
        return self._changed(arrival, action, found, session)

    def _admitted(
        self, arrival: Arrival, action: Action, session: Session, *, identifier: str = ""
    ) -> Found:
        """Return whose request it is, if it may go on."""
        equipment = self._equipment
        cookie = equipment.cookies.value(arrival.cookies, cookies.SESSION)
        now = equipment.runtime.clock.now()
        found = console_sessions.find(session, identifier or cookie, now)
        if found is None:
            raise Unfit(self._after_the_session(arrival, action, session))
        if found.is_pending:
            raise Unfit(_elsewhere(arrival, SECOND_STEP))
        visit = self._visit(arrival, found, session)
        if arrival.method == "POST" and not identifier and not _is_proved(arrival, found):
            raise Unfit(self._of_an_earlier_session(arrival, action, visit))
        if not visit.may(action.right):
            sentence = f"This takes the right {action.right}; yours is {found.user.console_role}."
            remedy = "Ask an owner of the console."
            raise Unfit(visit.problem(403, "Not allowed", sentence, remedy))
        return found

    def _after_the_session(self, arrival: Arrival, action: Action, session: Session) -> Answer:
        """Return the way to the sign-in page, or a page that keeps what was typed until then."""
        is_lost = arrival.method == "POST" and action.missed
        kept = _typed(arrival)
        sign_in = paths.sign_in(self._page_of(arrival), unsent=is_lost and not kept)
        if is_lost and kept:
            return self._open(
                arrival, session, "unsent.html", path=arrival.target, kept=kept, sign_in=sign_in
            )
        if arrival.method == "POST" and arrival.is_fragment:
            return self._open(arrival, session, "session_over.html", part=True, sign_in=sign_in)
        return _elsewhere(arrival, sign_in)

    def _of_an_earlier_session(self, arrival: Arrival, action: Action, visit: Visit) -> Answer:
        """Return a page that keeps what was typed, to be sent with the token of this session."""
        kept = _typed(arrival)
        if arrival.is_fragment and not action.missed:
            return visit.page("session_renewed.html")
        if not (action.missed and kept):
            sentence = (
                "The form is of an earlier session. Go back, load the page again, and send it."
            )
            return visit.problem(403, "Not sent", sentence)
        status = 200 if arrival.is_fragment else 403
        page = visit.page("send_again.html", status=status, path=arrival.target, kept=kept)
        return page.adding(*_WHOLE_PAGE) if arrival.is_fragment else page

    def _open(
        self,
        arrival: Arrival,
        session: Session,
        template: str,
        *,
        part: bool = False,
        **values: object,
    ) -> Answer:
        """Return a page for nobody yet, or a part of one; htmx shows status 200 only."""
        call = self._equipment.call(session, arrival, None)
        status = 200 if arrival.is_fragment else 403
        page = self._equipment.open_page(template, call, status=status, **values)
        return page.adding(*_WHOLE_PAGE) if arrival.is_fragment and not part else page

    def _page_of(self, arrival: Arrival) -> str:
        """Return the page to come back to: of a form the one of its path, where there is one."""
        if arrival.method != "POST":
            return arrival.target
        if self._actions["POST"].gives:
            return paths.of_list(arrival.target)
        return arrival.path if "GET" in self._actions else paths.HOME

    def _changed(self, arrival: Arrival, action: Action, found: Found, session: Session) -> Answer:
        """Do what a form asks for, again when it met another change and nothing of it was kept."""
        view = partial(self._view, arrival, action, found, session)
        if action.outside:
            # What was done outside would be done twice.
            return view()
        kept = session.kept

        def once() -> Answer:
            try:
                return view()
            except DBAPIError as problem:
                if session.kept > kept:
                    raise KeptInPart from problem
                raise

        return self._equipment.runtime.database.retrying(once)

    def _view(self, arrival: Arrival, action: Action, found: Found, session: Session) -> Answer:
        visit = self._visit(arrival, found, session)
        try:
            answer = action.view(visit)
        except MissingRecord as missing:
            # Nothing can be done about an address that leads nowhere.
            return visit.not_found(f"{missing.reason[:1].upper()}{missing.reason[1:]}.")
        except Refusal as refusal:
            return visit.problem(_status(refusal), "Refused", refusal.reason, refusal.remedy)
        if visit.request.notice is not None and answer.status == 200 and not arrival.is_fragment:
            return answer.adding(self._equipment.cookies.clearing(cookies.NOTICE))
        return answer

    def _ask_again(self, arrival: Arrival, found: Found, wrong: str, session: Session) -> Answer:
        """Return the page that asks for the password and keeps what was typed (WEB-2)."""
        visit = self._visit(arrival, found, session)
        if wrong:
            visit.errors.add(identifying.PASSWORD, wrong)
        answer = visit.confirm_page(arrival.target, _typed(arrival))
        return answer.adding(*_WHOLE_PAGE) if arrival.is_fragment else answer

    def _record(self, arrival: Arrival, found: Found, export: Export, session: Session) -> None:
        exports.record(self._call(arrival, found.user, session), export)

    def _renew(self, arrival: Arrival, found: Found, session: Session) -> Opened:
        return console_sessions.renew(self._call(arrival, found.user, session), found)

    def _visit(self, arrival: Arrival, found: Found, session: Session) -> Visit:
        equipment = self._equipment
        given = equipment.cookies.value(arrival.cookies, cookies.NOTICE)
        request = Request(
            path=arrival.path,
            query=arrival.query,
            parts=arrival.parts,
            address=arrival.address,
            is_fragment=arrival.is_fragment,
            theme=equipment.cookies.value(arrival.cookies, cookies.THEME),
            notice=notices.read(found.record, given),
        )
        return Visit(
            request=request,
            found=found,
            call=self._call(arrival, found.user, session),
            form=arrival.form,
            templates=equipment.templates,
            catalogue=equipment.runtime.catalogue,
            cookies=equipment.cookies,
            runtime=equipment.runtime,
        )

    def _call(self, arrival: Arrival, user: UserRecord, session: Session) -> Call:
        return self._equipment.call(session, arrival, user)

    async def _note_seen(self, found: Found | None) -> None:
        now = self._equipment.runtime.clock.now()
        if found is None or not console_sessions.needs_note(found.record, now):
            return
        note = partial(_note, found, now)
        with contextlib.suppress(Overloaded):
            await self._equipment.placing.on_worker(note)


def _note(found: Found, now: int, session: Session) -> None:
    console_sessions.note_seen(session, found.record, now)


def _is_proved(arrival: Arrival, found: Found) -> bool:
    given = arrival.headers.get(csrf.HEADER) or arrival.form.raw(csrf.FIELD)
    return csrf.is_of_session(found.record, given)


def _typed(arrival: Arrival) -> tuple[tuple[str, str], ...]:
    """Return what a form brought, but for proofs of who sent it."""
    return arrival.form.without(csrf.FIELD, identifying.PASSWORD, identifying.CODE).pairs


def _elsewhere(arrival: Arrival, path: str) -> Answer:
    if arrival.is_fragment:
        return Answer(status=204, extra=((b"hx-redirect", path.encode("ascii")),))
    return redirect(path)


def _status(refusal: Refusal) -> int:
    return 403 if isinstance(refusal, NoPermission) or refusal.errorcode == "nopermissions" else 400
