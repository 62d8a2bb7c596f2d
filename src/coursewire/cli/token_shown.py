"""A new token, shown once: its value, a line that tries it, and what its maker should know."""

import shlex
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import fields
from rich.text import Text

from coursewire.cli import moments
from coursewire.cli.acting import Acting
from coursewire.cli.showing import err, out, plain, print_facts, print_json
from coursewire.domain.tokens import Issued
from coursewire.functions.catalogue import Catalogue
from coursewire.store import services as service_rows

SITE_INFO = "core_webservice_get_site_info"
ENDPOINT = "/webservice/rest/server.php"


class ServiceNamed(Struct, frozen=True):
    """The service of a new token."""

    id: int
    name: str


def curl(url: str, token: str, function: str) -> str:
    """Return a line for a shell that calls a function; the token travels in the body (TOK-10)."""
    form = {"wstoken": token, "wsfunction": function, "moodlewsrestformat": "json"}
    sent = " ".join(f"-d {shlex.quote(f'{name}={value}')}" for name, value in form.items())
    return f"curl {shlex.quote(url + ENDPOINT)} {sent}"


def tried(functions: Sequence[str], catalogue: Catalogue) -> str:
    """Return the function of a service that is best to try a token with; '' when it has none.

    One that reads and can be called without parameters: with others a good token is refused too.
    """
    if SITE_INFO in functions:
        return SITE_INFO
    there = [bound for name in functions if (bound := catalogue.get(name))]
    reading = [bound.contract for bound in there if bound.contract.kind == "read"]
    bare = [each for each in reading if not any(field.required for field in fields(each.params))]
    return next(iter([*(each.name for each in [*bare, *reading]), *functions]), "")


def show(site: Acting, issued: Issued, *, user: str, service: ServiceNamed, json: bool) -> None:
    """Show a token that was just made."""
    functions = service_rows.functions(site.call.session, service.id)
    function = tried(functions, site.opened.catalogue)
    line = curl(site.call.site.url, issued.token, function) if function else ""
    (_as_json if json else _for_a_person)(issued, user, service.name, line)


def _for_a_person(issued: Issued, user: str, service: str, line: str) -> None:
    # Written at once: a token that somebody has read is not undone for want of the rest.
    with out:
        out.print("The token, shown this once:\n")
        plain(f"  {issued.token}\n")
        print_facts(
            {
                "handle": f"{issued.handle}  (its public name, for every other command)",
                "user": user,
                "service": service,
                "valid until": moments.minute(issued.validuntil),
            }
        )
        if line:
            out.print("\nTry it:\n")
            plain(f"  {line}")
    warn(issued.warnings)


def _as_json(issued: Issued, user: str, service: str, line: str) -> None:
    print_json(
        {
            "token": issued.token,
            "handle": issued.handle,
            "user": user,
            "service": service,
            "validuntil": issued.validuntil,
            "curl": line,
            "warnings": issued.warnings,
        }
    )


def warn(warnings: Sequence[str]) -> None:
    """Print what a token's maker should know, on standard error."""
    for warning in warnings:
        err.print(Text.assemble(("warning: ", "bold yellow"), warning))
