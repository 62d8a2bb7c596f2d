"""The Percipio partner: courses from its catalogue, launches, and what people did there."""

from coursewire_percipio.declaration import PLUGIN

__all__ = ["PLUGIN"]
