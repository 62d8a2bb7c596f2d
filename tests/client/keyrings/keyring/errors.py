"""What the stand-in raises, by the names of the package it stands for."""


class KeyringError(Exception):
    """The base of all."""


class NoKeyringError(KeyringError, RuntimeError):
    """There is no backend."""


class PasswordDeleteError(KeyringError):
    """There is nothing to delete."""
