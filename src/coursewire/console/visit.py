"""What a view gets: the signed-in person, a call in their name, the form, and ways to answer."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from coursewire.console import csrf, notices, paths
from coursewire.console.answers import Answer, redirect
from coursewire.console.cookies import NOTICE, Cookies
from coursewire.console.forms import Errors, Form
from coursewire.console.notices import Kind, Notice
from coursewire.console.templates import Templates
from coursewire.contracts.errors import MissingRecord
from coursewire.domain import (
    console_passwords,
    console_rights,
    console_sessions,
    second_factor,
    token_looks,
)
from coursewire.domain.call import Call
from coursewire.domain.console_rights import Right
from coursewire.domain.console_sessions import Found
from coursewire.functions.catalogue import Catalogue
from coursewire.server.runtime import Runtime
from coursewire.store.session import Session
from coursewire.store.users import UserRecord
from coursewire.text.types.numbers import LARGEST_INTEGER


class Request(Struct, frozen=True, kw_only=True):
    """What came in, as far as views need it."""

    path: str
    query: Form
    parts: Mapping[str, Any]
    address: str
    is_fragment: bool = False
    theme: str = ""
    notice: Notice | None = None

    @property
    def target(self) -> str:
        """Return the path with its query, as a link to the same page."""
        return paths.with_query(self.path, **{name: self.query.raw(name) for name in self.query})


class Visit:
    """One request of a signed-in person.

    `call` acts in their name: domain functions check what that person may do and record who did
    it. In a view that shows, its session can only read.
    """

    def __init__(
        self,
        *,
        request: Request,
        found: Found,
        call: Call,
        form: Form,
        templates: Templates,
        catalogue: Catalogue,
        cookies: Cookies,
        runtime: Runtime,
    ) -> None:
        self.request = request
        self.call = call
        self.form = form
        self.errors = Errors()
        self.catalogue = catalogue
        self._found = found
        self._templates = templates
        self.cookies = cookies
        # The address of the page, where a form with one of its own shows it once more.
        self.shown_at = request.path
        self.runtime = runtime

    @property
    def account(self) -> UserRecord:
        """The person."""
        return self._found.user

    @property
    def found(self) -> Found:
        """The session in the console."""
        return self._found

    @property
    def session(self) -> Session:
        """The store's connection."""
        return self.call.session

    @property
    def now(self) -> int:
        """Unix seconds, the same for the whole request."""
        return self.call.now

    @property
    def query(self) -> Form:
        """The query of the address: filters, the tab, the page."""
        return self.request.query

    @property
    def is_fragment(self) -> bool:
        """Tell whether htmx asks for a part of the page."""
        return self.request.is_fragment

    @property
    def csrf(self) -> str:
        """What every form of the page carries."""
        return csrf.of_session(self._found.record)

    @property
    def idle_seconds(self) -> int:
        """Return how long the session lasts without another request."""
        return console_sessions.IDLE

    def link(self, **changes: object) -> str:
        """Return the address of this page with other values in its query; None leaves one out."""
        given: dict[str, object] = {name: self.query.raw(name) for name in self.query}
        return paths.with_query(self.shown_at, **{**given, **changes})

    def part(self, name: str) -> str:
        """Return a part of the path, as the route names it."""
        return str(self.request.parts[name])

    def number(self, name: str) -> int:
        """Return a part of the path that the route declares as `{name:int}`, if an id can be it."""
        found = int(self.request.parts[name])
        if found > LARGEST_INTEGER:
            # No database takes it: asking one would be an error of ours.
            raise MissingRecord("record", found)
        return found

    def may(self, right: Right) -> bool:
        """Tell whether the person has a right in the console."""
        return console_rights.covers(self.account.console_role, right)

    @property
    def is_recent(self) -> bool:
        """Tell whether the person typed the password in the last ten minutes."""
        return self._found.is_recent(self.now)

    @property
    def tokens_flagged(self) -> int:
        """Return how many tokens in force need care, as the last hourly look found."""
        return token_looks.flagged(self.call)

    def page(self, template: str, *, status: int = 200, **context: Any) -> Answer:  # noqa: ANN401 - passed to the template
        """Return a whole page; with errors it is answered 422 unless told otherwise."""
        if status == 200 and self.errors:
            status = 422
        return Answer(body=self._templates.page(template, self, context), status=status)

    def fragment(self, template: str, block: str, **context: Any) -> Answer:  # noqa: ANN401 - as above
        """Return one block of a template, for htmx."""
        return Answer(body=self._templates.block(template, block, self, context))

    def redirect(self, path: str, notice: str = "", *, kind: Kind = "done") -> Answer:
        """Go to another page of the console, which shows the notice once."""
        answer = self._moved(path)
        if notice:
            answer = answer.adding(self._noticed(Notice(kind, notice)))
        return answer

    def _noticed(self, notice: Notice) -> tuple[bytes, bytes]:
        value = notices.written(self._found.record, notice)
        return self.cookies.setting(NOTICE, value, age=notices.AGE)

    def _moved(self, path: str) -> Answer:
        if not paths.is_ours(path):
            msg = f"{path!r} is no path of the console"
            raise ValueError(msg)
        if self.is_fragment:
            return Answer(status=204, extra=((b"hx-redirect", path.encode("ascii")),))
        return redirect(path)

    def confirm_page(self, path: str, kept: Sequence[tuple[str, str]]) -> Answer:
        """Return the page that asks for the password and sends what is kept to a path (WEB-2)."""
        return self.page(
            "confirm.html",
            path=path,
            kept=kept,
            has_password=console_passwords.has_one(self.account),
            code_due=second_factor.is_on(self.session, self.account.id),
        )

    def not_found(self, what: str) -> Answer:
        """Return the page that says that something does not exist."""
        return self.problem(404, "Not found", what)

    def problem(self, status: int, title: str, sentence: str, remedy: str = "") -> Answer:
        """Return the page that says what went wrong and what to do."""
        return self.page(
            "problem.html", status=status, title=title, sentence=sentence, remedy=remedy
        )
