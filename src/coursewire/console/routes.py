"""How a page is declared: its path, its view, and the right without which nobody reaches it."""

from collections.abc import Callable
from typing import Literal

from msgspec import Struct

from coursewire.console.answers import Answer
from coursewire.console.visit import Visit
from coursewire.domain.console_rights import RIGHTS, Right

View = Callable[[Visit], Answer]


class Action(Struct, frozen=True, kw_only=True):
    """One thing that can be done at a path.

    `right` is the least right in the console that it takes. `recent` demands that the password was
    typed in the last ten minutes (WEB-2). `outside` is said of what waits for programs outside.
    `missed` is denied of forms that nobody sends again when they come after the session. `gives` is
    said of what changes nothing and gives out a list (`exports`).
    """

    path: str
    method: Literal["GET", "POST"]
    view: View
    right: Right
    recent: bool = False
    outside: bool = False
    missed: bool = True
    gives: bool = False

    def __post_init__(self) -> None:
        """Refuse a route that does not say who may use it, before the program serves anything."""
        if self.right not in RIGHTS:
            msg = f"{self.method} {self.path}: {self.right!r} is no right; {', '.join(RIGHTS)}"
            raise ValueError(msg)
        if not self.path.startswith("/console/"):
            msg = f"{self.path}: pages of the console begin with /console/"
            raise ValueError(msg)


def shows(path: str, view: View, *, right: Right, recent: bool = False) -> Action:
    """Declare a page that is looked at; nothing can be changed by looking (WEB-3)."""
    return Action(path=path, method="GET", view=view, right=right, recent=recent)


def acts(
    path: str,
    view: View,
    *,
    right: Right,
    recent: bool = False,
    outside: bool = False,
    missed: bool = True,
) -> Action:
    """Declare what a form does."""
    return Action(
        path=path,
        method="POST",
        view=view,
        right=right,
        recent=recent,
        outside=outside,
        missed=missed,
    )
