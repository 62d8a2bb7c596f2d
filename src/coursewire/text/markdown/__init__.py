"""Text format 4: Markdown with the extensions known as Extra."""
