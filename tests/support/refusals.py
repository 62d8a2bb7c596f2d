"""Expecting refusals, and that nothing was written."""

from collections.abc import Generator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from coursewire.contracts.errors import Refusal
from coursewire.store.schema import metadata
from coursewire.store.session import Session


@contextmanager
def refused(
    kind: type[Refusal], code: str | None = None
) -> Generator[pytest.ExceptionInfo[Refusal]]:
    """Expect a refusal of exactly this class, with this error code where several have it."""
    with pytest.raises(kind) as caught:
        yield caught
    assert type(caught.value) is kind
    if code is not None:
        assert caught.value.errorcode == code


def everything(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables: equal before and after a call that changed nothing."""
    return {
        table.name: sorted((tuple(row) for row in session.rows(select(table))), key=repr)
        for table in metadata.sorted_tables
        # On PostgreSQL its triggers count statements, those too that meet no row.
        if table.name != "facts_version"
    }


@contextmanager
def unchanged(session: Session) -> Generator[None]:
    """Expect that no row of the database changes, the audit trail included."""
    before = everything(session)
    yield
    assert everything(session) == before
