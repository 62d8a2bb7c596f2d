"""What is copied into a site is what the rules would have made."""

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Table, select

from bench import loading
from bench.loading import Loaded, Place, Sizes
from coursewire.domain import enrolments, new_users
from coursewire.domain.enrolments import Enrolment
from coursewire.store.schema import metadata
from coursewire.store.schema.enrolments import user_enrolments
from coursewire.store.session import AnyRow, Session
from tests.support.sites import TestSite, opened, prepare

SIZES = Sizes(users=30, courses=4, enrolments=50)
HASH = "a ready hash"
# Records of who did it, a counter of changes, and settings with a random version of the roles.
_OTHERS = {"audit_records", "audit_segments", "facts_version", "settings"}


def test_loaded_rows_are_those_that_the_rules_make(site: TestSite, tmp_path: Path) -> None:
    loaded = loading.load(site.call(), SIZES, HASH)
    assert (len(loaded.users), len(loaded.courses), loaded.enrolments) == (30, 4, 50)
    address = f"sqlite:///{tmp_path / 'ruled.sqlite'}"
    prepare(address)
    with opened(address, tmp_path) as other:
        _by_the_rules(other, loaded, _enrolled(site.session))
        for table in metadata.sorted_tables:
            if table.name not in _OTHERS:
                assert _rows(site.session, table) == _rows(other.session, table), table.name


def test_ids_of_loaded_people_are_not_given_again(site: TestSite) -> None:
    loaded = loading.load(site.call(), SIZES, HASH)
    new = new_users.NewUser(
        username="late",
        firstname="Late",
        lastname="Comer",
        email="late@example.com",
        password_hash=HASH,
    )
    assert new_users.create(site.call(), new).id > max(loaded.users)


def _by_the_rules(site: TestSite, loaded: Loaded, enrolled: Sequence[tuple[int, int]]) -> None:
    people = [loading.person(number, SIZES.users, HASH) for number in range(SIZES.users)]
    made = new_users.create_many(site.call(), people)
    assert [user.id for user in made] == list(loaded.users)
    places = loading.add_courses(site.call(), SIZES.courses)
    for place in places:
        _enrol(site, place, [user for instance, user in enrolled if instance == place.instance])


def _enrol(site: TestSite, place: Place, people: Sequence[int]) -> None:
    call = site.call()
    instance = enrolments.get_instance(call.session, place.instance)
    wanted = [Enrolment(user_id=user, role_id=loading.STUDENT) for user in people]
    enrolments.enrol(call, {instance: wanted})


def _enrolled(session: Session) -> list[tuple[int, int]]:
    columns = user_enrolments.c
    query = select(columns.instance_id, columns.user_id).order_by(columns.id)
    return [(row[0], row[1]) for row in session.rows(query)]


def _rows(session: Session, table: Table) -> Sequence[AnyRow]:
    return sorted(session.rows(select(table)), key=repr)
