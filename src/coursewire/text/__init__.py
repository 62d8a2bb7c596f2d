"""Cleaning rules for field types and the text formats (HTML, Markdown, plain)."""
