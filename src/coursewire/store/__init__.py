"""The database: tables, migrations, queries; the only place that builds SQL."""
