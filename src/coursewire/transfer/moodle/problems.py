"""What stops an import."""


class ImportRefused(Exception):
    """The import cannot be made; the text says why and what to do."""
