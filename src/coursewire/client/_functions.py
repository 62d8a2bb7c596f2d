"""The published functions as methods of a client; `_functions.pyi` has their signatures.

The stub is written from `functions.json` by `scripts/client_stubs.py`.
"""

from collections.abc import Callable, Iterable, Mapping
from keyword import iskeyword
from typing import Any

from coursewire.client._contracts import unknown
from coursewire.contracts import registry


class Functions:
    """Gives out `client.core_group_create_groups(groups=[…])` for every published name."""

    def call_by_name(self, name: str, params: Mapping[str, object]) -> Any:  # noqa: ANN401 - JSON
        """Call a published function by its name."""
        raise NotImplementedError

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the method that calls a function; a parameter `from` is written `from_`."""
        if name.startswith("_") or not registry.is_published(name):
            raise AttributeError(unknown(name) if "_" in name.strip("_") else name)

        def call(**params: object) -> Any:  # noqa: ANN401 - JSON
            return self.call_by_name(name, {_key(key): it for key, it in params.items()})

        call.__name__ = call.__qualname__ = name
        return call

    def __dir__(self) -> Iterable[str]:
        """List the functions as well, for completion at a prompt."""
        return [*super().__dir__(), *registry.entries()]


class AsyncFunctions(Functions):
    """The same, each to be awaited."""


def _key(name: str) -> str:
    bare = name.removesuffix("_")
    return bare if iskeyword(bare) else name
