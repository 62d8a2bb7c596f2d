"""Both shells of the client behind one interface, so that every test holds for both."""

import asyncio
from collections.abc import Callable
from typing import Any

from coursewire import AsyncMoodle, Moodle

TOKEN = "5ec2e7c0ffee5ec2e7c0ffee5ec2e7c0"


class Shell:
    """Runs a piece of work with a client that is made for it."""

    def __init__(self, name: str) -> None:
        self.is_async = name == "async"

    def ask(
        self, address: str, work: Callable[[Any], Any], token: str | None = TOKEN, **options: Any
    ) -> Any:
        """Do the work, `lambda moodle: moodle.call(…)`; await what it returns where need be."""
        if not self.is_async:
            with Moodle(address, token, **options) as moodle:
                return work(moodle)

        async def main() -> Any:
            async with AsyncMoodle(address, token, **options) as moodle:
                return await work(moodle)

        return asyncio.run(main())
