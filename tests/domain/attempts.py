"""Many log-ins at once in a process of its own, for counting guesses over several processes."""

import threading
from pathlib import Path

from coursewire.contracts.errors import MoodleError
from coursewire.domain import login
from coursewire.domain import site as domain_site
from coursewire.domain.call import Call
from coursewire.domain.hashing import Busy, Passwords
from coursewire.store import keys
from coursewire.store.database import Database
from tests.domain.doorway import log_in
from tests.domain.hashers import Counting
from tests.support.clock import SetClock


def guess(
    url: str, folder: str, names: list[str], each: int, start: threading.Barrier, now: int
) -> list[int]:
    """Guess each name's password `each` times at once; return how many guesses were looked at.

    Each name is tried from a network of its own, of which none may fail a hundred times over all
    names.
    """
    database = Database(url, pool_size=each)
    keyring = keys.load(Path(folder) / keys.FILE_NAME)
    found: list[int] = []
    for number, name in enumerate(names):
        address = f"10.{number // 256}.{number % 256}.7"
        hasher = Counting()
        passwords = Passwords(hasher)
        threads = [
            threading.Thread(target=_one, args=(database, keyring, passwords, name, address, now))
            for _ in range(each)
        ]
        start.wait(60)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        found.append(sum(stored != hasher.unmatchable for stored in hasher.verified))
        passwords.close()
    database.close()
    return found


def _one(
    database: Database,
    keyring: keys.Keys,
    passwords: Passwords,
    name: str,
    address: str,
    now: int,
) -> None:
    with database.session() as session:
        call = Call(
            session=session,
            caller=login.NOBODY,
            site=domain_site.load(session, "https://moodle.example.com"),
            now=now,
            clock=SetClock(now),
            keys=keyring,
            passwords=passwords,
        )
        try:
            log_in(call, name, "wrong", address)
        except (MoodleError, Busy):
            return
        raise AssertionError(name)
