"""Names of deleted users, and cities, that earlier versions stored and no answer can show."""

import re

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_users = sa.table(
    "users",
    sa.column("id", sa.BigInteger()),
    sa.column("deleted", sa.BigInteger()),
    sa.column("username", sa.Text()),
    sa.column("city", sa.Text()),
    sa.column("timemodified", sa.BigInteger()),
)
_settings = sa.table("settings", sa.column("name", sa.Text()), sa.column("value", sa.Text()))

_LONGEST_NAME = 100
_FOREIGN = re.compile(r"[^a-z0-9@._-]")
# Who is deleted is called `address.time`.
_DELETED = re.compile(r"(.*)\.([0-9]{1,15})")
# A text in several languages, each in a block: `<span lang="en" class="multilang">Rome</span>`.
_BLOCK = r"<(?:lang|span)\s[^<>]*>[^<]*</(?:lang|span)>"
_BLOCKS = re.compile(rf"{_BLOCK}(?:\s*{_BLOCK})*")
# Two classes and no language were admitted as well.
_LANGUAGE_AND_TEXT = re.compile(r'<(?:[^<>]*lang="([^"]*)")?[^<>]*>([^<]*)</')
_OURS = "en"


def upgrade() -> None:
    """Write what is stored of new ones since: user names without other signs, plain cities."""
    connection = op.get_bind()
    if not _may_have_any_sign(connection):
        _clean_names(connection)
    _clean_cities(connection)


def downgrade() -> None:
    """Leave them: every version reads them."""


def _may_have_any_sign(connection: sa.Connection) -> bool:
    name = "extendedusernamechars"
    return connection.scalar(sa.select(_settings.c.value).where(_settings.c.name == name)) == "true"


def _clean_names(connection: sa.Connection) -> None:
    people = _users.c
    asked = sa.select(people.id, people.username, people.timemodified).where(people.deleted == 1)
    for user_id, username, changed in connection.execute(asked.order_by(people.id)).all():
        if _FOREIGN.search(username):
            name = _free_name(connection, _FOREIGN.sub("", username), changed)
            _change(connection, user_id, {"username": name})


def _free_name(connection: sa.Connection, cleaned: str, changed: int) -> str:
    """Return the first name of the form `address.time` that nobody has."""
    found = _DELETED.fullmatch(cleaned)
    address, time = (found[1], int(found[2])) if found else (cleaned, changed)
    while True:
        suffix = f".{time}"
        name = address[: _LONGEST_NAME - len(suffix)] + suffix
        taken = sa.select(_users.c.id).where(_users.c.username == name)
        if connection.scalar(taken) is None:
            return name
        time += 1


def _clean_cities(connection: sa.Connection) -> None:
    asked = sa.select(_users.c.id, _users.c.city).where(_users.c.city.like("%</%"))
    for user_id, city in connection.execute(asked).all():
        plain = _BLOCKS.sub(_in_one_language, city)
        if plain != city:
            _change(connection, user_id, {"city": plain})


def _in_one_language(blocks: re.Match[str]) -> str:
    """Return the text in the language of the site, or else the first."""
    texts: list[tuple[str, str]] = _LANGUAGE_AND_TEXT.findall(blocks[0])
    return next((text for language, text in texts if language == _OURS), texts[0][1])


def _change(connection: sa.Connection, user_id: int, values: dict[str, str]) -> None:
    connection.execute(sa.update(_users).where(_users.c.id == user_id).values(values))
