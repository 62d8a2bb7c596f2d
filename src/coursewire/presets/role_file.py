"""A preset's role as the XML file that Moodle's page for a new role takes as its preset."""

from collections.abc import Iterable
from xml.etree import ElementTree as Xml

from coursewire.presets.model import Preset

LEVEL = "system"


def written(preset: Preset) -> bytes:
    """Return the file: what is allowed in the whole site, and which roles its holders may give.

    Capabilities that are not listed stay as they are in a new role: neither allowed nor forbidden.
    """
    role = Xml.Element("role")
    _text(role, "shortname", preset.role.shortname)
    _text(role, "name", preset.role.name)
    _text(role, "description", f"{preset.title}: {preset.summary}")
    _text(role, "archetype", "")
    _list(role, "contextlevels", "level", [LEVEL])
    _list(role, "allowassign", "shortname", preset.may_assign)
    _list(role, "allowoverride", "shortname", ())
    _list(role, "allowswitch", "shortname", ())
    allowed = sorted(each.name for each in preset.capabilities)
    _list(role, "permissions", "allow", allowed)
    Xml.indent(role)
    document: bytes = Xml.tostring(role, encoding="UTF-8", xml_declaration=True)
    return document + b"\n"


def _text(parent: Xml.Element, name: str, text: str) -> None:
    Xml.SubElement(parent, name).text = text or None


def _list(parent: Xml.Element, name: str, item: str, texts: Iterable[str]) -> None:
    found = Xml.SubElement(parent, name)
    for text in texts:
        _text(found, item, text)
