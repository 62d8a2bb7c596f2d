"""Hashing of the passwords of new users, all at once and before any transaction (AUTH-8)."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from coursewire.domain import password_hashes
from coursewire.domain.password_hashes import Hasher
from coursewire.domain.passwords import LONGEST
from coursewire.sitefile.model.people import User
from coursewire.sitefile.plan import Plan


def hashed(plan: Plan, hasher: Hasher, progress: Callable[[int, int], None]) -> dict[str, str]:
    """Return the hashes of the passwords of users that the plan creates, each with its own salt."""
    wanted = {
        change.wanted.username: change.wanted.password
        for change in plan.changes
        if change.action == "create" and isinstance(change.wanted, User) and change.wanted.password
    }
    # Too long ones are refused where the user is made; hashing them would only take time.
    names = [name for name, password in wanted.items() if len(password) <= LONGEST]
    found: dict[str, str] = {}

    def one(name: str) -> str:
        return password_hashes.hashed(hasher, wanted[name])

    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        for name, made in zip(names, pool.map(one, names), strict=True):
            found[name] = made
            progress(len(found), len(names))
    return found
