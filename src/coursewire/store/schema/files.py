"""Stored files: where they stand, and their content, kept once under its hash.

The content lies in the database like everything else, so that a file and what refers to it are
kept or undone together, a backup holds both, and every process of a site sees the same files.
"""

from sqlalchemy import Column, Index, Table, UniqueConstraint

from coursewire.store.schema.columns import (
    TEXT,
    binary,
    identity,
    metadata,
    number,
    owner,
    table_options,
    text,
)

file_contents = Table(
    "file_contents",
    metadata,
    Column("contenthash", TEXT, primary_key=True),
    binary("content"),
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
