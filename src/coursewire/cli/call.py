"""`coursewire call`: a function, called over HTTP with a token or here as the administrator."""

from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

import msgspec
import typer

from coursewire.app import Opened
from coursewire.cli import asking
from coursewire.cli.acting import acting
from coursewire.cli.common import DatabaseOption, DataOption, Failure, load_settings
from coursewire.cli.finding import require_functions
from coursewire.cli.showing import plain, print_json_text
from coursewire.contracts.errors import Refusal
from coursewire.domain.call import Call
from coursewire.server.options import ServerOptions
from coursewire.server.sites import Sites
from coursewire.wire.form import decode_form
from coursewire.wire.limits import DEFAULT_LIMITS, LimitExceeded
from coursewire.wire.plan import plan_of
from coursewire.wire.request import read_rest


class Format(StrEnum):
    """The forms of an answer."""

    JSON = "json"
    XML = "xml"


def register(cli: typer.Typer) -> None:
    """Add the command."""
    cli.command("call")(call)


def call(
    function: Annotated[str, typer.Argument(help="The function.")],
    parameters: Annotated[
        list[str] | None,
        typer.Argument(metavar="[KEY=VALUE]...", help="Such as groups[0][name]=Red."),
    ] = None,
    url: Annotated[
        str | None,
        typer.Option(help="A site to call with a token; without it, the site of --data."),
    ] = None,
    data: DataOption = None,
    database: DatabaseOption = None,
    answer: Annotated[Format, typer.Option("--format", help="Form of the answer.")] = Format.JSON,
) -> None:
    """Call a function and print its answer.

    With --url over HTTP, by the token in COURSEWIRE_TOKEN or at the prompt. Otherwise here, in the
    site of --data or --database, as its administrator. Exit code 1: the call was refused.
    """
    fields = dict(_pair(parameter) for parameter in parameters or ())
    if url is not None:
        from coursewire.cli import http_call  # noqa: PLC0415 - HTTPX is for this alone

        http_call.check_address(url)
        token = asking.token()
        written = http_call.call(url, token, function, fields, answer.value)
    else:
        with acting(load_settings(data, database)) as site:
            require_functions(site, [function])
            written = _here(site.opened, site.call, function, fields, answer)
    _print(written, answer)


def _pair(parameter: str) -> tuple[str, str]:
    key, equals, value = parameter.partition("=")
    if not key or not equals:
        msg = f"{parameter!r} is no parameter"
        raise Failure(msg, 2, remedy="write KEY=VALUE, such as groups[0][name]=Red")
    return key, value


def _here(
    opened: Opened, acting_call: Call, function: str, fields: dict[str, str], answer: Format
) -> bytes:
    """Call a function in this process, from form fields to bytes as the server does."""
    bound = opened.catalogue.get(function)
    if bound is None:
        msg = f"{function} is not implemented yet"
        raise Failure(msg, remedy="coursewire functions --implemented lists what is")
    options = ServerOptions(site_url=opened.settings.site_url)
    known = Sites(opened.database, options, opened.catalogue).read(acting_call.session).known
    plan = plan_of(bound.contract)
    try:
        request = read_rest(decode_form(urlencode(fields).encode(), DEFAULT_LIMITS).tree, known)
        acting_call.text = request.settings
        result = bound.body(acting_call, plan.params(request.arguments, known))
        plan.returns(result, known)
    except LimitExceeded as error:
        raise Failure(str(error)) from error
    except Refusal as refusal:
        code = f" ({refusal.errorcode})" if refusal.errorcode else ""
        raise Failure(f"{refusal.reason}{code}", remedy=refusal.remedy) from refusal
    encode = plan.json if answer is Format.JSON else plan.xml
    return b"".join(encode(result))


def _print(written: bytes, answer: Format) -> None:
    if answer is Format.XML:
        plain(written.decode("utf-8", "replace").rstrip("\n"))
        return
    try:
        print_json_text(written)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        msg = f"the answer is not JSON: {error}"
        raise Failure(msg, remedy="is this the address of a Moodle or Coursewire site?") from error
