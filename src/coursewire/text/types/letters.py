"""The scalar types that are a matter of letters only; no pattern here can be made slow."""

import re

# What no text may hold: NUL, what was no UTF-8 (as surrogate escapes), and two non-characters.
_NEVER = re.compile("[\0\ud800-\udfff\ufffe\uffff]").search
_TRIMMED = " \t\n\r\0\v"

alpha = re.compile("[A-Za-z]*").fullmatch
alphaext = re.compile("[A-Za-z_-]*").fullmatch
alphanum = re.compile("[A-Za-z0-9]*").fullmatch
alphanumext = re.compile("[A-Za-z0-9_-]*").fullmatch
sequence = re.compile("[0-9,]*").fullmatch
safepath = re.compile("[A-Za-z0-9/_-]*").fullmatch
stringid = re.compile("(?:[A-Za-z][A-Za-z0-9.:/_-]*)?").fullmatch
plugin = re.compile("(?:[a-z][a-z0-9_]*[a-z0-9])?").fullmatch
_component = re.compile("(?:[a-z][a-z0-9]*(?:[a-z0-9]|_[a-z][a-z0-9_]*[a-z0-9]))?").fullmatch
_plain_username = re.compile("[a-z0-9._@-]*").fullmatch
_zone_number = re.compile(r"99|-?(?:(?:[0-9]|1[0-2])(?:\.[05])?|13(?:\.0)?)").fullmatch
_zone_name = re.compile("(?:[A-Za-z_/-]*[A-Za-z_-])?").fullmatch
_base64 = re.compile("(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?").fullmatch
_pem = re.compile(
    "-----BEGIN CERTIFICATE-----\n[A-Za-z0-9+/=\n]*\n-----END CERTIFICATE-----"
).fullmatch

_LONGEST_TAG = 255
_taglist_breaker = re.compile("^[ ,]|[ ,]$|, | ,|,,").search
_tag_breaker = re.compile(r"[<>`]|[^\S ]|  ").search
_not_in_tags = re.compile("[<>`]").sub


def raw(text: str) -> bool:
    """Any text that is one."""
    return "\0" not in text if text.isascii() else _NEVER(text) is None


def raw_trimmed(text: str) -> bool:
    """A text without outer white space."""
    return text.strip(_TRIMMED) == text and raw(text)


def username(text: str) -> bool:
    """A user name of a site that has not allowed more letters."""
    return _plain_username(text) is not None


def extended_username(text: str) -> bool:
    """A user name of a site that allows any letters."""
    return text == text.strip(_TRIMMED).lower() and raw(text)


def timezone(text: str) -> bool:
    """The server's (99), an offset in hours, or something that looks like a name."""
    return _zone_number(text) is not None or _zone_name(text) is not None


def component(text: str) -> bool:
    """A core subsystem or plugin; those of type mod have no underscore in their own name."""
    if "__" in text or _component(text) is None:
        return False
    return not text.startswith("mod_") or text.count("_") == 1


def tag(text: str) -> bool:
    """A tag in its normal form."""
    if len(text) > _LONGEST_TAG or text.strip() != text:
        return False
    return _tag_breaker(text) is None and raw(text)


def as_tag(text: str) -> str:
    """What is left of a text as a tag."""
    return " ".join(_not_in_tags("", text).split())[:_LONGEST_TAG].rstrip()


def taglist(text: str) -> bool:
    """Tags joined by commas."""
    if text == "":
        return True
    if _tag_breaker(text) or _taglist_breaker(text) or not raw(text):
        return False
    return max(map(len, text.split(","))) <= _LONGEST_TAG


def base64(text: str) -> bool:
    """Base 64, in one line or several."""
    return _base64("".join(text.splitlines())) is not None


def pem(text: str) -> bool:
    """A certificate in base 64 between its two marks."""
    return text == "" or _pem(text.replace("\r\n", "\n").strip("\n")) is not None
