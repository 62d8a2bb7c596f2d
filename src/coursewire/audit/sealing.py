"""Sealing the audit record: a chain of keyed digests over its segments (AUD-3, AUD-4, AUD-7).

digest = HMAC-SHA-256(audit key, previous digest ‖ records), each record as a line of JSON that
begins with its sequence number. Whoever changes the database without the key breaks the chain;
an anchor (a digest kept elsewhere) also shows that the chain was cut short.
"""

import hmac
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from coursewire.store import audit_segments as store
from coursewire.store.keys import Keys
from coursewire.store.migrations import append_only
from coursewire.store.session import AnyRow, Session

# A segment holds at most so many records.
LONGEST = 1_000
_FIRST = bytes(32)
_WAIT = 10.0
_LOOK_EVERY = 0.05
_encode = msgspec.json.Encoder().encode


class Anchor(Struct, frozen=True):
    """The end of the chain at some moment: what to keep outside the database."""

    segment: int
    sequence: int
    digest: str

    def __str__(self) -> str:
        return f"{self.segment}:{self.sequence}:{self.digest}"


class Verdict(Struct, frozen=True, kw_only=True):
    """What verification found; `wrong` is empty when the record is as it was sealed.

    `unguarded` names the triggers that should refuse to alter it, and do not.
    """

    segments: int
    sealed: int
    purged: int
    unsealed: int
    head: Anchor | None
    bad_segment: int | None = None
    wrong: str = ""
    unguarded: Sequence[str] = ()

    @property
    def is_sound(self) -> bool:
        """Tell whether the record is as it was sealed, and guarded."""
        return not self.wrong and not self.unguarded


# Records that one transaction removes, or as many as its first segment has.
PURGED_AT_ONCE = 2_000


class Purged(NamedTuple):
    """What a purge removed."""

    segments: int
    records: int


def read_anchor(written: str) -> Anchor:
    """Read an anchor as it is written; ValueError when it is none."""
    segment, sequence, digest = written.strip().split(":")
    if len(bytes.fromhex(digest)) != len(_FIRST):
        raise ValueError(written)
    return Anchor(int(segment), int(sequence), digest.lower())


def end(session: Session) -> Anchor | None:
    """Return the end of the chain as it stands in the database, unproved; None before the first."""
    last = store.newest(session)
    if last is None:
        return None
    return Anchor(last.id, last.first_sequence + last.record_count - 1, last.digest.hex())


def seal(session: Session, keys: Keys, now_ms: int) -> Anchor | None:
    """Seal what is complete, in a transaction of its own; return the new end of the chain.

    None when there was nothing to seal, or another process is at it.
    """
    with session.transaction():
        return _seal(session, keys, now_ms) if store.lock(session) else None


def seal_waiting(session: Session, keys: Keys, now_ms: int) -> Anchor | None:
    """Seal what is there, waiting a while for transactions of this server that are still open.

    PostgreSQL tells only that some transaction is open, not whether it will write a record.
    """
    until = time.monotonic() + _WAIT
    head = None
    while True:
        head = seal(session, keys, now_ms) or head
        if not store.unsealed(session) or time.monotonic() > until:
            return head
        time.sleep(_LOOK_EVERY)


def seal_all(session: Session, keys: Keys, now_ms: int) -> Anchor | None:
    """Seal every record that no segment holds, in the open transaction; nobody else may write."""
    rows = _unheld(store.all_records(session), store.all_of(session))
    return _add_segments(session, keys, now_ms, rows, store.horizon(session))


def _seal(session: Session, keys: Keys, now_ms: int) -> Anchor | None:
    horizon = store.horizon(session)
    late, new = store.complete(session, store.newest(session), horizon)
    if late:
        late = _unheld(late, store.from_record(session, late[0].id))
    return _add_segments(session, keys, now_ms, [*late, *new], horizon)


def _unheld(rows: Sequence[AnyRow], segments: Sequence[AnyRow]) -> Sequence[AnyRow]:
    held = {number for segment in segments for number in read_ids(segment.record_ids)}
    return [row for row in rows if row.id not in held]


def _add_segments(
    session: Session, keys: Keys, now_ms: int, rows: Sequence[AnyRow], horizon: int
) -> Anchor | None:
    last = store.newest(session)
    digest = last.digest if last else _FIRST
    sequence = last.first_sequence + last.record_count if last else 1
    number = last.id if last else 0
    head = None
    for start in range(0, len(rows), LONGEST):
        part = rows[start : start + LONGEST]
        digest = _digest(keys, digest, sequence, part)
        ids = [row.id for row in part]
        # Only the last one may say that everything before the horizon is sealed.
        is_last = start + LONGEST >= len(rows)
        number += 1
        store.add(
            session,
            {
                "id": number,
                "first_sequence": sequence,
                "record_count": len(part),
                "first_id": ids[0],
                "last_id": ids[-1],
                "record_ids": written_ids(ids),
                "digest": digest,
                "sealed_ms": now_ms,
                "newest_ms": max(row.time_ms for row in part),
                "horizon": horizon if is_last else 0,
            },
        )
        sequence += len(part)
        head = Anchor(number, sequence - 1, digest.hex())
    return head


def is_sealed_with(session: Session, keys: Keys) -> bool:
    """Tell whether these keys have sealed the end of the chain: those of another site have not."""
    last = store.newest(session)
    if last is None:
        return True
    if last.purged_ms:
        return hmac.compare_digest(_purge_mark(keys, last), last.purge_mark or b"")
    before = store.numbered(session, last.id - 1)
    there = store.records(session, last.first_id, last.last_id)
    rows = [there[held] for held in read_ids(last.record_ids) if held in there]
    right = _digest(keys, before.digest if before else _FIRST, last.first_sequence, rows)
    return hmac.compare_digest(right, last.digest)


def verify(session: Session, keys: Keys, anchors: Iterable[Anchor] = ()) -> Verdict:
    """Work out the whole chain again; name the first segment that is not as it was sealed."""
    walk = _Walk(session, keys)
    wrong = walk.through(store.all_of(session)) or walk.strangers() or walk.met(anchors)
    return Verdict(
        segments=walk.segments,
        sealed=walk.sealed,
        purged=walk.purged,
        unsealed=max(0, store.count_records(session) - walk.sealed + walk.purged),
        head=walk.head,
        bad_segment=walk.at if wrong else None,
        wrong=wrong,
        unguarded=append_only.missing(session.connection),
    )


class _Walk:
    """One pass along the chain."""

    def __init__(self, session: Session, keys: Keys) -> None:
        self._session = session
        self._keys = keys
        self._digest = _FIRST
        self._last: AnyRow | None = None
        self._ids: set[int] = set()
        self._digests: dict[int, Anchor] = {}
        self.segments = 0
        self.sealed = 0
        self.purged = 0
        self.at: int | None = None

    @property
    def head(self) -> Anchor | None:
        return self._digests[self._last.id] if self._last else None

    def through(self, segments: Sequence[AnyRow]) -> str:
        """Return what is wrong with the first bad segment, or nothing."""
        for number, segment in enumerate(segments, start=1):
            self.at = number
            wrong = self._look_at(number, segment)
            if wrong:
                return wrong
            self._last = segment
            self._digest = segment.digest
            self.segments += 1
            self.sealed += segment.record_count
            end = segment.first_sequence + segment.record_count - 1
            self._digests[segment.id] = Anchor(segment.id, end, segment.digest.hex())
        return ""

    def _look_at(self, number: int, segment: AnyRow) -> str:
        if segment.id != number:
            return f"segment {number} is missing"
        if segment.first_sequence != self.sealed + 1:
            return f"segment {number} does not begin at sequence number {self.sealed + 1}"
        ids = read_ids(segment.record_ids)
        if len(ids) != segment.record_count or self._ids.intersection(ids):
            return f"segment {number} does not name its records"
        self._ids.update(ids)
        if segment.purged_ms:
            return self._look_at_purged(number, segment, ids)
        there = store.records(self._session, segment.first_id, segment.last_id)
        missing = next((wanted for wanted in ids if wanted not in there), None)
        if missing is not None:
            return f"record {missing} of segment {number} is missing"
        rows = [there[wanted] for wanted in ids]
        right = _digest(self._keys, self._digest, segment.first_sequence, rows)
        if not hmac.compare_digest(right, segment.digest):
            return f"segment {number} (records {segment.record_ids}) was changed after its sealing"
        return ""

    def _look_at_purged(self, number: int, segment: AnyRow, ids: Sequence[int]) -> str:
        right = _purge_mark(self._keys, segment)
        if not hmac.compare_digest(right, segment.purge_mark or b""):
            return f"segment {number} says that it was purged, but Coursewire did not purge it"
        there = store.records(self._session, segment.first_id, segment.last_id)
        if any(wanted in there for wanted in ids):
            return f"segment {number} was purged, but records of it are there"
        self.purged += segment.record_count
        return ""

    def strangers(self) -> str:
        """Return what is wrong when there are records among the sealed ones that none holds."""
        if self._last is None:
            return ""
        odd = store.ids_that_should_be_sealed(self._session, self._last) - self._ids
        return f"record {min(odd)} was put among the sealed ones" if odd else ""

    def met(self, anchors: Iterable[Anchor]) -> str:
        """Return what is wrong when the chain does not pass an anchor."""
        for anchor in anchors:
            self.at = anchor.segment
            found = self._digests.get(anchor.segment)
            if found is None:
                return f"the record ends before the anchor (segment {anchor.segment})"
            if found != anchor:
                return f"segment {anchor.segment} is not the one that the anchor names"
        return ""


def purge(session: Session, keys: Keys, before_ms: int, now_ms: int) -> Purged:
    """Remove the records of the oldest sealed segments before a time, in the open transaction.

    A part of them: who removes many does so again until nothing is removed, and between the parts
    others write.
    """
    segments = records = 0
    of_no_time: list[AnyRow] = []
    for segment in store.unpurged(session, PURGED_AT_ONCE):
        if segment.newest_ms > now_ms:
            # The clock was wrong: it is as old as the next one whose time can be.
            of_no_time.append(segment)
            continue
        # Segments are in the order of time: nothing older comes after a newer one.
        if segment.newest_ms >= before_ms or records >= PURGED_AT_ONCE:
            break
        for old in (*of_no_time, segment):
            mark = _purge_mark(keys, old)
            store.purge(session, old.id, read_ids(old.record_ids), mark, now_ms)
            segments += 1
            records += old.record_count
        of_no_time.clear()
    return Purged(segments, records)


def written_ids(ids: Sequence[int]) -> str:
    """Return rising ids as ranges: `1-998,1001`."""
    return ",".join(f"{first}-{last}" if last > first else f"{first}" for first, last in _runs(ids))


def read_ids(written: str) -> list[int]:
    """Return the ids that ranges name; none when they are not readable."""
    ids: list[int] = []
    for part in written.split(","):
        first, _, last = part.partition("-")
        if not first.isdecimal() or (last and not last.isdecimal()):
            return []
        # A forged range must not fill the memory.
        ids.extend(range(int(first), min(int(last or first), int(first) + LONGEST) + 1))
    return ids


def _runs(ids: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = ids[0]
    for following in ids[1:]:
        if following != last + 1:
            yield first, last
            first = following
        last = following
    yield first, last


def _digest(keys: Keys, previous: bytes, sequence: int, rows: Sequence[AnyRow]) -> bytes:
    made = hmac.new(keys.audit, previous, "sha256")
    for number, row in enumerate(rows, start=sequence):
        values: list[Any] = [number, *row]
        made.update(_encode(values) + b"\n")
    return made.digest()


def _purge_mark(keys: Keys, segment: AnyRow) -> bytes:
    message = b"purged" + segment.id.to_bytes(8, "big") + segment.digest
    return hmac.digest(keys.audit, message, "sha256")
