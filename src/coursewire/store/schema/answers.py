"""Answers kept for requests that are sent again with the same `Idempotency-Key` (DUR-11)."""

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from coursewire.store.schema.columns import binary, metadata, number, text

# `digest` is of the request, made with the key for digests `digest_number`; `answer` is sealed. A
# row that is being made has neither: nobody else sees it before its transaction has ended.
kept_answers = Table(
    "kept_answers",
    metadata,
    number("token_id"),
    text("key"),
    number("digest_number"),
    binary("digest"),
    binary("answer"),
    number("made"),
    PrimaryKeyConstraint("token_id", "key"),
    Index("ix_kept_answers_made", "made"),
)
