"""Groupings: creation, change, deletion, and the groups that they gather."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError

from coursewire.contracts.core_group.groupings import NewGrouping
from coursewire.contracts.errors import MissingRecord
from coursewire.domain import answer_rows, custom_fields, descriptions, id_ranges
from coursewire.domain import group_labels as labels
from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.domain.group_labels import NEW, PENDING, Labels
from coursewire.domain.text_limits import trimmed
from coursewire.store import activities, courses
from coursewire.store import groupings as store
from coursewire.store.groupings import GroupingRecord

KIND = "grouping"
NAME = 255


def of_ids(call: Call, ids: Collection[int]) -> dict[int, GroupingRecord]:
    """Return those of the groupings that exist, by id."""
    return store.of_ids(call.session, ids)


def of_course(call: Call, course_id: int) -> list[GroupingRecord]:
    """Return the groupings of a course by name."""
    are_more = partial(store.are_more_in, course_id=course_id)
    answer_rows.require_few(call, "groupings", are_more)
    return store.of_course(call.session, course_id)


def require(groupings: Mapping[int, GroupingRecord], grouping_id: int) -> GroupingRecord:
    """Return a grouping out of those that were found, or raise MissingRecord."""
    grouping = groupings.get(grouping_id)
    if grouping is None:
        raise MissingRecord(KIND, grouping_id)
    return grouping


def create(call: Call, new: NewGrouping) -> GroupingRecord:
    """Create one grouping; who may do that is decided before."""
    return create_many(call, [new])[0]


def create_many(call: Call, news: Sequence[NewGrouping]) -> list[GroupingRecord]:
    """Create groupings, all of them or none; who may do that is decided before."""
    with call.transaction():
        creation = Creation(call, news)
        for new in news:
            creation.check_name(new)
            creation.add(new)
        return creation.store()


def delete(call: Call, groupings: Sequence[GroupingRecord]) -> None:
    """Delete groupings; courses and activities that used them do without, their groups stay."""
    if not groupings:
        return
    ids = [grouping.id for grouping in groupings]
    # No group is put into a grouping that is just going.
    courses.lock(call.session, {grouping.course_id for grouping in groupings})
    courses.forget_default_groupings(call.session, ids)
    activities.forget_groupings(call.session, ids)
    store.remove(call.session, ids)
    custom_fields.forget(call.session, KIND, ids)
    names = {str(grouping.id): grouping.name for grouping in groupings}
    call.audit.record("grouping.delete", f"grouping {id_ranges.written(ids)}", names=names)


class Creation:
    """The groupings of one call, checked one after the other and stored together."""

    def __init__(self, call: Call, news: Sequence[NewGrouping]) -> None:
        self._call = call
        self._news: list[NewGrouping] = []
        self._rows: list[dict[str, Any]] = []
        courses.lock(call.session, {new.courseid for new in news})
        wanted = [(new.courseid, new.name, labels.idnumber_of(new.idnumber)) for new in news]
        self._labels = Labels(call.session, KIND, store.having, wanted)

    def check_name(self, new: NewGrouping) -> None:
        """Refuse a blank name, and one that is taken as it was sent, before any right is asked."""
        labels.require_name(KIND, new.name)
        self._labels.require_free_name(NEW, new.courseid, new.name)

    def add(self, new: NewGrouping) -> None:
        """Check the rest of a grouping and keep it for storing."""
        descriptions.check_format(new.descriptionformat)
        name, idnumber = trimmed(new.name), labels.idnumber_of(new.idnumber)
        self._labels.require_free_idnumber(NEW, new.courseid, idnumber)
        require_fit(name, idnumber)
        self._labels.add(PENDING, new.courseid, name, idnumber)
        self._news.append(new)
        self._rows.append(
            {
                "course_id": new.courseid,
                "idnumber": idnumber,
                "name": name,
                "description": new.description,
                "descriptionformat": new.descriptionformat,
                "timecreated": self._call.now,
                "timemodified": self._call.now,
            }
        )

    def store(self) -> list[GroupingRecord]:
        """Insert what was added and record it."""
        if not self._rows:
            return []
        call, rows = self._call, self._rows
        try:
            ids = store.add_many(call.session, rows)
        except IntegrityError as problem:
            # Only a writer that does not take the lock can come in between.
            raise labels.idnumber_taken("another writer was faster") from problem
        sent = ((key, new.customfields) for key, new in zip(ids, self._news, strict=True))
        custom_fields.save(call.session, KIND, sent)
        places = id_ranges.written(row["course_id"] for row in rows)
        target = f"grouping {id_ranges.written(ids)} of course {places}"
        call.audit.record("grouping.create", target, names=[row["name"] for row in rows])
        return [GroupingRecord(id=key, **row) for key, row in zip(ids, rows, strict=True)]


def require_fit(name: str, idnumber: str) -> None:
    """Refuse texts that are too long for their columns, and names that no answer could show."""
    limits.require_fit("name", name, NAME)
    limits.require_type("name", name, "text")
    limits.require_fit("idnumber", idnumber, limits.IDNUMBER)
