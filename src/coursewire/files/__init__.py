"""File content, stored once by its hash."""
