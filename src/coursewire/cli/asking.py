"""Secrets come from the environment, a prompt or standard input, never as an argument (OPS-4)."""

import os
import sys

import typer

from coursewire.cli.common import Failure

TOKEN_VARIABLE = "COURSEWIRE_TOKEN"  # noqa: S105 - the name of a variable


def token() -> str:
    """Return the token in COURSEWIRE_TOKEN, or ask for it."""
    value = os.environ.get(TOKEN_VARIABLE, "").strip()
    return value or _secret("Token", f"put the token into {TOKEN_VARIABLE}", twice=False).strip()


def password() -> str:
    """Return a new password: what a person types twice, or the first line of standard input."""
    return _secret("New password", "give the password on standard input", twice=True)


def secret(what: str) -> str:
    """Return a secret that is never shown again: typed twice, or the first line of the input."""
    return _secret(what, "give it on standard input", twice=True)


def confirmed(question: str, *, yes: bool) -> None:
    """Go on only if a person says yes, or --yes was given."""
    if yes:
        return
    if not sys.stdin.isatty():
        msg = "nobody can be asked here: standard input is not a terminal"
        raise Failure(msg, 2, remedy="say --yes")
    if not typer.confirm(question, err=True):
        msg = "nothing was changed"
        raise Failure(msg)


def _secret(what: str, otherwise: str, *, twice: bool) -> str:
    if sys.stdin.isatty():
        return str(typer.prompt(what, hide_input=True, confirmation_prompt=twice, err=True))
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        msg = f"no {what.lower()} was given: standard input is empty and no terminal"
        raise Failure(msg, 2, remedy=otherwise)
    return line
