"""Plugins that the site was ever told of, and their settings."""

from sqlalchemy import Table, UniqueConstraint

from coursewire.store.schema.columns import (
    binary,
    flag,
    identity,
    metadata,
    number,
    optional_text,
    table_options,
    text,
)

# `steps` are the migrations of the plugin that were taken. `brings` is JSON: what there is of the
# plugin on this site, so that it can be removed when its package is broken or gone.
plugins = Table(
    "plugins",
    metadata,
    identity(),
    text("name", None, unique=True),
    text("version"),
    flag("enabled"),
    number("steps"),
    text("brings", "{}"),
    number("timecreated"),
    number("timemodified"),
    **table_options(),
)

# A secret stands in `sealed`, encrypted with the key file; everything else as JSON in `value`.
plugin_settings = Table(
    "plugin_settings",
    metadata,
    identity(),
    text("plugin", None),
    text("name", None),
    optional_text("value"),
    binary("sealed", nullable=True),
    UniqueConstraint("plugin", "name"),
    **table_options(),
)
