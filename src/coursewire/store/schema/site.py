"""Settings of the site, a name and a JSON value; and how often what servers remember changed."""

from sqlalchemy import Column, Table

from coursewire.store.schema.columns import TEXT, identity, metadata, number, text

settings = Table("settings", metadata, Column("name", TEXT, primary_key=True), text("value", None))

# One row on SQLite, counted by triggers (migration); on PostgreSQL it stays empty.
facts_version = Table("facts_version", metadata, identity(), number("version"))
