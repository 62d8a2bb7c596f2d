"""Settings of the site: a name and a JSON value."""

from sqlalchemy import Column, Table

from coursewire.store.schema.columns import TEXT, metadata, text

settings = Table("settings", metadata, Column("name", TEXT, primary_key=True), text("value", None))
