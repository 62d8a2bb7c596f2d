"""What is foreseen of every call of every preset is what becomes of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest

from coursewire.domain import (
    authorised_users,
    group_members,
    outlook,
    role_assignments,
    roles,
    services,
    users,
)
from coursewire.domain.foresight import ANYTHING, Circumstances, Foreseen
from coursewire.functions import catalogue
from coursewire.functions.catalogue import Catalogue
from coursewire.plugin import lifecycle
from coursewire.presets import model
from coursewire.presets.apply import Made, Wanted, apply
from coursewire.server.call import Arrival, answer
from coursewire.server.options import ServerOptions
from coursewire.server.runtime import Runtime
from coursewire.store import preferences
from coursewire.store import users as user_rows
from coursewire.wire.form import decode_form
from coursewire_percipio import PLUGIN
from tests.presets import percipio_samples
from tests.presets.samples import Sample, School, samples, school
from tests.support import making
from tests.support.plugins import loaded
from tests.support.sites import URL, TestSite
from tests.support.web import fields

BUILT_IN = catalogue.built_in()
REST = "webservice/rest:use"
PRESETS = tuple(preset.name for preset in model.everything() if not preset.plugin)


class Undone(Exception):
    """Raised to undo what a call did."""


class Line:
    """The server's own straight line; whatever a call writes is undone."""

    def __init__(self, site: TestSite, catalogue: Catalogue = BUILT_IN) -> None:
        self._site = site
        self._runtime = Runtime(
            options=ServerOptions(site_url=URL),
            database=site.database,
            keys=site.keys,
            clock=site.clock,
            catalogue=catalogue,
        )

    def call(self, token: str, function: str, sample: Sample) -> tuple[str, Any]:
        """Return the error code, '' for none, and what was seen."""
        control = {"wstoken": token, "wsfunction": function, "moodlewsrestformat": "json"}
        form = decode_form(urlencode([*control.items(), *fields(sample.params)]).encode())
        arrival = Arrival(
            tree=form.tree, method="POST", address="127.0.0.1", request_id="r", token_in_query=False
        )
        session, result = self._site.session, ("", None)
        try:
            with session.transaction():
                outcome = answer(self._runtime, session, arrival)
                result = self._read(outcome, sample)
                raise Undone
        except Undone:
            return result

    def _read(self, outcome: Any, sample: Sample) -> tuple[str, Any]:
        if outcome.closed:
            return "closed", None
        if outcome.refusal is not None:
            return outcome.refusal.errorcode or "error", None
        seen = sample.seen(json.loads(b"".join(outcome.chunks)))
        if sample.counted:
            call = self._site.call()
            seen = group_members.of_groups(call, [sample.counted]).get(sample.counted)
        return "", seen


class Trial:
    """A preset put to work in a school, and the comparison of word and deed."""

    def __init__(self, site: TestSite, name: str, catalogue: Catalogue = BUILT_IN) -> None:
        self.site = site
        self._catalogue = catalogue
        making.setting(site, "enablewebservices", value=True)
        making.setting(site, "webserviceprotocols", value=("rest",))
        self.school: School = school(site)
        self.preset = model.load(name)
        known = catalogue.is_known
        self.made: Made = apply(site.call(), self.preset, Wanted(new_user="svc"), known)
        self.line = Line(site, catalogue)
        self.samples = samples(self.school)
        if self.preset.plugin:
            everything = self.made.service_id
        else:
            everything = making.service(site, "everything", *self.preset.functions, users=[2])
        self.full_token = making.token(site, 2, everything)
        user = user_rows.by_username(site.session, "svc")
        assert user is not None
        self.user_id = user.id

    def foreseen(self, picked: Circumstances) -> dict[str, Foreseen]:
        call = self.site.call()
        handle = self.made.issued.handle
        found = outlook.of_token(call, handle, self._contract_of, picked, "127.0.0.1")
        return {each.name: each for each in found.functions}

    def _contract_of(self, name: str) -> Any:
        bound = self._catalogue.get(name)
        return None if bound is None else bound.contract

    def outcome(self, function: str) -> str:
        results = [
            self.line.call(self.made.issued.token, function, each)
            for each in self.samples[function]
        ]
        refused = [code for code, _ in results if code]
        if refused:
            return "refused"
        full = [self.line.call(self.full_token, function, each) for each in self.samples[function]]
        # Where the site refuses everybody there is nothing to compare with.
        return "allowed" if results == full else "limited"

    def compare(self, what: str) -> list[str]:
        """Return where the words differ from the deeds."""
        of = self.school
        without = self.foreseen(ANYTHING)
        within = self.foreseen(
            Circumstances(
                course_id=of.course,
                activity_id=of.activity,
                user_id=of.ann,
                role_id=of.student,
            )
        )
        wrong: list[str] = []
        for function in self.preset.functions:
            real = self.outcome(function)
            first, second = without[function], within[function]
            if first.state not in {real, "depends"}:
                wrong.append(f"{what}: {function} is {real}, not {first.state}: {first.reasons}")
            if second.state != real:
                wrong.append(
                    f"{what}: {function} in context is {real}, not {second.state}: {second.reasons}"
                )
        return wrong


@pytest.mark.parametrize("name", PRESETS)
def test_what_is_foreseen_is_what_happens(site: TestSite, name: str) -> None:
    compare_everywhere(Trial(site, name))


def test_what_is_foreseen_of_the_percipio_plugin_is_what_happens(site: TestSite) -> None:
    site.capabilities = {each.name: each for each in PLUGIN.capabilities}
    lifecycle.enable(site.call(), PLUGIN)
    trial = Trial(site, "percipio", loaded(site, PLUGIN).catalogue)
    percipio_samples.import_course(trial.school)
    trial.samples = percipio_samples.samples(trial.school)
    compare_everywhere(trial)


def compare_everywhere(trial: Trial) -> None:
    site = trial.site
    wrong = trial.compare("as it is")
    for each in trial.preset.capabilities:
        making.override(site, trial.preset.role.shortname, each.name, 0)
        wrong += trial.compare(f"without {each.name}")
        making.override(site, trial.preset.role.shortname, each.name, 1)
    for what, state in STATES.items():
        with state(trial):
            wrong += trial.compare(what)
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(("role", "state"), [("student", "allowed"), ("manager", "refused")])
def test_a_picked_role_makes_enrolling_definite(site: TestSite, role: str, state: str) -> None:
    trial = Trial(site, "cyclr")
    function = "enrol_manual_enrol_users"
    assert trial.foreseen(ANYTHING)[function].state == "depends"
    role_id = making.role_id(site, role)
    picked = Circumstances(course_id=trial.school.course, role_id=role_id)
    assert trial.foreseen(picked)[function].state == state
    wanted = {"roleid": role_id, "userid": trial.school.ann, "courseid": trial.school.course}
    code, _ = trial.line.call(trial.made.issued.token, function, Sample({"enrolments": [wanted]}))
    assert code == ("" if state == "allowed" else "wsusercannotassign")


@contextmanager
def account(trial: Trial, name: str, value: Any) -> Iterator[None]:
    """The token's account with another value in a column."""
    session = trial.site.session
    before = getattr(users.get(session, trial.user_id), name)
    with session.transaction():
        user_rows.change(session, trial.user_id, {name: value})
    yield
    with session.transaction():
        user_rows.change(session, trial.user_id, {name: before})


@contextmanager
def password_to_change(trial: Trial) -> Iterator[None]:
    """The account must change its password first."""
    session, name = trial.site.session, "auth_forcepasswordchange"
    with session.transaction():
        preferences.put(session, trial.user_id, {name: "1"})
    yield
    with session.transaction():
        preferences.drop(session, trial.user_id, [name])


@contextmanager
def setting(trial: Trial, name: str, value: Any, after: Any) -> Iterator[None]:
    """A setting of the site."""
    making.setting(trial.site, name, value=value)
    yield
    making.setting(trial.site, name, value=after)


@contextmanager
def not_listed(trial: Trial) -> Iterator[None]:
    """The account is not authorised for the service."""
    call, service_id = trial.site.call(), trial.made.service_id
    if not trial.preset.service.restricted:
        services.edit(call, service_id, services.Changes(restrictedusers=True))
        yield
        services.edit(call, service_id, services.Changes(restrictedusers=False))
        return
    authorised_users.deauthorise(call, service_id, trial.user_id)
    yield
    authorised_users.authorise(call, service_id, trial.user_id)


@contextmanager
def service_off(trial: Trial) -> Iterator[None]:
    """The service is disabled."""
    call, service_id = trial.site.call(), trial.made.service_id
    services.edit(call, service_id, services.Changes(enabled=False))
    yield
    services.edit(call, service_id, services.Changes(enabled=True))


@contextmanager
def prevented(trial: Trial) -> Iterator[None]:
    """The course takes back what the role allows."""
    shortname = trial.preset.role.shortname
    place = making.course_context(trial.site, trial.school.course)
    names = [each.name for each in trial.preset.capabilities if each.name != REST]
    for name in names:
        making.override(trial.site, shortname, name, -1, place)
    yield
    for name in names:
        making.override(trial.site, shortname, name, 0, place)


@contextmanager
def administrator(trial: Trial) -> Iterator[None]:
    """The account is an administrator of the site."""
    with setting(trial, "siteadmins", (2, trial.user_id), (2,)):
        yield


@contextmanager
def teacher(trial: Trial) -> Iterator[None]:
    """The account lacks the preset's role and teaches in the course."""
    call, system = trial.site.call(), trial.site.load().system
    role = making.role_id(trial.site, trial.preset.role.shortname)
    with call.transaction():
        for each in trial.preset.capabilities:
            if each.name != REST:
                roles.grant(call, role, {each.name: 0}, system)
    making.enrol(trial.site, trial.user_id, trial.school.course, "editingteacher")
    yield
    place = making.course_context(trial.site, trial.school.course)
    with call.transaction():
        teacher_id = making.role_id(trial.site, "editingteacher")
        role_assignments.unassign(call, teacher_id, trial.user_id, place)
        roles.grant(call, role, {each.name: 1 for each in trial.preset.capabilities}, system)


STATES: dict[str, Callable[[Trial], AbstractContextManager[None]]] = {
    "suspended": lambda trial: account(trial, "suspended", 1),
    "unconfirmed": lambda trial: account(trial, "confirmed", 0),
    "without log-in": lambda trial: account(trial, "auth", "nologin"),
    "incomplete": lambda trial: account(trial, "email", ""),
    "password to change": password_to_change,
    "not listed": not_listed,
    "service off": service_off,
    "web services off": lambda trial: setting(trial, "enablewebservices", False, True),
    "maintenance": lambda trial: setting(trial, "maintenance_enabled", True, False),
    "prevented in the course": prevented,
    "administrator": administrator,
    "teacher of the course": teacher,
}
