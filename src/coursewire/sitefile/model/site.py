"""The site itself and its web services."""

from typing import Annotated, ClassVar, Literal

import msgspec
from msgspec import Meta

from coursewire.sitefile.model.entry import Count, Part, Title

SettingValue = bool | int | str | tuple[str | int, ...]


class SiteSection(Part, frozen=True, kw_only=True):
    """The site; what is left out stays as it is."""

    ADDED: ClassVar[tuple[str, ...]] = ("settings",)
    SETS: ClassVar[tuple[str, ...]] = ("administrators",)

    fullname: Title | None = None
    shortname: Title | None = None
    lockout_threshold: (
        Annotated[Count, Meta(description="Failed log-ins that lock an account; 0: never.")] | None
    ) = None
    administrators: (
        Annotated[tuple[str, ...], Meta(min_length=1, description="User names; all of them.")]
        | None
    ) = None
    settings: Annotated[
        dict[str, SettingValue],
        Meta(description="Other settings by name; roles are named by their short names."),
    ] = msgspec.field(default_factory=dict[str, SettingValue])


class WebServices(Part, frozen=True, kw_only=True):
    """Whether programs may call the site, and how; what is left out stays as it is."""

    enabled: bool | None = None
    protocols: tuple[Literal["rest"], ...] | None = None
