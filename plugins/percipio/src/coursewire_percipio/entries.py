"""Entries: which course and activity stand for an asset of the partner."""

from coursewire.plugin import DirectRead, Session, Struct, bindparam, put, select, update
from coursewire_percipio.tables import entries


class Entry(Struct, frozen=True):
    """One row, its columns in the table's order."""

    id: int
    course_id: int
    course_module_id: int
    percipioid: str
    percipiotype: str
    displaylabel: str
    link: str
    launch: str
    metadata: str
    imageurl: str
    imageuploaded: int
    timecreated: int
    timemodified: int


_EVERYTHING = select(entries)
_BY_PERCIPIOID = DirectRead(_EVERYTHING.where(entries.c.percipioid == bindparam("percipioid")))
_BY_ACTIVITY = _EVERYTHING.where(entries.c.course_module_id == bindparam("cmid"))
_WITHOUT_IMAGE = _EVERYTHING.where(entries.c.imageuploaded == 0, entries.c.imageurl != "").order_by(
    entries.c.id
)
_MARKED = update(entries).where(entries.c.id == bindparam("entry")).values(imageuploaded=1)


def find(session: Session, percipioid: str) -> Entry | None:
    """Return the entry of an asset."""
    row = _BY_PERCIPIOID.one(session, {"percipioid": percipioid})
    return None if row is None else Entry(*row)


def by_activity(session: Session, cmid: int) -> Entry | None:
    """Return the entry whose activity this is."""
    row = session.one(_BY_ACTIVITY, {"cmid": cmid})
    return None if row is None else Entry(*row)


def without_image(session: Session) -> list[Entry]:
    """Return the entries whose picture is still to be fetched, oldest first."""
    return [Entry(*row) for row in session.rows(_WITHOUT_IMAGE)]


def mark_uploaded(session: Session, entry_id: int) -> None:
    """Note that the picture of an entry is there."""
    session.execute(_MARKED, {"entry": entry_id})


def save(session: Session, row: dict[str, int | str]) -> None:
    """Remember an asset, or what it is now."""
    put(session, entries, row, ("percipioid",))
