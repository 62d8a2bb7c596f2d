"""Two changes of which the second begins while the first is not yet committed."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from coursewire.contracts.errors import Refusal
from coursewire.domain.call import Call
from tests.support.sites import TestSite

R = TypeVar("R")
# Long enough for the second to come to the place where it has to wait.
MEANWHILE = 0.3


def meanwhile(
    site: TestSite, first: Callable[[Call], object], second: Callable[[Call], R]
) -> R | Refusal:
    """Do something in a transaction that ends after the second has begun; what that one got."""

    def attempt() -> R | Refusal:
        with site.database.session() as session:
            try:
                return second(site.call(session=session))
            except Refusal as refusal:
                return refusal

    call = site.call()
    with ThreadPoolExecutor(1) as pool:
        with call.transaction():
            first(call)
            coming = pool.submit(attempt)
            time.sleep(MEANWHILE)
        return coming.result(timeout=30)
