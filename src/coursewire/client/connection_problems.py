"""What hinders the use of a named connection."""


class ConnectionsError(Exception):
    """A connection, the file or the keyring that holds it, cannot be used; the text says why."""
