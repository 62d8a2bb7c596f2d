"""Which of the wanted functions a token may call, as far as reading calls can tell."""

from collections.abc import Mapping

from msgspec import Struct

from coursewire.contracts import registry
from coursewire.doctor.outside.findings import Finding
from coursewire.doctor.outside.probes import Site
from coursewire.doctor.outside.wanted import Wanted, only_reads
from coursewire.doctor.outside.worlds import DENIED, PASSED, PASSING

_SERVICES = "/admin/settings.php?section=externalservices"
# Answers that come only after the service let the function through.
LET_THROUGH = (PASSED, "functionnotimplemented")
# Answers that the next function would get too; a firewall judges every request by itself.
_FOR_ALL = PASSING - {"forbidden"}


class Permitted(Struct, frozen=True):
    """What is known of functions: those that may be called, and what the others answered.

    `listed` is the service's list of functions; None where the site did not tell it.
    """

    listed: frozenset[str] | None
    tried: Mapping[str, str]

    def may_call(self, function: str) -> bool:
        """Tell whether a function is known to be in the service and to work."""
        if function in self.tried:
            return self.tried[function] == PASSED
        return self.listed is not None and function in self.listed


async def try_reads(site: Site, functions: tuple[str, ...], *, enough: bool) -> dict[str, str]:
    """Call functions so that they stop at their parameters; `enough`: until one tells."""
    tried: dict[str, str] = {}
    for function in functions:
        tried[function] = (await site.parameters(function)).code
        if enough and tried[function] in (*LET_THROUGH, *_FOR_ALL):
            break
    return tried


async def examine(
    site: Site, wanted: Wanted, listed: frozenset[str] | None, tried: Mapping[str, str]
) -> Permitted:
    """Find out about every wanted function without calling one that might write."""
    found = dict(tried)
    for function in wanted.functions:
        if function not in found and _may_be_tried(function, listed):
            found[function] = (await site.parameters(function)).code
    return Permitted(listed, found)


def _may_be_tried(function: str, listed: frozenset[str] | None) -> bool:
    """Allow what only reads, and names nobody knows where the service would stop them anyway."""
    if only_reads(function):
        return True
    return listed is not None and function not in listed and not registry.is_published(function)


def findings(url: str, wanted: Wanted, permitted: Permitted) -> list[Finding]:
    """Return one row for each wanted function."""
    return [_finding(url, name, permitted) for name in wanted.functions]


def _finding(url: str, name: str, permitted: Permitted) -> Finding:
    code, link = permitted.tried.get(name, ""), url + _SERVICES
    if code == "invalidrecordunknown":
        fact, fix = "the site has no such function", "install its plugin, or upgrade the site"
        return Finding(
            state="missing", name=name, fact=fact, fix=fix, link=f"{url}/admin/plugins.php"
        )
    if code == "functionnotimplemented":
        fact, fix = "in the service, but the server does not have it yet", "use a server that has"
        return Finding(state="missing", name=name, fact=fact, fix=fix)
    if code == DENIED or (permitted.listed is not None and name not in permitted.listed):
        fact, fix = "not in the token's service", f"add {name} to the service"
        return Finding(state="missing", name=name, fact=fact, fix=fix, link=link)
    if permitted.may_call(name):
        fact = "in the service; it gets as far as its parameters" if code else "in the service"
        return Finding(state="ok", name=name, fact=fact)
    if code in PASSING:
        fact = f"not known: the site did not answer this call ({code})"
        return Finding(state="unknown", name=name, fact=fact)
    if code:
        fix = "look into the error log of the site"
        return Finding(state="missing", name=name, fact=f"it answers {code}", fix=fix)
    fact = "not tried, since it may write, and the site does not list the service's functions"
    return Finding(state="unknown", name=name, fact=fact)
