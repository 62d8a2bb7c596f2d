"""Attempts: the newest report of each person on each asset."""

import json

from coursewire.plugin import (
    AnyRow,
    Call,
    ColumnElement,
    DirectRead,
    Session,
    Struct,
    and_,
    bindparam,
    func,
    put,
    select,
)
from coursewire_percipio.documents import Document, unfit
from coursewire_percipio.entries import Entry
from coursewire_percipio.tables import attempts, entries

STATES = frozenset({0, 1, 2, 3})
LONGEST_MESSAGE = 1000
# So far the partner's clock may be ahead of ours: a day, in milliseconds.
AHEAD = 86_400_000


class Attempt(Struct, frozen=True, kw_only=True):
    """What the partner tells of one person and one asset; times in milliseconds."""

    state: int
    message: str
    grade: float | None
    passingscore: float | None
    lastscore: float | None
    percentcomplete: float | None
    totalduration: str
    timecreated: int
    timerevisited: int
    timecompleted: int | None
    timemodified: int
    document: str

    @property
    def feedback(self) -> str:
        """Return what the gradebook shows beside the grade."""
        parts = [self.message]
        if self.percentcomplete is not None:
            parts.append(f"{self.percentcomplete:g} %")
        parts.append(self.totalduration)
        return " · ".join(part for part in parts if part)


_LAST = DirectRead(
    select(attempts.c.timemodified).where(
        attempts.c.entry_id == bindparam("entry"), attempts.c.user_id == bindparam("user")
    )
)


def read(call: Call, document: Document, grademax: float) -> Attempt:
    """Return the attempt in a document; times that are null are now."""
    now = call.clock.now_ms()
    state = document.whole("completionstate")
    if state not in STATES:
        raise unfit("completionstate", "0, 1, 2 or 3")
    message = document.text("completionmessage")
    if len(message) > LONGEST_MESSAGE:
        raise unfit("completionmessage", f"a text of at most {LONGEST_MESSAGE} characters")
    return Attempt(
        state=state,
        message=message,
        grade=document.share("finalgrade", grademax),
        passingscore=document.share("passingscore", grademax),
        lastscore=document.share("lastscore", grademax),
        percentcomplete=document.share("percentcomplete", 100),
        totalduration=document.duration("totalduration"),
        timecreated=_time(document, "timecreated", now),
        timerevisited=_time(document, "timerevisited", now),
        timecompleted=_time(document, "timecompleted", now),
        timemodified=_modified(document, now),
        document=json.dumps(document.tree, ensure_ascii=True),
    )


def _time(document: Document, key: str, now: int) -> int:
    found = document.milliseconds(key)
    return now if found is None else found


def _modified(document: Document, now: int) -> int:
    """Return how new a report is; one from far ahead would outdate all that follow, for ever."""
    found = _time(document, "timemodified", now)
    if found > now + AHEAD:
        raise unfit("timemodified", "a time in milliseconds that has come")
    return found


def last_modified(session: Session, entry: Entry, user_id: int, now: int) -> int | None:
    """Return how new what we know is, None where nothing is known.

    Reports from far ahead were stored once. How new those are is not known, and no bound that moves
    along with `now` would do: whatever comes would be older than that for ever.
    """
    row = _LAST.one(session, {"entry": entry.id, "user": user_id})
    return None if row is None or row[0] > now + AHEAD else int(row[0])


def save(session: Session, entry: Entry, user_id: int, attempt: Attempt) -> None:
    """Store an attempt in place of the older one."""
    row = {name: getattr(attempt, name) for name in attempt.__struct_fields__}
    row |= {
        "entry_id": entry.id,
        "course_module_id": entry.course_module_id,
        "user_id": user_id,
    }
    put(session, attempts, row, ("entry_id", "user_id"))


class Wanted(Struct, frozen=True, kw_only=True):
    """Which attempts a report shows; what is None is not asked; times in seconds."""

    course_id: int | None = None
    user_id: int | None = None
    state: int | None = None
    modified_from: int | None = None
    modified_to: int | None = None


def listed(session: Session, wanted: Wanted, limit: int, offset: int = 0) -> list[AnyRow]:
    """Return attempts with the course of each, newest first."""
    query = (
        select(attempts, entries.c.course_id, entries.c.percipioid)
        .join_from(attempts, entries, attempts.c.entry_id == entries.c.id)
        .where(*_conditions(wanted))
        .order_by(attempts.c.timemodified.desc(), attempts.c.id)
    )
    return list(session.rows(query.limit(limit).offset(offset)))


def count(session: Session, wanted: Wanted) -> int:
    """Return how many attempts there are."""
    joined = attempts.join(entries, attempts.c.entry_id == entries.c.id)
    query = select(func.count()).select_from(joined).where(*_conditions(wanted))
    return int(session.scalar(query))


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    asked = {
        entries.c.course_id: wanted.course_id,
        attempts.c.user_id: wanted.user_id,
        attempts.c.state: wanted.state,
    }
    found: list[ColumnElement[bool]] = [
        column == value for column, value in asked.items() if value is not None
    ]
    if wanted.modified_from is not None:
        found.append(attempts.c.timemodified >= wanted.modified_from * 1000)
    if wanted.modified_to is not None:
        found.append(attempts.c.timemodified < wanted.modified_to * 1000)
    return [and_(*found)] if found else []
