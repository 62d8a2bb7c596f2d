"""The steps of the schema, run by Alembic; imported by commands that migrate, never by serving."""
