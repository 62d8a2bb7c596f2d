"""The way in: the password, the second factor, and one-time links; nobody is signed in yet."""

import secrets
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from coursewire.console import cookies, csrf, identifying, paths
from coursewire.console.answers import Answer, redirect
from coursewire.console.arrival import Arrival
from coursewire.console.equipment import Equipment
from coursewire.console.pages import SECOND_STEP
from coursewire.contracts.errors import MoodleError, Refusal
from coursewire.domain import (
    console_links,
    console_passwords,
    console_rights,
    console_sessions,
    login,
    second_factor,
    users,
)
from coursewire.domain.console_sessions import Found, Opened
from coursewire.store.session import Session
from coursewire.store.users import UserRecord

T = TypeVar("T")
START = "/console/start"
EARLIER = "The page was open for too long. Send the form again."
NO_RIGHT = "This account may not use the console. An owner can change that."


class Entrance:
    """Handles the pages that people see before they are signed in."""

    def __init__(self, equipment: Equipment) -> None:
        self._equipment = equipment

    async def sign_in(self, arrival: Arrival) -> Answer:
        """Show the form; take user name and password."""
        if arrival.method != "POST":
            return await self._on_reader(arrival, self._ask_password)
        if not self._is_proved(arrival):
            return await self._on_reader(arrival, partial(self._ask_password, wrong=EARLIER))
        username, typed = arrival.form.text("username"), arrival.form.raw("password")
        try:
            user = await identifying.password(self._equipment, arrival, username, typed)
            opened = await self._on_worker(arrival, partial(self._begin, user=user))
        except Refusal as refusal:
            wrong = refusal.message
            return await self._on_reader(arrival, partial(self._ask_password, wrong=wrong))
        pending = not opened.record.authenticated
        then = paths.safe(arrival.form.text("next"))
        path = paths.with_query(SECOND_STEP, next=then) if pending else then
        return self._entered(opened, path)

    async def second_step(self, arrival: Arrival) -> Answer:
        """Take the code of the second factor."""
        found = await self._on_reader(arrival, self._pending)
        if found is None:
            return redirect(paths.SIGN_IN)
        if arrival.method != "POST":
            return await self._on_reader(arrival, partial(self._ask_code, found=found))
        if not csrf.is_of_session(found.record, arrival.form.raw(csrf.FIELD)):
            again = partial(self._ask_code, found=found, wrong=EARLIER)
            return await self._on_reader(arrival, again)
        try:
            opened = await self._on_worker(arrival, partial(self._pass_second, found=found))
        except Refusal as refusal:
            again = partial(self._ask_code, found=found, wrong=refusal.message)
            return await self._on_reader(arrival, again)
        return self._entered(opened, paths.safe(arrival.form.text("next")))

    async def start(self, arrival: Arrival) -> Answer:
        """Let somebody in by a one-time link, who may choose a password on the way."""
        if arrival.method != "POST":
            return await self._on_reader(arrival, self._ask_start)
        if not self._is_proved(arrival):
            return await self._on_reader(arrival, partial(self._ask_start, wrong=EARLIER))
        new = arrival.form.raw("password")
        failures = await self._on_reader(arrival, partial(self._unfit, new=new)) if new else []
        if failures:
            return await self._on_reader(arrival, partial(self._ask_start, wrong=failures[0]))
        stored = await identifying.hashed(new) if new else ""
        opened = await self._on_worker(arrival, partial(self._start, stored=stored))
        if opened is None:
            return await self._on_reader(arrival, self._ask_start)
        return self._entered(opened, paths.HOME)

    def _begin(self, arrival: Arrival, session: Session, *, user: UserRecord) -> Opened:
        call = login.acting_as(self._equipment.call(session, arrival, None), user)
        if not console_rights.may_enter(user):
            with call.transaction():
                reason = "no right in the console"
                call.audit.record("console.refused", f"user {user.id}", "refused", reason)
            raise MoodleError("nopermissions", NO_RIGHT)
        with call.transaction():
            login.require_unchanged(call, user)
            due = second_factor.is_on(session, user.id)
            if not due:
                login.note_entry(call, user)
            return console_sessions.begin(call, user, arrival.address, second_factor_due=due)

    def _pass_second(self, arrival: Arrival, session: Session, *, found: Found) -> Opened:
        call = self._equipment.call(session, arrival, found.user)
        second_factor.require(call, found.user.id, arrival.form.raw("code"), arrival.address)
        login.note_entry(call, found.user)
        return console_sessions.renew(call, found)

    def _pending(self, arrival: Arrival, session: Session) -> Found | None:
        cookie = self._equipment.cookies.value(arrival.cookies, cookies.SESSION)
        found = console_sessions.find(session, cookie, self._equipment.runtime.clock.now())
        return found if found is not None and found.is_pending else None

    def _unfit(self, arrival: Arrival, session: Session, *, new: str) -> list[str]:
        call = self._equipment.call(session, arrival, None)
        user = console_links.whose(session, arrival.form.text("link"), call.now)
        return console_passwords.failures(new, user, call.site) if user else []

    def _start(self, arrival: Arrival, session: Session, *, stored: str) -> Opened | None:
        nobody = self._equipment.call(session, arrival, None)
        secret = arrival.form.text("link")
        user = console_links.whose(session, secret, nobody.now)
        if user is None:
            return None
        call = login.acting_as(nobody, user)
        with call.transaction():
            console_links.use(call, secret)
            if stored:
                users.set_password(call, user.id, stored)
            login.note_entry(call, user)
            return console_sessions.begin(call, user, arrival.address, second_factor_due=False)

    def _ask_password(self, arrival: Arrival, session: Session, *, wrong: str = "") -> Answer:
        then = arrival.form.text("next") or arrival.query.text("next")
        username = arrival.form.text("username")
        values = {
            "wrong": wrong,
            "username": username,
            "next": paths.safe(then),
            "unsent": arrival.query.is_on("unsent"),
        }
        return self._open_form("sign_in.html", arrival, session, values)

    def _ask_code(
        self, arrival: Arrival, session: Session, *, found: Found, wrong: str = ""
    ) -> Answer:
        then = paths.safe(arrival.form.text("next") or arrival.query.text("next"))
        call = self._equipment.call(session, arrival, None)
        return self._equipment.open_page(
            "second_step.html",
            call,
            status=422 if wrong else 200,
            wrong=wrong,
            next=then,
            csrf=csrf.of_session(found.record),
        )

    def _ask_start(self, arrival: Arrival, session: Session, *, wrong: str = "") -> Answer:
        secret = arrival.form.text("link") or arrival.query.text("link")
        user = console_links.whose(session, secret, self._equipment.runtime.clock.now())
        if user is None:
            call = self._equipment.call(session, arrival, None)
            return self._equipment.open_page("link_over.html", call, status=404)
        values = {
            "wrong": wrong,
            "link": secret,
            "user": user,
            "has_password": console_passwords.has_one(user),
            "least": console_passwords.LEAST,
            "suggested": console_passwords.SUGGESTED,
        }
        return self._open_form("start.html", arrival, session, values)

    def _open_form(
        self, template: str, arrival: Arrival, session: Session, values: Mapping[str, object]
    ) -> Answer:
        """Return a form with its own CSRF token, bound to a cookie of its own (WEB-3)."""
        equipment = self._equipment
        call = equipment.call(session, arrival, None)
        given = equipment.cookies.value(arrival.cookies, cookies.LOGIN)
        cookie = given or secrets.token_hex(16)
        token = csrf.of_login(equipment.runtime.keys, cookie)
        status = 422 if values["wrong"] else 200
        answer = equipment.open_page(template, call, status=status, csrf=token, **values)
        return answer if given else answer.adding(equipment.cookies.setting(cookies.LOGIN, cookie))

    def _is_proved(self, arrival: Arrival) -> bool:
        cookie = self._equipment.cookies.value(arrival.cookies, cookies.LOGIN)
        given = arrival.form.raw(csrf.FIELD)
        return csrf.is_of_login(self._equipment.runtime.keys, cookie, given)

    def _entered(self, opened: Opened, path: str) -> Answer:
        jar = self._equipment.cookies
        answer = redirect(path).adding(jar.setting(cookies.SESSION, opened.identifier))
        return answer.adding(jar.clearing(cookies.LOGIN)) if opened.record.authenticated else answer

    async def _on_reader(self, arrival: Arrival, work: Callable[[Arrival, Session], T]) -> T:
        return await self._equipment.placing.on_reader(partial(work, arrival))

    async def _on_worker(self, arrival: Arrival, work: Callable[[Arrival, Session], T]) -> T:
        return await self._equipment.placing.on_worker(partial(work, arrival))
