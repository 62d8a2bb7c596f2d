"""What a caller wants of the contents of a course, by options that are named."""

import re
from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from coursewire.contracts.errors import MoodleError
from coursewire.domain.loose_numbers import whole_number

# A switch is on with any other value, as the settings of a request are.
_OFF = frozenset({"", "0", "false", "no", "off"})
_KIND = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


class ContentsOptions(Struct, frozen=True, kw_only=True):
    """Restrictions (None: none) and switches."""

    excludemodules: bool = False
    excludecontents: bool = False
    includestealthmodules: bool = False
    sectionid: int | None = None
    sectionnumber: int | None = None
    cmid: int | None = None
    modname: str | None = None
    # A number among the activities of a kind, so it counts only together with `modname`.
    modid: int | None = None

    @property
    def is_about_some(self) -> bool:
        """Tell whether no more than some of the activities are wanted."""
        return self.cmid is not None or self.modname is not None


def read(sent: Iterable[tuple[str, str]]) -> ContentsOptions:
    """Read options; the first of a name counts, and unknown names are refused."""
    found: dict[str, bool | int | str] = {}
    for name, value in sent:
        reader = _READERS.get(name)
        if reader is None:
            known = ", ".join(sorted(_READERS))
            message = f"There is no option {name!r}; these are: {known}"
            raise MoodleError("errorinvalidparam", message)
        if name not in found:
            found[name] = reader(value)
    return _as_options(found)


def _as_options(found: Mapping[str, bool | int | str]) -> ContentsOptions:
    return ContentsOptions(**found)  # type: ignore[arg-type]  # each reader gives its field's type


def _switch(value: str) -> bool:
    return value.lower() not in _OFF


def _kind(value: str) -> str:
    if _KIND.fullmatch(value) is None:
        raise MoodleError("errorinvalidparam", f"{value!r} is no kind of activity")
    return value


_READERS: Mapping[str, Callable[[str], bool | int | str]] = {
    "excludemodules": _switch,
    "excludecontents": _switch,
    "includestealthmodules": _switch,
    "sectionid": whole_number,
    "sectionnumber": whole_number,
    "cmid": whole_number,
    "modname": _kind,
    "modid": whole_number,
}
