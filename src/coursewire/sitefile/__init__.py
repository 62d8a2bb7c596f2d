"""Site files: read, compared with the store, shown as a plan, applied."""
