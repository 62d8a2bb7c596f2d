"""Examines a site from outside: one probe after the other, then what the token may do."""

from collections.abc import Iterable
from typing import Any, Literal

from msgspec.structs import replace

from coursewire.doctor.outside import abilities, documents, permitted, worlds
from coursewire.doctor.outside.abilities import Person
from coursewire.doctor.outside.address import may_carry_a_token
from coursewire.doctor.outside.causes import BY_NAME, WORKS
from coursewire.doctor.outside.deduction import Observations, deduce, next_probe
from coursewire.doctor.outside.findings import Finding, Report, State, of_cause
from coursewire.doctor.outside.permitted import LET_THROUGH, Permitted
from coursewire.doctor.outside.probes import SITE_INFO, Answer, Site
from coursewire.doctor.outside.wanted import Wanted
from coursewire.doctor.outside.worlds import DENIED, PASSED, Probe
from coursewire.text.counted import counted

_NAMESPACE = "core\\exception\\"
# What may come between, where the same address has answered as a Moodle before. A page or a closed
# endpoint is something else then than it would be as the first answer.
_ON_THE_WAY = worlds.PASSING | {"server-fault", "empty"}


class Examination:
    """The course of one examination: what was seen so far."""

    def __init__(self, site: Site, wanted: Wanted, *, may_consume: bool) -> None:
        self._site = site
        self._wanted = wanted
        self._may_consume = may_consume
        self._seen = Observations()
        self._answers: dict[Probe, Answer] = {}
        self._tried: dict[str, str] = {}

    async def run(self) -> Report:
        """Send probes until no other can tell more, then look at functions and capabilities."""
        while probe := next_probe(self._seen, may_consume=self._may_consume):
            self._note(probe, await self._send(probe))
        causes = deduce(self._seen) or self._on_the_way()
        rows = self._passed() + self._refused(causes)
        if self._answers.get("token", Answer(code="")).code == PASSED:
            rows += await self._permitted()
        return Report(
            url=self._site.url,
            causes=causes,
            seen={str(probe): code for probe, code in self._seen.answers.items()},
            findings=tuple(rows),
            severity=self._severity(causes, rows),
        )

    def _on_the_way(self) -> tuple[str, ...]:
        """Return why the last probe got no answer of a Moodle, though earlier ones did."""
        last = list(self._answers.values())[-1]
        return worlds.of_the_site(last.code) if last.code in _ON_THE_WAY else ()

    async def _send(self, probe: Probe) -> Answer:
        site = self._site
        match probe:
            case "door":
                return await site.door()
            case "app":
                return await site.app()
            case "token" | "again" if not may_carry_a_token(site.url):
                return Answer(code="unencrypted")
            case "token" | "again":
                return await site.token()
            case "info":
                return await site.call(SITE_INFO)
            case "read":
                reads = tuple(name for name in self._wanted.reads if name != SITE_INFO)
                self._tried = await permitted.try_reads(site, reads, enough=True)
                return Answer(code=_of_all(self._tried.values()))
            case "file":
                return await site.file()

    def _note(self, probe: Probe, answer: Answer) -> None:
        self._answers[probe] = answer
        self._seen = self._seen.plus(probe, answer.code)
        if probe == "door" and answer.exception:
            namespaced = answer.exception.startswith(_NAMESPACE)
            self._seen = Observations(self._seen.answers, namespaced)

    def _passed(self) -> list[Finding]:
        """Return the rows of what is in order."""
        rows: list[Finding] = []
        door, token, info = (self._answers.get(name) for name in ("door", "token", "info"))
        if door is not None and door.code in ("invalidtoken", DENIED):
            rows.append(_ok("site", f"{self._site.url} answers calls by REST"))
        if token is not None and token.code == PASSED:
            rows.append(_ok("token", "known, in date, usable from here; its user may call by REST"))
        if info is not None and info.code == "ok":
            rows.append(_ok("service", _described(documents.fields(info.content))))
        return rows

    def _refused(self, causes: tuple[str, ...]) -> list[Finding]:
        """Return the rows of what refuses."""
        if causes == (WORKS,):
            return []
        if WORKS in causes:
            fact = "not tried: a site deletes a token that is out of date at its first use"
            return [Finding(state="unknown", name="token", fact=fact, fix="leave out --no-consume")]
        last = list(self._answers.values())[-1]
        if not causes:
            seen = ", ".join(f"{probe}: {code}" for probe, code in self._seen.answers.items())
            fact = f"the site answers as no documented check does ({seen}) {last.said}".strip()
            fix = "look into the error log of the site"
            return [Finding(state="fail", name="unexpected answer", fact=fact, fix=fix)]
        if self._only_site_info_lacks():
            return [self._without_site_info()]
        alone = len(causes) == 1
        return [of_cause(cause, self._site.url, last.said, alone=alone) for cause in causes]

    def _only_site_info_lacks(self) -> bool:
        """Tell whether other functions can be called, so that the token itself is good."""
        return self._seen.answers.get("read") == PASSED

    def _without_site_info(self) -> Finding:
        found = of_cause("not-in-service", self._site.url, "", alone=True)
        state: State = "missing" if self._site_info_is_wanted() else "unknown"
        return replace(found, state=state)

    def _site_info_is_wanted(self) -> bool:
        return not self._wanted.functions or SITE_INFO in self._wanted.functions

    async def _permitted(self) -> list[Finding]:
        info = self._answers.get("info", Answer(code=""))
        fields = documents.fields(info.content)
        listed = _listed(fields) if info.code == "ok" else None
        person = _person(fields) if info.code == "ok" else None
        if info.code == "ok" or self._only_site_info_lacks():
            found = await permitted.examine(self._site, self._wanted, listed, self._tried)
        else:
            # The service refuses everything; each function by itself would say the same.
            return []
        learned = await abilities.examine(self._site, self._wanted, found, person)
        return self._rows(found, learned, person)

    def _rows(
        self, found: Permitted, learned: abilities.Abilities, person: Person | None
    ) -> list[Finding]:
        url, wanted = self._site.url, self._wanted
        return [
            *permitted.findings(url, wanted, found),
            *abilities.findings(url, wanted, learned, person),
        ]

    def _severity(
        self, causes: tuple[str, ...], rows: list[Finding]
    ) -> Literal["fine", "lacking", "refused", "unreachable"]:
        if WORKS in causes or self._only_site_info_lacks():
            return "lacking" if any(row.state == "missing" for row in rows) else "fine"
        places = {BY_NAME[name].place for name in causes}
        return "unreachable" if places == {"site"} else "refused"


def _of_all(codes: Iterable[str]) -> str:
    """Return what several functions answered together: one that gets through is enough."""
    found = list(codes)
    if any(code in LET_THROUGH for code in found):
        return PASSED
    return next((code for code in found if code in worlds.PASSING), DENIED)


def _ok(name: str, fact: str) -> Finding:
    return Finding(state="ok", name=name, fact=fact)


def _listed(fields: dict[str, Any]) -> frozenset[str] | None:
    """Return the functions of the service, or None where the site does not list them."""
    if not isinstance(fields.get("functions"), list):
        return None
    return frozenset(str(item.get("name")) for item in documents.rows(fields.get("functions")))


def _person(fields: dict[str, Any]) -> Person:
    number: Any = fields.get("userid")
    return Person(
        id=number if isinstance(number, int) else 0,
        is_admin=fields.get("userissiteadmin") is True,
    )


def _described(fields: dict[str, Any]) -> str:
    release = str(fields.get("release") or "a version it does not tell")
    user = str(fields.get("username") or "the user")
    listed = _listed(fields)
    functions = (
        "what the site does not list" if listed is None else counted(len(listed), "function")
    )
    return f"{user} may call {functions}; Moodle {release}"


async def examine(site: Site, wanted: Wanted, *, may_consume: bool = True) -> Report:
    """Return everything that can be told of a site and a token without changing anything."""
    return await Examination(site, wanted, may_consume=may_consume).run()
