"""Groups: creation and deletion, with what may stand only once in a course."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError

from coursewire.contracts.core_group.groups import NewGroup
from coursewire.contracts.errors import MissingRecord
from coursewire.contracts.fields import UNSET
from coursewire.domain import answer_rows, custom_fields, descriptions, id_ranges
from coursewire.domain import group_labels as labels
from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.domain.group_labels import NEW, PENDING, Labels
from coursewire.domain.group_visibility import PARTICIPATING, require_visibility
from coursewire.domain.text_limits import trimmed
from coursewire.store import courses
from coursewire.store import groups as store
from coursewire.store.groups import GroupRecord

KIND = "group"
NAME = 254
ENROLMENT_KEY = 50


def of_ids(call: Call, ids: Collection[int]) -> dict[int, GroupRecord]:
    """Return those of the groups that exist, by id."""
    return store.of_ids(call.session, ids)


def of_course(call: Call, course_id: int) -> list[GroupRecord]:
    """Return all groups of a course by name, whoever may see them."""
    are_more = partial(store.are_more_in, course_id=course_id)
    answer_rows.require_few(call, "groups", are_more)
    return store.of_course(call.session, course_id)


def require(groups: Mapping[int, GroupRecord], group_id: int) -> GroupRecord:
    """Return a group out of those that were found, or raise MissingRecord."""
    group = groups.get(group_id)
    if group is None:
        raise MissingRecord(KIND, group_id)
    return group


def create(call: Call, new: NewGroup) -> GroupRecord:
    """Create one group; who may do that is decided before."""
    return create_many(call, [new])[0]


def create_many(call: Call, news: Sequence[NewGroup]) -> list[GroupRecord]:
    """Create groups, all of them or none; who may do that is decided before."""
    with call.transaction():
        creation = Creation(call, news)
        for new in news:
            creation.check_name(new)
            creation.add(new)
        return creation.store()


def delete(call: Call, groups: Sequence[GroupRecord]) -> None:
    """Delete groups with their memberships and their places in groupings."""
    if not groups:
        return
    ids = [group.id for group in groups]
    # Nobody is put into a group, or a group into a grouping, that is just going.
    courses.lock(call.session, {group.course_id for group in groups})
    store.remove(call.session, ids)
    custom_fields.forget(call.session, KIND, ids)
    names = {str(group.id): group.name for group in groups}
    call.audit.record("group.delete", f"group {id_ranges.written(ids)}", names=names)


class Creation:
    """The groups of one call, checked one after the other and stored together.

    The courses are locked from the beginning: until the transaction ends nobody else can take
    the names that were found free.
    """

    def __init__(self, call: Call, news: Sequence[NewGroup]) -> None:
        self._call = call
        self._news: list[NewGroup] = []
        self._rows: list[dict[str, Any]] = []
        courses.lock(call.session, {new.courseid for new in news})
        wanted = [(new.courseid, new.name, labels.idnumber_of(new.idnumber)) for new in news]
        self._labels = Labels(call.session, KIND, store.having, wanted)

    def check_name(self, new: NewGroup) -> None:
        """Refuse a blank name, and one that is taken; Moodle does so before it asks for rights.

        The name is compared as it was sent but stored trimmed, so two stored names can be equal.
        """
        labels.require_name(KIND, new.name)
        self._labels.require_free_name(NEW, new.courseid, new.name)

    def add(self, new: NewGroup) -> None:
        """Check the rest of a group and keep it for storing."""
        descriptions.check_format(new.descriptionformat)
        require_visibility(new.visibility)
        row = self._row(new)
        name, idnumber = row["name"], row["idnumber"]
        self._labels.require_free_idnumber(NEW, new.courseid, idnumber)
        require_fit(name, idnumber, row["enrolmentkey"])
        self._labels.add(PENDING, new.courseid, name, idnumber)
        self._news.append(new)
        self._rows.append(row)

    def _row(self, new: NewGroup) -> dict[str, Any]:
        return {
            "course_id": new.courseid,
            "idnumber": labels.idnumber_of(new.idnumber),
            "name": trimmed(new.name),
            "description": new.description,
            "descriptionformat": new.descriptionformat,
            "enrolmentkey": None if new.enrolmentkey is UNSET else new.enrolmentkey,
            "visibility": new.visibility,
            "participation": int(new.participation and new.visibility in PARTICIPATING),
            "timecreated": self._call.now,
            "timemodified": self._call.now,
        }

    def store(self) -> list[GroupRecord]:
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
        target = f"group {id_ranges.written(ids)} of course {places}"
        call.audit.record("group.create", target, names=[row["name"] for row in rows])
        return [GroupRecord(id=key, **row) for key, row in zip(ids, rows, strict=True)]


def require_fit(name: str, idnumber: str, key: str | None) -> None:
    """Refuse texts that are too long for their columns, and names that no answer could show."""
    limits.require_fit("name", name, NAME)
    limits.require_type("name", name, "text")
    limits.require_fit("idnumber", idnumber, limits.IDNUMBER)
    limits.require_fit("enrolmentkey", key, ENROLMENT_KEY)
