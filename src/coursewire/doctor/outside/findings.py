"""What the doctor says: one row for each thing that was looked at."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from coursewire.doctor.outside.causes import BY_NAME, Cause

State = Literal["ok", "fail", "maybe", "missing", "unknown"]


class Finding(Struct, frozen=True, kw_only=True):
    """One row. `maybe`: one of several causes; `missing`: the token works but lacks this."""

    state: State
    name: str
    fact: str
    fix: str = ""
    link: str = ""


class Report(Struct, frozen=True, kw_only=True):
    """The whole answer; `causes` holds what explains the first refusal, `works` alone: nothing."""

    url: str
    causes: tuple[str, ...]
    seen: Mapping[str, str]
    findings: tuple[Finding, ...]
    severity: Literal["fine", "lacking", "refused", "unreachable"]

    @property
    def exit_code(self) -> int:
        """Return the exit code of the command."""
        return {"fine": 0, "lacking": 1, "refused": 4, "unreachable": 5}[self.severity]


def of_cause(cause: str, url: str, said: str, *, alone: bool) -> Finding:
    """Return the row of a cause, with the site's own words."""
    known: Cause = BY_NAME[cause]
    words = f" (the site says: {said})" if said else ""
    return Finding(
        state="fail" if alone else "maybe",
        name=known.name,
        fact=known.fact + (words if alone else ""),
        fix=known.fix,
        link=url + known.path if known.path else "",
    )
