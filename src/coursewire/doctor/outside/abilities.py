"""Whether the token's user has the capabilities that the wanted functions need."""

from msgspec import Struct

from coursewire.doctor.outside.findings import Finding, State
from coursewire.doctor.outside.permitted import Permitted
from coursewire.doctor.outside.probes import Site
from coursewire.doctor.outside.readings import FIRST_ADMINISTRATOR, READINGS, Learned
from coursewire.doctor.outside.wanted import Need, Wanted

REST_CAPABILITY = "webservice/rest:use"
_ROLES = "/admin/roles/manage.php"
# What stands between an account and every function that looks at a place of the site.
_HINDRANCES = {
    "forcepasswordchangenotice": "the user must change the password before anything else",
    "nopasswordchangeforced": "the user must change the password, and cannot do so here",
    "usernotfullysetup": "the profile of the user is incomplete",
    "sitepolicynotagreed": "the user has not agreed to the site's policy",
    "restrictedcontextexception": "the token is confined to one place of the site",
}


class Person(Struct, frozen=True, kw_only=True):
    """The token's user, as site info tells."""

    id: int
    is_admin: bool


class Abilities(Struct, frozen=True):
    """What reading calls told: by capability, and what hinders the user everywhere."""

    learned: dict[str, Learned]
    hindrance: str = ""


async def examine(
    site: Site, wanted: Wanted, permitted: Permitted, person: Person | None
) -> Abilities:
    """Send the reading calls that the service allows; `person` is None where nobody tells."""
    learned = {REST_CAPABILITY: Learned("there", "calls by REST get through")}
    hindrance = ""
    needed = {need.capability for need in wanted.needs}
    for reading in READINGS:
        of_itself = reading.others and person is not None and person.id == FIRST_ADMINISTRATOR
        if of_itself or not permitted.may_call(reading.function):
            continue
        answer = await site.call(reading.function, reading.fields)
        hindrance = hindrance or (answer.code if answer.code in _HINDRANCES else "")
        learned.update((k, v) for k, v in reading.learn(answer).items() if k in needed)
    return Abilities(learned, hindrance)


def findings(
    url: str, wanted: Wanted, abilities: Abilities, person: Person | None
) -> list[Finding]:
    """Return one row for each capability needed, and one for what hinders the user."""
    rows = [_finding(url, need, abilities, person) for need in wanted.needs]
    if abilities.hindrance:
        fact = _HINDRANCES[abilities.hindrance]
        fix = f"mend this for the token's user ({abilities.hindrance})"
        link = f"{url}/admin/user.php"
        rows.insert(
            0, Finding(state="missing", name="account in order", fact=fact, fix=fix, link=link)
        )
    return rows


def _finding(url: str, need: Need, abilities: Abilities, person: Person | None) -> Finding:
    name, fix = need.capability, f"allow {need.capability} in the user's role in the whole site"
    if person is not None and person.is_admin:
        return Finding(state="ok", name=name, fact="the user administers the site and has them all")
    reason = need.reason or (f"needed by {', '.join(need.functions)}" if need.functions else "")
    found = abilities.learned.get(name)
    if found is None:
        fact = f"no reading call can tell. {reason}" if reason else "no reading call can tell"
        return Finding(state="unknown", name=name, fact=fact)
    if found.verdict == "there":
        return Finding(state="ok", name=name, fact=found.fact)
    fact = f"{found.fact}. {reason}" if reason else found.fact
    state: State = "missing" if found.verdict == "missing" else "unknown"
    return Finding(state=state, name=name, fact=fact, fix=fix, link=url + _ROLES)
