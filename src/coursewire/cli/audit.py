"""`coursewire audit`: read the record of changes, and prove that nobody altered it."""

from collections.abc import Iterator, Sequence
from typing import Annotated

import typer

from coursewire import app
from coursewire.audit import head, sealing
from coursewire.audit.sealing import Anchor, Purged, Verdict
from coursewire.cli import asking, moments
from coursewire.cli.acting import Acting, acting
from coursewire.cli.common import (
    DatabaseOption,
    DataOption,
    Failure,
    JsonOption,
    load_settings,
    out,
)
from coursewire.cli.showing import print_facts, print_json, print_table
from coursewire.domain import audit_retention
from coursewire.domain.call import Call
from coursewire.store import audit as rows
from coursewire.store import copying
from coursewire.store.audit import Wanted
from coursewire.store.session import AnyRow
from coursewire.text.counted import counted

commands = typer.Typer(help="The record of changes.", no_args_is_help=True)
_MS = 1000
_ALTERED = 1


def register(cli: typer.Typer) -> None:
    """Add the commands."""
    cli.add_typer(commands, name="audit")


@commands.command("list")
def list_records(
    action: Annotated[
        str, typer.Option(help="Only this action, `token.issue`, or this noun, `token.`")
    ] = "",
    actor: Annotated[str, typer.Option(help="Only what this user name did.")] = "",
    target: Annotated[
        str, typer.Option(help="Only what was done to a target with this in it.")
    ] = "",
    handle: Annotated[str, typer.Option(help="Only what was done with this token.")] = "",
    request: Annotated[str, typer.Option(help="Only what this request did.")] = "",
    within: Annotated[str, typer.Option(help="Only the last `90s`, `10m`, `24h` or `7d`.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 50,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """List what was changed, the newest first."""
    with acting(load_settings(data, database)) as site:
        since = (site.call.now - moments.duration(within)) * _MS if within else 0
        wanted = Wanted(
            action=action,
            actor=actor,
            target=target,
            token_handle=handle,
            request_id=request,
            since_ms=since,
        )
        found = list(rows.walk(site.call.session, wanted, limit=limit))
    if json:
        print_json([rows.as_dict(row) for row in found])
        return
    columns = ("time", "who", "action", "target", "outcome", "from", "request")
    print_table(columns, map(_as_cells, found), empty="no record of that")


@commands.command()
def verify(
    anchor: Annotated[
        list[str] | None,
        typer.Option(help="An end of the record that you kept elsewhere, as `audit head` says it."),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    json: JsonOption = False,
) -> None:
    """Work out the digests of all sealed records again; exit 1 when something was altered.

    Likewise where the database would let somebody alter them: a trigger that refuses it is gone.
    """
    settings = load_settings(data, database)
    with acting(settings) as site:
        kept = head.read(head.path_beside(app.key_path(settings)))
        anchors = [*_anchors(anchor or []), *([kept] if kept else [])]
        found = _verified(site, anchors)
    if json:
        print_json(found)
    else:
        _show(found, len(anchors))
    if not found.is_sound:
        raise typer.Exit(_ALTERED)


@commands.command()
def seal(data: DataOption = None, database: DatabaseOption = None) -> None:
    """Seal what is not sealed yet; a running server does so every minute and when it stops."""
    settings = load_settings(data, database)
    with acting(settings) as site:
        made = _seal(site)
        if made is not None:
            head.write(head.path_beside(app.key_path(settings)), made)
    out.print("Everything was sealed already." if made is None else f"Sealed up to {made}")


@commands.command("head")
def show_head(
    data: DataOption = None, database: DatabaseOption = None, json: JsonOption = False
) -> None:
    """Print the end of the sealed record: keep it elsewhere, for `audit verify --anchor`."""
    with acting(load_settings(data, database)) as site:
        found = _verified(site)
    if json:
        print_json(found.head)
    elif found.head is None:
        out.print("Nothing is sealed yet: coursewire audit seal")
    else:
        out.print(str(found.head), soft_wrap=True)


@commands.command()
def purge(
    older_than: Annotated[str, typer.Option(help="Age of what goes, such as `365d`.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = None,
    database: DatabaseOption = None,
) -> None:
    """Remove old records, whole sealed segments; their digests stay, so the rest still verifies."""
    age = moments.duration(older_than)
    if age < moments.DAY:
        msg = f"--older-than {older_than} is less than a day"
        raise Failure(msg, 2, remedy="write 1d or more")
    with acting(load_settings(data, database)) as site:
        asking.confirmed(f"Records older than {older_than} are removed for good. Go on?", yes=yes)
        _seal(site)
        segments = records = 0
        for gone in _parts(site.call, (site.call.now - age) * _MS, f"older than {older_than}"):
            segments, records = segments + gone.segments, records + gone.records
    out.print(f"{counted(records, 'record')} in {counted(segments, 'segment')} removed.")


def _parts(call: Call, before_ms: int, what: str) -> Iterator[Purged]:
    """Remove all that is older, in parts: a server that runs writes between them."""
    while (gone := audit_retention.purge_part(call, before_ms, what)).segments:
        yield gone


def _seal(site: Acting) -> Anchor | None:
    return sealing.seal_waiting(site.call.session, site.opened.keys, site.call.now * _MS)


def _verified(site: Acting, anchors: Sequence[Anchor] = ()) -> Verdict:
    """Verify the record as it is at one moment: a server seals and removes records meanwhile."""
    with copying.snapshot(site.opened.database) as session:
        return sealing.verify(session, site.opened.keys, anchors)


def _anchors(written: Sequence[str]) -> list[Anchor]:
    try:
        return [sealing.read_anchor(one) for one in written]
    except ValueError as problem:
        msg = "this is not an anchor"
        raise Failure(
            msg, 2, remedy="write SEGMENT:SEQUENCE:DIGEST as `audit head` does"
        ) from problem


def _show(found: Verdict, anchors: int) -> None:
    if found.wrong:
        out.print(f"Altered: {found.wrong}.", style="red", markup=False)
    else:
        out.print("The sealed record is as it was written.")
    if found.unguarded:
        gone = ", ".join(found.unguarded)
        out.print(
            f"Not guarded: of the triggers that refuse to alter it, {gone} is gone or changed. Find"
            " out who did that; `coursewire migrate` puts it back.",
            style="red",
            markup=False,
        )
    print_facts(
        {
            "sealed": f"{counted(found.sealed, 'record')} in {counted(found.segments, 'segment')}",
            "purged": counted(found.purged, "record") if found.purged else "",
            "not sealed yet": counted(found.unsealed, "record"),
            "anchors met": "" if found.wrong else str(anchors),
            "end": str(found.head or ""),
        }
    )


def _as_cells(row: AnyRow) -> tuple[str, ...]:
    when = moments.minute(row.time_ms // _MS)
    outcome = row.outcome if not row.reason else f"{row.outcome}: {row.reason}"
    return (when, row.actor, row.action, row.target, outcome, row.address, row.request_id)
