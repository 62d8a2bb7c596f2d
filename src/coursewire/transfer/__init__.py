"""Import, export, compare, record, backup and restore."""
