"""A table that no call has anything to do with: who reads or changes it got into a statement."""

from sqlalchemy import text

from coursewire.store.session import Session

WORD = "yellow"


def place(session: Session) -> None:
    """Make the table, outside of what calls undo.

    With a table made in it SQLite reads its whole schema again each time that something is undone.
    """
    session.connection.execute(text("CREATE TABLE canary (id integer, word text)"))
    session.connection.execute(text("INSERT INTO canary VALUES (1, :word)"), {"word": WORD})
    session.connection.commit()


def is_well(session: Session) -> bool:
    """Tell whether it is as it was."""
    return session.rows(text("SELECT id, word FROM canary")) == [(1, WORD)]
