"""Enrolments, groups and groupings as they are now."""

from coursewire.sitefile.ids import Ids, Key
from coursewire.sitefile.model.access import RoleAssignment
from coursewire.sitefile.model.participation import Enrolment, Group, Grouping, SelfEnrolment
from coursewire.store.enrolments import ENABLED, SUSPENDED
from coursewire.store.inventory import participation as rows
from coursewire.store.session import AnyRow, Session

MANUAL, SELF = "manual", "self"


def enrolments(
    session: Session, ids: Ids, assignments: tuple[RoleAssignment, ...]
) -> tuple[Enrolment, ...]:
    """Read the manual enrolments, each with one of the roles that the user holds in the course.

    Nobody knows any more which of them the enrolment gave: the last one of the site's roles is
    taken, so that the same roles always read the same.
    """
    roles: dict[tuple[str, str], str] = {}
    for held in sorted(assignments, key=lambda held: ids.get("role", held.role)):
        if held.course:
            roles[held.user, held.course] = held.role
    found: dict[tuple[str, str], Enrolment] = {}
    for row in rows.user_enrolments_of(session, MANUAL):
        place = (row.username, ids.name("course", row.course_id))
        enrolment = Enrolment(
            user=place[0],
            course=place[1],
            role=roles.get(place),
            timestart=row.timestart,
            timeend=row.timeend,
            status="suspended" if row.status == SUSPENDED else "active",
        )
        found.setdefault(place, enrolment)
    return tuple(found.values())


def self_enrolments(session: Session, ids: Ids) -> tuple[SelfEnrolment, ...]:
    """Read the ways by which people enrol themselves, and notice the manual ones."""
    members: dict[int, list[str]] = {}
    for row in rows.user_enrolments_of(session, SELF):
        members.setdefault(row.instance_id, []).append(row.username)
    found: list[SelfEnrolment] = []
    for row in rows.instances(session):
        course = ids.name("course", row.course_id)
        if row.enrol == MANUAL:
            ids.alias("manual_enrolment", (course,), row.id)
        if row.enrol != SELF:
            continue
        way = SelfEnrolment(
            course=course,
            name=row.name,
            enabled=row.status == ENABLED,
            key=row.password or None,
            group_keys=bool(row.group_keys),
            role=ids.name("role", row.roleid),
            max_enrolled=row.max_enrolled,
            open_from=row.enrolstartdate,
            open_until=row.enrolenddate,
            cohort=ids.name("cohort", row.cohort_id),
            # A way without a cohort is for everybody.
            new_enrolments=bool(row.new_enrolments) and not _is_nameless(row, ids),
            members=tuple(members.get(row.id, ())),
        )
        ids.put("self_enrolment", way.natural_key, row.id)
        found.append(way)
    return tuple(found)


def nameless(session: Session, ids: Ids) -> frozenset[Key]:
    """Return the ways for a cohort that no file can name: it is gone, or has no id number."""
    return frozenset(
        (ids.name("course", row.course_id), row.name)
        for row in rows.instances(session)
        if row.enrol == SELF and _is_nameless(row, ids)
    )


def _is_nameless(way: AnyRow, ids: Ids) -> bool:
    return bool(way.cohort_id) and not ids.name("cohort", way.cohort_id)


def groups(session: Session, ids: Ids) -> tuple[Group, ...]:
    """Read the groups with their members."""
    members = rows.members_of_groups(session)
    found: list[Group] = []
    for row in rows.all_groups(session):
        group = Group(
            course=ids.name("course", row.course_id),
            name=row.name,
            idnumber=row.idnumber,
            description=row.description,
            enrolmentkey=row.enrolmentkey or "",
            visibility=row.visibility,
            participation=bool(row.participation),
            members=tuple(members.get(row.id, ())),
        )
        ids.put("group", group.natural_key, row.id)
        found.append(group)
    return tuple(found)


def groupings(session: Session, ids: Ids) -> tuple[Grouping, ...]:
    """Read the groupings with the groups that they gather."""
    gathered = rows.groups_of_groupings(session)
    found: list[Grouping] = []
    for row in rows.all_groupings(session):
        keys = (ids.key("group", group_id) for group_id in gathered.get(row.id, ()))
        grouping = Grouping(
            course=ids.name("course", row.course_id),
            name=row.name,
            idnumber=row.idnumber,
            description=row.description,
            groups=tuple(key[-1] for key in keys if key),
        )
        ids.put("grouping", grouping.natural_key, row.id)
        found.append(grouping)
    return tuple(found)
