"""`coursewire service`: which functions a token opens, and who may hold one."""

from typing import Annotated, Any

import msgspec
import typer
from msgspec import UNSET

from coursewire.cli import asking, finding, moments, service_functions, service_users
from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, JsonOption, load_settings, out
from coursewire.cli.showing import print_facts, print_json, print_table
from coursewire.domain import services
from coursewire.domain.services import Changes, NewService
from coursewire.store import service_overview
from coursewire.store import services as rows
from coursewire.store.service_overview import Holdings
from coursewire.store.services import AuthorisedUser, ServiceRecord
from coursewire.text.counted import counted

commands = typer.Typer(help="Services: sets of functions that tokens open.", no_args_is_help=True)
ServiceArgument = Annotated[str, typer.Argument(help="Short name or name of the service.")]
EnabledOption = Annotated[
    bool | None,
    typer.Option("--enabled/--disabled", help="Answer calls by its tokens, or refuse them."),
]
OpenOption = Annotated[
    bool | None,
    typer.Option("--open/--authorised-only", help="Let in all users, or authorised ones only."),
]
RequiredOption = Annotated[
    str | None,
    typer.Option(
        "--required-capability", help="A capability that its users need besides; '' for none."
    ),
]
DownloadOption = Annotated[
    bool | None,
    typer.Option("--download-files/--no-download-files", help="Let its tokens download files."),
]
UploadOption = Annotated[
    bool | None,
    typer.Option("--upload-files/--no-upload-files", help="Let its tokens upload files."),
]
QueryOption = Annotated[
    bool | None,
    typer.Option(
        "--query-tokens/--no-query-tokens",
        help="Take tokens out of addresses too, or out of bodies only.",
    ),
]
GetOption = Annotated[
    bool | None,
    typer.Option(
        "--get-writes/--no-get-writes", help="Let calls change things by GET too, or by POST only."
    ),
]


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="service")


@commands.command("list")
def list_services(
    data: DataOption = None, database: DatabaseOption = None, json: JsonOption = False
) -> None:
    """List the services."""
    with acting(load_settings(data, database)) as site:
        session = site.call.session
        holdings = service_overview.holdings(session, site.call.now)
        found = [
            {**_public(service), **_counts(holdings.get(service.id, Holdings()))}
            for service in rows.everything(session)
        ]
    if json:
        print_json(found)
        return
    columns = ("short name", "name", "state", "for", "functions", "users", "tokens")
    print_table(columns, map(_row, found), empty="no services")


def _counts(held: Holdings) -> dict[str, int]:
    return {
        "functions": held.functions,
        "authorised_users": held.users,
        "tokens": held.live_tokens,
    }


def _row(service: dict[str, Any]) -> tuple[str, ...]:
    return (
        service["shortname"],
        service["name"],
        "on" if service["enabled"] else "off",
        "authorised users" if service["restrictedusers"] else "ALL USERS",
        *(str(service[name]) for name in ("functions", "authorised_users", "tokens")),
    )


@commands.command()
def show(
    service: ServiceArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Show a service with its functions and authorised users."""
    with acting(load_settings(data, database)) as site:
        found = finding.service(site.call, service)
        functions = rows.functions(site.call.session, found.id)
        users = rows.authorised_users(site.call.session, found.id)
        missing = {name for name in functions if site.opened.catalogue.get(name) is None}
    if json:
        print_json({**_public(found), "functions": functions, "authorised_users": users})
        return
    print_facts(_facts(found))
    out.print(f"\n[dim]functions ({len(functions)})[/]")
    print_table(
        ("function", ""),
        [(name, "not implemented" if name in missing else "") for name in functions],
    )
    if found.restrictedusers or users:
        out.print(f"\n[dim]authorised users ({len(users)})[/]")
        print_table(("user", "addresses", "valid until"), map(_user_row, users))


def _facts(service: ServiceRecord) -> dict[str, str]:
    flags = {
        "files may be fetched": service.downloadfiles,
        "files may be sent": service.uploadfiles,
        "no tokens in addresses": service.forbid_query_tokens,
        "no changes by GET": service.forbid_get_writes,
    }
    return {
        "name": service.name,
        "short name": service.shortname,
        "state": "on" if service.enabled else "off",
        "for": "authorised users" if service.restrictedusers else "ALL USERS of the site",
        "asks for": service.requiredcapability,
        "built in by": service.component,
        "besides": ", ".join(name for name, holds in flags.items() if holds),
    }


def _user_row(user: AuthorisedUser) -> tuple[str, ...]:
    return user.username, user.iprestriction or "any", moments.minute(user.validuntil)


def _public(service: ServiceRecord) -> dict[str, Any]:
    return msgspec.structs.asdict(service)


@commands.command()
def create(
    name: Annotated[str, typer.Argument(help="Name of the service.")],
    data: DataOption = None,
    database: DatabaseOption = None,
    shortname: Annotated[str, typer.Option(help="Needed for log-in by password.")] = "",
    function: Annotated[
        list[str] | None, typer.Option(help="A function to put into it. May be repeated.")
    ] = None,
    enabled: EnabledOption = True,
    open_to_all: OpenOption = False,
    required_capability: RequiredOption = None,
    download_files: DownloadOption = False,
    upload_files: UploadOption = False,
    query_tokens: QueryOption = True,
    get_writes: GetOption = True,
) -> None:
    """Make a service: enabled, and for authorised users only, unless said otherwise."""
    new = NewService(
        name=name,
        shortname=shortname,
        enabled=bool(enabled),
        restrictedusers=not open_to_all,
        requiredcapability=required_capability or "",
        downloadfiles=bool(download_files),
        uploadfiles=bool(upload_files),
        forbid_query_tokens=not query_tokens,
        forbid_get_writes=not get_writes,
    )
    with acting(load_settings(data, database)) as site, site.call.transaction():
        finding.require_functions(site, function or [])
        made = services.create(site.call, new)
        known = site.opened.catalogue.is_known
        number = len(services.add_functions(site.call, made.id, function or [], known))
    out.print(f"Made the service {name!r} with {counted(number, 'function')}.", markup=False)


@commands.command()
def edit(
    service: ServiceArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    enabled: EnabledOption = None,
    open_to_all: OpenOption = None,
    required_capability: RequiredOption = None,
    download_files: DownloadOption = None,
    upload_files: UploadOption = None,
    query_tokens: QueryOption = None,
    get_writes: GetOption = None,
) -> None:
    """Change a service; what is not named stays as it is."""
    changes = Changes(
        name=UNSET if name is None else name,
        enabled=UNSET if enabled is None else enabled,
        restrictedusers=UNSET if open_to_all is None else not open_to_all,
        requiredcapability=UNSET if required_capability is None else required_capability,
        downloadfiles=UNSET if download_files is None else download_files,
        uploadfiles=UNSET if upload_files is None else upload_files,
        forbid_query_tokens=UNSET if query_tokens is None else not query_tokens,
        forbid_get_writes=UNSET if get_writes is None else not get_writes,
    )
    with acting(load_settings(data, database)) as site:
        edited = services.edit(site.call, finding.service(site.call, service).id, changes)
    print_facts(_facts(edited))


@commands.command()
def delete(
    service: ServiceArgument,
    data: DataOption = None,
    database: DatabaseOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Delete a service; its tokens end."""
    with acting(load_settings(data, database)) as site:
        found = finding.service(site.call, service)
        count = rows.live_tokens(site.call.session).get(found.id, 0)
        asking.confirmed(f"Delete {found.name!r} and end {counted(count, 'token')}?", yes=yes)
        services.delete(site.call, found.id)
    out.print(
        f"Deleted the service {found.name!r}; {counted(count, 'token')} ended with it.",
        markup=False,
    )


# Here, once: who registers the group twice has no command twice.
service_functions.register(commands)
service_users.register(commands)
