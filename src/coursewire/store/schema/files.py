"""Stored files: where they stand; their content lies under its hash."""

from sqlalchemy import Index, Table, UniqueConstraint

from coursewire.store.schema.columns import (
    identity,
    metadata,
    number,
    owner,
    table_options,
    text,
)

files = Table(
    "files",
    metadata,
    identity(),
    owner("context_id", "contexts.id"),
    text("component"),
    text("filearea"),
    number("itemid"),
    text("filepath", "/"),
    text("filename"),
    text("contenthash"),
    number("filesize"),
    text("mimetype"),
    number("userid"),
    text("author"),
    text("license"),
    text("source"),
    number("sortorder"),
    number("timecreated"),
    number("timemodified"),
    UniqueConstraint("context_id", "component", "filearea", "itemid", "filepath", "filename"),
    Index("ix_files_contenthash", "contenthash"),
    **table_options(),
)
