"""A site written as a site file: no token values ever, password hashes only when asked for."""

from msgspec import Struct

from coursewire.sitefile import reading, unfit, writing
from coursewire.sitefile.differences import shown
from coursewire.sitefile.essentials import essentials
from coursewire.sitefile.model.access import Token
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.present.site import read
from coursewire.sitefile.problems import BadSiteFile
from coursewire.store.inventory.leftovers import leftovers
from coursewire.store.session import Session
from coursewire.store.snapshots import snapshot

_HEADING = "A Coursewire site; bring it to another place with: coursewire apply FILE"
_RENAME = "rename one of them"
_REMEDIES = {"category": "rename one of them, or give it an id number"}
_NOUNS = {"cm": "activity", "cohort": "cohort", "self_enrolment": "self enrolment"}


class Exported(Struct, frozen=True):
    """The sections of the file, and how much of what it cannot hold: noun → number."""

    file: SiteFile
    tokens: tuple[Token, ...]
    left_out: dict[str, int]

    @property
    def text(self) -> str:
        """The text of the file, put together at each look; a site may be too large for one."""
        text = writing.text_of(self.file, _HEADING) + _tokens(self.tokens)
        # What is written must be what is read: nothing may get lost on the way.
        if reading.read("the exported file", text.encode()).file != self.file:
            msg = "the exported file does not read back as the site; this is a fault of the program"
            raise BadSiteFile([msg])
        return text


def export(session: Session, *, secrets: bool = False) -> Exported:
    """Read the site as the sections of a site file, or say what no site file can express."""
    with snapshot(session):
        present = read(session, secrets=secrets)
        left_out = leftovers(session)
    several = present.ids.several()
    if several:
        raise BadSiteFile(
            f"there are several of the name {'/'.join(key)!r} ({_NOUNS.get(kind, kind)}); "
            f"site files tell things apart by name, so {_REMEDIES.get(kind, _RENAME)}"
            for kind, key in several
        )
    file, put_aside = unfit.without(essentials(present))
    return Exported(file, present.file.tokens, {**left_out, **put_aside})


def _tokens(tokens: tuple[Token, ...]) -> str:
    """Return a remark on the tokens: their values are nowhere, so each must be issued anew."""
    if not tokens:
        return ""
    lines = ["", "# Tokens are not in this file: their values are stored nowhere. Issue them anew:"]
    for token in tokens:
        limits = f" from {token.ip_restriction}" if token.ip_restriction else ""
        end = f" until {token.valid_until}" if token.valid_until else ""
        name, service = shown(token.name), shown(token.service)
        lines.append(f"#   {name} of {token.user} for {service}{limits}{end}")
    return "\n".join(lines) + "\n"
