"""What is revoked through one process is refused by every other at its next request (TOK-9)."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.client import HTTPConnection
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import pytest

from coursewire import app
from coursewire.cli.acting import acting_on
from coursewire.domain import (
    authorised_users,
    login,
    login_tokens,
    new_users,
    role_assignments,
    roles,
    services,
    tokens,
    user_changes,
    user_deletion,
    users,
)
from coursewire.domain.call import Call
from coursewire.domain.services import Changes
from coursewire.domain.tokens import NewToken
from coursewire.settings import Settings
from coursewire.store import services as service_rows
from coursewire.store import users as user_rows
from tests.support import postgres as private
from tests.support import seeds
from tests.support.served import run, serving
from tests.support.sizes import size

SITE = Path(__file__).parents[1] / "clients" / "site.yaml"
# With four processes 100 and 2,000 trials for each cause.
ROUNDS = size(25, 500)
FUNCTION = "core_webservice_get_site_info"


class Nodes(NamedTuple):
    """A site and the processes that serve it, each on its own port."""

    settings: Settings
    ports: list[int]

    def answers(self, token: str) -> list[str]:
        """What each process says to a call with this token: 'ok' or the errorcode."""
        return [ask(port, token) for port in self.ports]


def ask(port: int, token: str) -> str:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    fields = {"wstoken": token, "wsfunction": FUNCTION, "moodlewsrestformat": "json"}
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request("POST", "/webservice/rest/server.php", urlencode(fields), headers)
    document = json.loads(connection.getresponse().read())
    connection.close()
    return str(document.get("errorcode", "ok"))


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def nodes(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Nodes]:
    """One server beside the command line on SQLite, four processes on PostgreSQL."""
    folder = tmp_path_factory.mktemp("revocation")
    place = ("--data", str(folder / "data"))
    with ExitStack() as stack:
        # A token that is gone is an unknown one, of which so many would soon be refused as guesses.
        environ = {"COURSEWIRE_UNKNOWN_TOKENS": "0"}
        address = ""
        if request.param == "postgres":
            cluster: private.Cluster = request.getfixturevalue("postgres")
            address = stack.enter_context(cluster.fresh())
            environ["COURSEWIRE_DATABASE"] = address
        run("apply", str(SITE), *place, "--yes", environ=environ)
        count = 4 if address else 1
        urls = [
            stack.enter_context(serving(place, folder / f"serve-{n}.log", environ=environ))
            for n in range(count)
        ]
        settings = Settings(data=str(folder / "data"), database=address)
        yield Nodes(settings, [int(url.rpartition(":")[2]) for url in urls])


class Holder(NamedTuple):
    """A user of the site with a token that works."""

    user_id: int
    service_id: int
    token_id: int


def _revoke(call: Call, holder: Holder) -> None:
    tokens.revoke(call, holder.token_id)


def _suspend(call: Call, holder: Holder) -> None:
    with call.transaction():
        user_changes.change(call, holder.user_id, {"suspended": 1})


def _delete_user(call: Call, holder: Holder) -> None:
    with call.transaction():
        user_deletion.delete(call, holder.user_id)


def _disable_service(call: Call, holder: Holder) -> None:
    services.edit(call, holder.service_id, Changes(enabled=False))


def _delete_service(call: Call, holder: Holder) -> None:
    services.delete(call, holder.service_id)


def _take_off_the_list(call: Call, holder: Holder) -> None:
    authorised_users.deauthorise(call, holder.service_id, holder.user_id)


def _change_password(call: Call, holder: Holder) -> None:
    users.set_password(call, holder.user_id, "another hash")


CAUSES: list[tuple[Callable[[Call, Holder], None], str]] = [
    (_revoke, "invalidtoken"),
    (_suspend, "wsaccessusersuspended"),
    (_delete_user, "invalidtoken"),
    (_disable_service, "accessexception"),
    (_delete_service, "invalidtoken"),
    (_take_off_the_list, "accessexception"),
    # Of a token that was given out by log-in.
    (_change_password, "invalidtoken"),
]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("cause", "errorcode"), CAUSES, ids=lambda value: getattr(value, "__name__", "")
)
def test_tok_9_every_process_refuses_at_its_next_request(
    nodes: Nodes, cause: Callable[[Call, Holder], None], errorcode: str
) -> None:
    with app.open_site(nodes.settings) as opened:
        for number in range(ROUNDS):
            with acting_on(opened) as site:
                name = f"{cause.__name__}{number}"
                holder, token = make(site.call, name, by_log_in=cause is _change_password)
            assert set(nodes.answers(token)) == {"ok"}
            with acting_on(opened) as site:
                cause(site.call, holder)
            assert set(nodes.answers(token)) == {errorcode}
    seeds.told(f"{ROUNDS * len(nodes.ports)} trials")


def make(call: Call, name: str, *, by_log_in: bool) -> tuple[Holder, str]:
    """A service of its own for a user of its own, and a token."""
    with call.transaction():
        user_id = make_user(call, name.replace("_", "").lower())
        new = services.NewService(name=name, shortname=name, enabled=True)
        service = services.create(call, new)
        services.add_functions(call, service.id, [FUNCTION], lambda _name: True)
        authorised_users.authorise(call, service.id, user_id)
        if by_log_in:
            return Holder(user_id, service.id, 0), give(call, user_id, service.id)
        issued = tokens.issue(call, NewToken(user_id=user_id, service_id=service.id))
    return Holder(user_id, service.id, issued.id), issued.token


def give(call: Call, user_id: int, service_id: int) -> str:
    """The token that a user gets who logs in."""
    user = user_rows.get(call.session, user_id)
    service = service_rows.get(call.session, service_id)
    assert user is not None
    assert service is not None
    return login_tokens.give(login.acting_as(call, user), user, service, "127.0.0.1")


def make_user(call: Call, username: str) -> int:
    new = new_users.NewUser(
        username=username,
        firstname="A",
        lastname="B",
        email=f"{username}@school.example",
        password_hash="not a hash",
    )
    user = new_users.create(call, new)
    role = roles.find(call.session, "connector")
    assert role is not None
    role_assignments.assign(call, role.id, user.id, call.site.system)
    return user.id
