"""A new integration as one screen asks for it, and what speaks against it, field by field."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from msgspec import Struct

from coursewire.contracts.errors import Refusal
from coursewire.contracts.function import AnyFunction
from coursewire.domain import address_rules, contexts, ends, new_users, tokens
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.presets import model, recipes, service_accounts
from coursewire.presets.model import Preset
from coursewire.presets.problems import PresetError
from coursewire.store import services as service_rows
from coursewire.store import tokens as token_rows
from coursewire.store import users
from coursewire.store.users import UserRecord

CUSTOM = "custom"
COPY = "copy"


class Known(Struct, frozen=True):
    """What the site's functions are: the names there are, and the contract of one."""

    names: tuple[str, ...]
    contract: Callable[[str], AnyFunction | None]

    def is_known(self, name: str) -> bool:
        """Tell whether there is a function of this name."""
        return name in self.names


class NewIntegration(Struct, frozen=True, kw_only=True):
    """Everything that the screen asks; `what` is a preset's name, `custom` or `copy`."""

    what: str
    functions: tuple[str, ...] = ()
    service_name: str = ""
    # The handle of the token that is copied.
    copy_of: str = ""
    # Capabilities that were unticked.
    without: frozenset[str] = frozenset()
    new_user: str = ""
    # A user name, an e-mail address or an id.
    user: str = ""
    # The user name of an administrator, typed once more.
    confirmed: str = ""
    token_name: str = ""
    iprestriction: str = ""
    # As written: days, a date, `never`; nothing is 90 days.
    validuntil: str = ""
    course_ids: tuple[int, ...] = ()
    category_ids: tuple[int, ...] = ()
    turn_on: bool = False


class Problem(Struct, frozen=True, kw_only=True):
    """What is wrong with a field, and what to do."""

    field: str
    text: str
    remedy: str = ""


def problems(call: Call, wanted: NewIntegration, known: Known) -> tuple[Problem, ...]:
    """Return everything that is wrong, all fields in one pass."""
    return tuple(_Examination(call, wanted, known).found())


def person(call: Call, written: str) -> UserRecord | None:
    """Return the user of a user name, an e-mail address or an id."""
    text = written.strip()
    found = users.by_username(call.session, text) or users.by_address(call.session, text)
    if found is None and text.isascii() and text.isdecimal() and len(text) < 19:
        found = users.get(call.session, int(text))
    return None if found is None or found.deleted else found


def places(call: Call, wanted: NewIntegration) -> tuple[Context, ...]:
    """Return where the role is to be given; unknown places are left out."""
    found = [contexts.category(call.session, each) for each in wanted.category_ids]
    found += [contexts.course(call.session, each) for each in wanted.course_ids]
    return tuple(place for place in found if place is not None)


def recipe(call: Call, wanted: NewIntegration, known: Known) -> Preset:
    """Return what is to be made, as a preset without the capabilities that were unticked."""
    if wanted.what == CUSTOM:
        made = recipes.custom(wanted.service_name, wanted.functions, known.contract)
        unknown = {each.name for each in made.capabilities} - call.site.capabilities.keys()
        return made.without(wanted.without | unknown)
    return model.load(wanted.what).without(wanted.without)


class _Examination:
    """One pass over all fields."""

    def __init__(self, call: Call, wanted: NewIntegration, known: Known) -> None:
        self._call = call
        self._wanted = wanted
        self._known = known

    def found(self) -> Iterator[Problem]:
        yield from self._what()
        yield from self._who()
        yield from self._name()
        yield from self._addresses()
        yield from self._end()
        yield from self._places()

    def _what(self) -> Iterator[Problem]:
        wanted = self._wanted
        if wanted.what == CUSTOM:
            yield from self._functions()
            yield from self._service_name()
        elif wanted.what == COPY:
            if token_rows.by_handle(self._call.session, wanted.copy_of) is None:
                text = f"there is no token with the handle {wanted.copy_of!r}"
                yield Problem(field="copy_of", text=text, remedy="choose one of the list")
        else:
            yield from self._preset()

    def _preset(self) -> Iterator[Problem]:
        try:
            preset = model.load(self._wanted.what)
        except PresetError as error:
            yield Problem(field="what", text=str(error))
            return
        missing = [name for name in preset.functions if not self._known.is_known(name)]
        missing += [
            each.name
            for each in preset.capabilities
            if each.name not in self._call.site.capabilities
        ]
        if missing:
            text = f"{preset.title} needs {missing[0]}, which this site lacks"
            remedy = f"install the plugin {preset.plugin} and enable it" if preset.plugin else ""
            yield Problem(field="what", text=text, remedy=remedy)

    def _functions(self) -> Iterator[Problem]:
        if not self._wanted.functions:
            text = "a service needs a function at least"
            yield Problem(field="functions", text=text, remedy="choose or paste some")
        for name in self._wanted.functions:
            if not self._known.is_known(name):
                close = get_close_matches(name, self._known.names, n=2)
                remedy = f"did you mean {' or '.join(close)}?" if close else "drop it"
                text = f"there is no function {name[:80]!r}"
                yield Problem(field="functions", text=text, remedy=remedy)

    def _service_name(self) -> Iterator[Problem]:
        name, session = self._wanted.service_name.strip(), self._call.session
        if not name:
            yield Problem(field="service_name", text="the service needs a name")
            return
        taken = service_rows.by_name(session, name) or service_rows.by_shortname(
            session, recipes.shortname(name)
        )
        if taken is not None:
            text = f"a service is called {taken.name!r} already"
            yield Problem(field="service_name", text=text, remedy="choose another name")

    def _who(self) -> Iterator[Problem]:
        wanted = self._wanted
        if wanted.what == COPY and not wanted.user and not wanted.new_user:
            return
        if bool(wanted.user.strip()) == bool(wanted.new_user.strip()):
            field = "new_user" if not wanted.user else "user"
            yield Problem(field=field, text="name a new account, or choose an existing user")
        elif wanted.user.strip():
            yield from self._existing()
        else:
            yield from self._new_user()

    def _existing(self) -> Iterator[Problem]:
        written = self._wanted.user.strip()
        user = person(self._call, written)
        if user is None:
            text = f"there is no user {written[:80]!r}"
            remedy = "find people by user name, e-mail or id"
            yield Problem(field="user", text=text, remedy=remedy)
            return
        state = {
            "is suspended": (user.suspended, "lift the suspension first"),
            "is not confirmed": (not user.confirmed, "confirm the account first"),
            "may not log in": (user.auth == "nologin", "choose another user"),
            "is the guest": (user.id == self._call.site.guest_id, "choose another user"),
        }
        for words, (holds, remedy) in state.items():
            if holds:
                yield Problem(field="user", text=f"{user.username} {words}", remedy=remedy)
        if user.id in self._call.site.admin_ids:
            yield from self._of_administrator(user)

    def _of_administrator(self, user: UserRecord) -> Iterator[Problem]:
        """Let an administrator confirm; nobody else gets such a token, whatever they type."""
        if not self._call.caller.is_admin:
            text = f"Only an administrator of the site gets tokens of {user.username}, who is one"
            remedy = "take a service account, or ask an administrator"
            yield Problem(field="user", text=text, remedy=remedy)
        elif self._wanted.confirmed != user.username:
            text = (
                f"{user.username} is an administrator of the site: a token of this account may do"
                " everything that its service holds, everywhere"
            )
            remedy = f"type {user.username} once more to confirm, or take a service account"
            yield Problem(field="confirmed", text=text, remedy=remedy)

    def _new_user(self) -> Iterator[Problem]:
        try:
            new_users.check(
                self._call, [service_accounts.new(self._wanted.new_user.strip(), "Service")]
            )
        except Refusal as refusal:
            yield Problem(field="new_user", text=refusal.reason, remedy=refusal.remedy)

    def _name(self) -> Iterator[Problem]:
        name, now = self._wanted.token_name.strip(), self._call.now
        if len(name) > tokens.LONGEST_NAME:
            text = f"a name has at most {tokens.LONGEST_NAME} characters, this one {len(name)}"
            yield Problem(field="token_name", text=text)
        elif name and any(each.is_live(now) for each in token_rows.named(self._call.session, name)):
            text = f"a live token is called {name!r} already"
            yield Problem(field="token_name", text=text, remedy="choose another name")

    def _addresses(self) -> Iterator[Problem]:
        try:
            address_rules.checked(self._wanted.iprestriction.strip())
        except Refusal as refusal:
            yield Problem(field="iprestriction", text=refusal.reason, remedy=refusal.remedy)

    def _end(self) -> Iterator[Problem]:
        try:
            ends.end(self._wanted.validuntil, self._call.now)
        except Refusal as refusal:
            yield Problem(field="validuntil", text=refusal.reason, remedy=refusal.remedy)

    def _places(self) -> Iterator[Problem]:
        session, wanted = self._call.session, self._wanted
        if wanted.what == COPY and (wanted.course_ids or wanted.category_ids):
            text = "a copy may do what the other token may, wherever that is"
            yield Problem(field="places", text=text, remedy="choose the whole site, or no copy")
            return
        chosen = {
            "course": (contexts.course, wanted.course_ids),
            "category": (contexts.category, wanted.category_ids),
        }
        for word, (find, ids) in chosen.items():
            for each in ids:
                if find(session, each) is None:
                    yield Problem(field="places", text=f"there is no {word} {each}")
