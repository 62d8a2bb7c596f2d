"""Progress bars on standard error, where a person watches; gone when the work is done."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn

from coursewire.cli.showing import err

# What is being done, how much is done, of how much.
Tell = Callable[[str, int, int], None]


@contextmanager
def shown() -> Generator[Tell]:
    """Give a function that draws one bar for each kind of work."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bars:

        def tell(what: str, done: int, of: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=of)
            bars.update(tasks[what], completed=done, total=of)

        yield tell
