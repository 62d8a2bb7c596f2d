"""Calls on the server's own line, each undone afterwards, and what became of them as one line."""

import hashlib
import json
import re
from collections.abc import Generator, Iterable
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import partial
from typing import Any
from unittest.mock import patch

from msgspec import Struct
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from coursewire.contracts.errors import Refusal
from coursewire.domain.call import Call
from coursewire.domain.permissions import Permissions
from coursewire.functions import catalogue
from coursewire.server import call
from coursewire.server.call import Arrival
from coursewire.server.options import ServerOptions
from coursewire.server.runtime import Runtime
from coursewire.store.schema import metadata
from coursewire.store.session import Session
from coursewire.wire.form import Tree
from coursewire.wire.request import decode_request
from tests.rules.samples import SAMPLES
from tests.rules.world import NOBODY, World
from tests.support import making
from tests.support.hashing import CHEAP
from tests.support.sites import URL
from tests.support.web import FORM

_WARNING = re.compile(r'"warningcode":"([^"]*)"')
# Counters that tell caches to read again; what they count stands in the other tables.
_BOOKKEEPING = frozenset({"facts_version"})
_ALL_TABLES = tuple(
    (table.name, select(table))
    for table in metadata.sorted_tables
    if table.name not in _BOOKKEEPING
)


class _Undoable(Session):
    """A session inside a transaction that is not its own: what it commits can still be undone."""

    def __init__(self, session: Session) -> None:
        super().__init__(session.connection, begin="SAVEPOINT call")

    def _commit(self) -> None:
        self.connection.exec_driver_sql("RELEASE SAVEPOINT call")

    def _rollback(self) -> None:
        with suppress(DBAPIError):
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT call")
            self.connection.exec_driver_sql("RELEASE SAVEPOINT call")


class Done(Struct, frozen=True, kw_only=True):
    """What became of a call: an answer or a refusal, the tables it wrote, the rights it asked."""

    refusal: str = ""
    answer: Any = None
    text: str = ""
    written: tuple[str, ...] = ()
    asked: frozenset[str] = frozenset()

    @property
    def is_refused(self) -> bool:
        return bool(self.refusal)

    @property
    def line(self) -> str:
        """The outcome as the matrix keeps it."""
        parts = [f"refused {self.refusal}" if self.refusal else f"answers {outline(self.answer)}"]
        if codes := sorted(set(_WARNING.findall(self.text))):
            parts.append(f"warns {' '.join(codes)}")
        if self.written:
            parts.append(f"writes {' '.join(self.written)}")
        return "; ".join(parts)


class Line:
    """Runs calls of a world's people as the server does, and takes back what they did."""

    def __init__(self, world: World) -> None:
        self.world = world
        site = world.site
        making.setting(site, "enablewebservices", value=True)
        making.setting(site, "webserviceprotocols", value=("rest",))
        self.catalogue = catalogue.built_in()
        self.runtime = Runtime(
            options=ServerOptions(site_url=URL),
            database=site.database,
            keys=site.keys,
            clock=site.clock,
            catalogue=self.catalogue,
        )
        people = [*world.people.values()]
        service = making.service(site, "everything", *SAMPLES, users=people)
        self.tokens = {
            role: making.token(site, user_id, service) for role, user_id in world.people.items()
        }
        self.tokens[NOBODY] = "0" * 32
        site.session.connection.commit()
        site.session.connection.exec_driver_sql("BEGIN")
        self.session = _Undoable(site.session)
        self._standing = self.digests()
        # Outcomes by function, for `matrix.outcomes`.
        self.kept: dict[str, list[tuple[Any, Done]]] = {}

    def close(self) -> None:
        """Take back what is left."""
        self.session.connection.exec_driver_sql("ROLLBACK")

    def run(
        self, role: str, function: str, parameters: dict[str, Any], *, look: bool = True
    ) -> Done:
        """One call as the person of a role."""
        tree: Tree = {
            "wstoken": self.tokens[role],
            "wsfunction": function,
            "moodlewsrestformat": "json",
        }
        tree.update((name, as_tree(value)) for name, value in parameters.items())
        return self.run_tree(tree, look=look)

    def try_out(self, function: str, parameters: dict[str, Any]) -> Done:
        """One call as the administrator; what it writes is undone without a look."""
        return self.run("administrator", function, parameters, look=False)

    def send(self, body: bytes, query: bytes = b"") -> Done:
        """One request as bytes, with a form; what it writes is undone without a look."""
        limits = self.runtime.options.limits
        try:
            decoded = decode_request("POST", query, FORM, body, limits)
        except Refusal as refusal:
            return _refused(refusal, (), set())
        return self.run_tree(decoded.tree, look=False)

    def run_tree(self, tree: Tree, *, look: bool = True) -> Done:
        """One request as it was decoded; `look` compares the whole database."""
        arrival = Arrival(
            tree=tree, method="POST", address="127.0.0.1", request_id="r", token_in_query=False
        )
        connection = self.session.connection
        connection.exec_driver_sql("SAVEPOINT around")
        try:
            with recording() as asked, cheap_hashes():
                outcome = call.answer(self.runtime, self.session, arrival)
            written = self._written() if look else ()
        finally:
            connection.exec_driver_sql("ROLLBACK TO SAVEPOINT around")
            connection.exec_driver_sql("RELEASE SAVEPOINT around")
        if outcome.refusal is not None:
            return _refused(outcome.refusal, written, asked)
        text = b"".join(outcome.chunks).decode()
        answer = json.loads(text) if outcome.format == "json" else None
        return Done(answer=answer, text=text, written=written, asked=frozenset(asked))

    def digests(self) -> dict[str, str]:
        """A digest of each table's rows."""
        return {name: _digest(self.session.rows(every)) for name, every in _ALL_TABLES}

    def _written(self) -> tuple[str, ...]:
        now = self.digests()
        return tuple(name for name, digest in now.items() if digest != self._standing[name])


def cheap_hashes() -> AbstractContextManager[Any]:
    """Hash passwords at no cost meanwhile; the seam is the call's own."""
    return patch.object(call, "Call", partial(Call, passwords=CHEAP))


def _refused(refusal: Refusal, written: tuple[str, ...], asked: set[str]) -> Done:
    name = refusal.exception.rpartition("\\")[2]
    return Done(
        refusal=f"{name}/{refusal.errorcode}",
        text=f"{refusal.message} {refusal.errorcode}",
        written=written,
        asked=frozenset(asked),
    )


def _digest(rows: Iterable[Any]) -> str:
    written = sorted(repr(tuple(row)) for row in rows)
    return hashlib.sha256("\n".join(written).encode()).hexdigest()


@contextmanager
def recording() -> Generator[set[str]]:
    """Gather the capabilities that anybody is asked for meanwhile, and ask on."""
    asked: set[str] = set()
    really = Permissions.may

    def may(self: Permissions, capability: str, context: Any) -> bool:
        asked.add(capability)
        return really(self, capability, context)

    Permissions.may = may  # type: ignore[method-assign]
    try:
        yield asked
    finally:
        Permissions.may = really  # type: ignore[method-assign]


def as_tree(value: Any) -> Tree | str:
    """Parameters as a form spells them."""
    if isinstance(value, dict):
        return {key: as_tree(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return {number: as_tree(inner) for number, inner in enumerate(value)}
    return str(int(value)) if isinstance(value, bool) else str(value)


def outline(answer: Any) -> str:
    """The form of an answer without its values: how many, which fields, as a short digest."""
    form = json.dumps(_form(answer), sort_keys=True)
    return f"{_size(answer)} #{hashlib.sha256(form.encode()).hexdigest()[:8]}"


def _form(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _form(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_form(inner) for inner in value]
    return None


def _size(answer: Any) -> str:
    if isinstance(answer, list):
        return f"list {len(answer)}"
    if isinstance(answer, dict):
        lists = [f"{key} {len(inner)}" for key, inner in answer.items() if isinstance(inner, list)]
        return ", ".join(lists) if lists else f"{len(answer)} fields"
    return "null" if answer is None else "value"
