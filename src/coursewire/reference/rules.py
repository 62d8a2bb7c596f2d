"""The cleaning rules of scalars in words, and as patterns where a pattern says all."""

from collections.abc import Mapping

from msgspec import Struct

from coursewire.contracts.tree import Scalar


class RuleText(Struct, frozen=True):
    """What a rule lets through: in words, and as a regular expression if that is the whole rule."""

    words: str
    pattern: str | None = None


RULES: Mapping[str, RuleText] = {
    "int": RuleText("whole number in plain decimal form"),
    "float": RuleText("number"),
    "bool": RuleText("0 or 1"),
    "raw": RuleText("any text"),
    "raw_trimmed": RuleText("any text without white space around it"),
    "text": RuleText("text without tags, except those of multi-language texts"),
    "notags": RuleText("text without tags"),
    "alpha": RuleText("letters", "^[A-Za-z]*$"),
    "alphaext": RuleText("letters, `_` and `-`", "^[A-Za-z_-]*$"),
    "alphanum": RuleText("letters and digits", "^[A-Za-z0-9]*$"),
    "alphanumext": RuleText("letters, digits, `_` and `-`", "^[A-Za-z0-9_-]*$"),
    "sequence": RuleText("numbers with commas between them", "^[0-9,]*$"),
    "username": RuleText("user name: lower-case letters, digits, `-`, `_`, `.`, `@`"),
    "email": RuleText("e-mail address, or empty"),
    "url": RuleText("web address, or empty"),
    "localurl": RuleText("web address inside the site, or empty"),
    "lang": RuleText("code of an installed language, or empty"),
    "timezone": RuleText("name or offset of a time zone, `99` for the server's, or empty"),
    "capability": RuleText("name of a capability that the site knows, or empty"),
    "component": RuleText("name of a component, such as `mod_forum`"),
    "plugin": RuleText("name of a plugin without its type, such as `forum`"),
    "area": RuleText("name of a file area"),
    "auth": RuleText("name of an installed authentication method, or empty"),
    "theme": RuleText("name of an installed theme, or empty"),
    "safedir": RuleText("letters, digits, `_` and `-`", "^[A-Za-z0-9_-]*$"),
    "safepath": RuleText("letters, digits, `_`, `-` and `/`", "^[A-Za-z0-9/_-]*$"),
    "file": RuleText("file name"),
    "path": RuleText("path of folders, with `/` between them"),
    "tag": RuleText("tag: up to 255 characters, single spaces"),
    "stringid": RuleText("name of a language string"),
    "clean": RuleText("text, or HTML without anything dangerous"),
    "cleanhtml": RuleText("HTML without anything dangerous"),
}


def rule_text(node: Scalar) -> RuleText:
    """Return what the rule of a scalar lets through; a plugin may bring a rule without words."""
    return RULES.get(node.type, RuleText(f"`{node.type}`"))
