"""A request as the console reads it, before anybody knows whose it is."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from coursewire.console import cookies, forms, paths
from coursewire.console.forms import Form
from coursewire.server.types import Scope


class Arrival(Struct, frozen=True, kw_only=True):
    """Everything about a request but its person; `form` is empty where nothing was sent."""

    method: str
    path: str
    parts: Mapping[str, Any]
    query: Form
    form: Form
    headers: Mapping[str, str]
    cookies: Mapping[str, str]
    address: str
    peer: str
    request_id: str

    @property
    def target(self) -> str:
        """Return the path with its query."""
        return paths.with_query(self.path, **{name: self.query.raw(name) for name in self.query})

    @property
    def is_fragment(self) -> bool:
        """Tell whether htmx asks for a part of a page."""
        return self.headers.get("hx-request") == "true"


def read(scope: Scope, body: bytes, *, address: str, request_id: str) -> Arrival:
    """Read a request; BadForm when its query or its body cannot be read."""
    headers = forms.by_name(scope["headers"])
    posted = scope["method"] == "POST"
    client: tuple[str, int] | None = scope.get("client")
    return Arrival(
        method=scope["method"],
        path=scope["path"],
        parts=scope.get("path_params", {}),
        query=Form(forms.read_pairs(scope["query_string"])),
        form=forms.read_form(headers.get("content-type", ""), body) if posted else Form(),
        headers=headers,
        cookies=cookies.read(scope["headers"]),
        address=address,
        peer=client[0] if client else "",
        request_id=request_id,
    )
