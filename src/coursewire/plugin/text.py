"""Texts as plugins may need them: tested by the type of a parameter, shown, put into a CSV file.

`written_time` writes any Unix seconds, also those for which no calendar has a day.
"""

from coursewire.text.short import format_string
from coursewire.text.spreadsheets import document as csv_document
from coursewire.text.times import written as written_time
from coursewire.text.types import Known, accepts

__all__ = ["csv_document", "fits", "format_string", "written_time"]

_KNOWN = Known(site_url="")


def fits(type_name: str, text: str) -> bool:
    """Tell whether a text is of a type, such as `alphanum`: cleaning leaves it as it is.

    For types that need not know the site. Raises KeyError for a name that is no type.
    """
    return accepts(type_name)(text, _KNOWN)
