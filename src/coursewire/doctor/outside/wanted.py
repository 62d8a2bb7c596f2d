"""What somebody wants to do with a token: the functions, and the capabilities they need."""

from msgspec import Struct

from coursewire.contracts import registry


class Need(Struct, frozen=True, kw_only=True):
    """A capability, why it is needed, and for which functions; none named: all of them."""

    capability: str
    reason: str = ""
    functions: tuple[str, ...] = ()


class Wanted(Struct, frozen=True, kw_only=True):
    """The functions wanted and what they need; `others` are tried when nothing is wanted."""

    functions: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Return the functions that may be tried: those that are known to read only."""
        return tuple(name for name in self.functions or self.others if only_reads(name))


def only_reads(function: str) -> bool:
    """Tell whether a function is known to change nothing."""
    entry = registry.entries().get(function)
    return entry is not None and entry.type == "read"


def declared(functions: tuple[str, ...]) -> tuple[Need, ...]:
    """Return the capabilities that Moodle declares for functions, in order of first mention."""
    entries = registry.entries()
    found: dict[str, list[str]] = {}
    for name in functions:
        for capability in entries[name].capabilities if name in entries else ():
            found.setdefault(capability, []).append(name)
    return tuple(
        Need(capability=name, functions=tuple(users)) for name, users in found.items() if name
    )
