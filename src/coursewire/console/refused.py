"""What a form says when a rule refuses what was typed: a sentence, beside the field it is about."""

import re
from collections.abc import Callable, Mapping, Sequence

from coursewire.console.answers import Answer
from coursewire.console.visit import Visit
from coursewire.contracts.errors import MissingRecord, NoPermission, Refusal
from coursewire.domain.edit_marks import ChangedMeanwhile

_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_MOST = 60
# What pages call the fields that a rule knows by the protocol's names.
LABELS: Mapping[str, str] = {
    "fullname": "full name",
    "shortname": "short name",
    "idnumber": "ID number",
    "enrolmentkey": "enrolment key",
    "firstname": "first name",
    "lastname": "last name",
}


def tell(visit: Visit, refusal: Refusal, fields: Mapping[str, str], otherwise: str) -> None:
    """Put a refusal beside the field of the first word that it holds; missing rights go further."""
    if isinstance(refusal, NoPermission):
        raise refusal
    visit.errors.add(_field(refusal, fields, otherwise), told(refusal))


def tell_change(
    visit: Visit,
    refusal: Refusal,
    stored: Mapping[str, str],
    fields: Mapping[str, str],
    otherwise: str,
) -> bool:
    """Say why a change was refused; tell whether it was because somebody else was faster.

    `stored` is what stands there now of the fields that are named then.
    """
    if not isinstance(refusal, ChangedMeanwhile):
        tell(visit, refusal, fields, otherwise)
        return False
    _tell_meanwhile(
        visit,
        [(LABELS.get(name, name), visit.form.text(name), stored[name]) for name in stored],
    )
    return True


def told(refusal: Refusal) -> str:
    """Return a refusal as a sentence, with what to do."""
    first, blank, rest = (refusal.reason or str(refusal)).partition(" ")
    reason = f"{LABELS.get(first, first)}{blank}{rest}"
    # "Check the id" helps callers; who looks at a form sees what it holds.
    remedy = "" if isinstance(refusal, MissingRecord) or not refusal.remedy else refusal.remedy
    return f"{reason[:1].upper()}{reason[1:]}" + (f"; {remedy}." if remedy else ".")


def closed(visit: Visit, deed: str, check: Callable[[], object]) -> Answer | None:
    """Return the page that says who may do a deed and why the person may not, or None.

    `check` raises what the deed would be refused with: a page that asks before it shows no form
    then.
    """
    try:
        check()
    except MissingRecord:
        raise
    except NoPermission as refusal:
        remedy = f"It takes {refusal.capability} in {refusal.where}."
        return visit.problem(403, "Not allowed", f"You may not {deed}.", remedy)
    except Refusal as refusal:
        return visit.problem(403, "Not allowed", f"You may not {deed}. {told(refusal)}")
    return None


def _tell_meanwhile(visit: Visit, present: Sequence[tuple[str, str, str]]) -> None:
    """Say that somebody else was faster, and what of (label, typed, stored) stands there now."""
    other = [
        f"{label} “{stored[:_MOST]}”" if stored else f"no {label}"
        for label, typed, stored in present
        if typed != stored
    ]
    now = f" Now there is {', '.join(other)}." if other else ""
    visit.errors.add(
        "",
        f"Somebody else changed this while you typed.{now} What you typed is kept below: "
        "save again to put it in place of that.",
    )


def _field(refusal: Refusal, fields: Mapping[str, str], otherwise: str) -> str:
    """Return the field whose word stands in the code or the reason, quoted texts left out."""
    words = _QUOTED.sub("", f"{refusal.errorcode} {refusal.reason} {refusal}")
    told_of = words.lower().replace(" ", "")
    return next((field for word, field in fields.items() if word in told_of), otherwise)
