"""What a site here takes, of what a Moodle tells: names told apart, addresses, languages."""

from collections.abc import Collection
from itertools import chain, count

from coursewire.domain.countries import COUNTRIES
from coursewire.domain.installed import LANGS
from coursewire.text.types.places import email as is_email
from coursewire.transfer.moodle.source import Hidden

_LONGEST = 200
_NOWHERE = "@import.invalid"


def free(name: str, taken: Collection[str]) -> str:
    """Return a name, or one with a number behind it that is not taken."""
    numbered = (f"{name}-{number}" for number in count(2))
    return next(one for one in chain([name], numbered) if one not in taken)


class Names:
    """Names of one kind of thing, each once: Moodle shows `<A>` and `<B>` both without a letter."""

    def __init__(self, noun: str, hidden: Hidden) -> None:
        """Take what one thing is called, and where to note what was made up."""
        self._noun = noun
        self._hidden = hidden
        self._taken: set[str] = set()

    def distinct(self, typed: str, number: int) -> str:
        """Return a name, with the id where it is empty or taken."""
        name = typed.strip()
        if not name or name in self._taken:
            self._hidden.add(
                f"names of {self._noun}s", "shown empty or alike; their ids stand in the names"
            )
            name = f"{name[:_LONGEST]} ({number})" if name else f"{self._noun}-{number}"
        return self.made_up(name)

    def made_up(self, name: str) -> str:
        """Return a name that nobody gave, with a number behind it where another thing has it."""
        found = free(name, self._taken)
        self._taken.add(found)
        return found

    def free_idnumber(self, written: object) -> str:
        """Return an id number, or nothing where another thing has it."""
        idnumber = str(written or "")
        if idnumber in self._taken:
            self._hidden.add(
                f"id numbers of {self._noun}s", "several have the same; the first keeps it"
            )
            return ""
        if idnumber:
            self._taken.add(idnumber)
        return idnumber


class Addresses:
    """E-mail addresses, each once; a made-up one where there is none that can be used."""

    def __init__(self, hidden: Hidden) -> None:
        self._hidden = hidden
        self._taken: set[str] = set()

    def usable(self, written: str, name: str, number: int) -> str:
        """Return the address of a user, or a made-up one and note why."""
        if not written:
            return self._made_up("the token may not see them", name, number)
        if not is_email(written):
            return self._made_up("they are no addresses", name, number)
        if written.lower() in self._taken:
            return self._made_up("several people have the same", name, number)
        self._taken.add(written.lower())
        return written

    def _made_up(self, why: str, name: str, number: int) -> str:
        self._hidden.add("e-mail addresses", f"{why}; made-up ones stand in their place")
        address = f"{name}{_NOWHERE}"
        return address if is_email(address) else f"user-{number}{_NOWHERE}"


def is_made_up(address: str) -> bool:
    """Tell whether an address stands for one that could not be used."""
    return address.endswith(_NOWHERE)


def known_language(written: object, whose: str, hidden: Hidden) -> str:
    """Return a language that is installed here, or nothing."""
    lang = str(written or "")
    if lang and lang not in LANGS:
        hidden.add(f"languages of {whose}", f"{lang!r} is not installed here")
        return ""
    return lang


def known_country(written: object, hidden: Hidden) -> str:
    """Return a country that there still is, or nothing: Moodle keeps what was chosen long ago."""
    country = str(written or "")
    if country and country not in COUNTRIES:
        hidden.add("countries of users", f"there is no country {country!r} any more")
        return ""
    return country
