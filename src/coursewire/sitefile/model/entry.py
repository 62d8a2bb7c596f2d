"""What all entries of a site file share: how they are named, compared and constrained."""

from typing import Annotated, ClassVar

from msgspec import Meta, Struct

Name = Annotated[str, Meta(min_length=1, description="A name by which others refer to this.")]
Title = Annotated[str, Meta(min_length=1)]
Named = Annotated[str, Meta(min_length=1, description="The name of what stands elsewhere.")]
Html = Annotated[str, Meta(description="HTML.")]
Time = Annotated[int, Meta(ge=0, le=2**53, description="Seconds since 1970; 0 is none.")]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Size = Annotated[int, Meta(ge=0, le=2**53, description="Bytes; 0: no limit of its own.")]
# The bounds also keep out what is no number at all.
Number = Annotated[float, Meta(ge=-1e9, le=1e9)]
Addresses = Annotated[
    str, Meta(description="Addresses and networks with commas between; empty is any address.")
]
Capability = Annotated[str, Meta(pattern=r"^[a-z0-9_]+/[a-z0-9_]+:[a-z0-9_]+$")]


class Part(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of a site file, and how it is compared with the site."""

    ONCE: ClassVar[tuple[str, ...]] = ()
    """Fields that are used when the object is created and never compared afterwards."""

    ADDED: ClassVar[tuple[str, ...]] = ()
    """Fields that hold objects of their own: those left out of the file are left alone."""

    SETS: ClassVar[tuple[str, ...]] = ()
    """Lists whose order does not count."""


class Entry(Part, frozen=True, kw_only=True):
    """One object of a list; a field that is left out has its default."""

    @property
    def natural_key(self) -> tuple[str, ...]:
        """What makes the object the same one in file and store."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """How the object is called in plans and messages."""
        return "/".join(self.natural_key)
