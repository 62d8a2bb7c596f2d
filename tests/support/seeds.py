"""Seeds of random tests: printed, so that a failure is repeated with one command."""

import os
import secrets
import sys

_NAME = "COURSEWIRE_TEST_SEED"


def chosen(test: str) -> int:
    """A new seed, or the one of the environment; pytest shows what is printed when a test fails."""
    given = os.environ.get(_NAME)
    seed = int(given) if given else secrets.randbelow(2**32)
    told(f"{test}: repeat with {_NAME}={seed}")
    return seed


def told(line: str) -> None:
    """Say what a run did: shown with `-s`, and when its test fails."""
    sys.stdout.write(f"{line}\n")
