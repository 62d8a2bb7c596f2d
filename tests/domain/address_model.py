"""Address lists a second time, by whole numbers and hand-written parsing only (IP-3).

Every address is a 128-bit number, an IPv4 address the one that maps it; a rule compares leading
bits. Nothing here comes from `ipaddress` or from the code under test.
"""

MAPPED = 0xFFFF << 32
HEX = "0123456789abcdef"


def matches(client: str, rules: str) -> bool:
    """Tell whether any entry of the list lets the client in."""
    number = address(client)
    if number is None or number == MAPPED:
        return False
    entries = [entry.strip(" ") for entry in rules.split(",")]
    return any(_matches_one(number, entry) for entry in entries if entry)


def address(text: str) -> int | None:
    """Return the 128-bit number of an address."""
    if ":" in text:
        return _v6(text)
    value = _v4(text)
    return None if value is None else MAPPED + value


def _matches_one(client: int, entry: str) -> bool:
    if entry.count("/") == 1:
        base, length = (part.strip(" ") for part in entry.split("/"))
        number, bits = address(base), _number(length, 10, 3)
        if number is None or bits is None or bits > (128 if ":" in base else 32):
            return False
        return _same_top(client, number, bits if ":" in base else 96 + bits)
    if "/" in entry:
        return False
    if "-" in entry:
        return _in_range(client, entry)
    return _in_part(client, entry)


def _in_range(client: int, entry: str) -> bool:
    first, _, last = (part.strip(" ") for part in entry.partition("-"))
    number = address(first)
    v6 = ":" in first
    end = _number(last, 16, 4) if v6 else _number(last, 10, 3)
    if number is None or end is None or (v6 and "." in first):
        return False
    size = 0x10000 if v6 else 0x100
    if not number % size <= end < size:
        return False
    return client // size == number // size and number % size <= client % size <= end


def _in_part(client: int, entry: str) -> bool:
    if ":" not in entry:
        parts = entry.removesuffix(".").split(".")
        number = _v4(".".join(parts + ["0"] * (4 - len(parts))))
        return number is not None and _same_top(client, MAPPED + number, 96 + 8 * len(parts))
    groups = entry.split(":")
    if len(groups) == 2 and groups[0] and not groups[1]:
        groups.pop()
    if "" in groups or "." in entry or len(groups) > 7:
        number = _v6(entry)
        return number is not None and client == number
    value = 0
    for group in groups:
        digits = _number(group, 16, 4)
        if digits is None:
            return False
        value = value * 0x10000 + digits
    bits = 16 * len(groups)
    return _same_top(client, value << (128 - bits), bits)


def _same_top(client: int, number: int, bits: int) -> bool:
    if client >> 32 == 0xFFFF and bits < 96:
        return False  # a rule wider than the mapped space speaks of IPv6 only
    return client >> (128 - bits) == number >> (128 - bits)


def _number(text: str, base: int, longest: int) -> int | None:
    if not 0 < len(text) <= longest:
        return None
    value = 0
    for character in text.lower():
        digit = HEX[:base].find(character)
        if digit < 0:
            return None
        value = value * base + digit
    return None if base == 10 and text[0] == "0" and len(text) > 1 else value


def _v4(text: str) -> int | None:
    parts = text.split(".")
    if len(parts) != 4:
        return None
    value = 0
    for part in parts:
        octet = _number(part, 10, 3)
        if octet is None or octet > 255:
            return None
        value = value * 256 + octet
    return value


def _v6(text: str) -> int | None:
    if text.count("::") > 1 or ":::" in text:
        return None
    head, gap, tail = text.partition("::")
    left = _groups(head, last=not gap)
    right = _groups(tail, last=True) if gap else []
    if left is None or right is None:
        return None
    missing = 8 - len(left) - len(right)
    if (missing < 1) if gap else (missing != 0):
        return None
    value = 0
    for group in [*left, *[0] * missing, *right]:
        value = value * 0x10000 + group
    return value


def _groups(text: str, *, last: bool) -> list[int] | None:
    if not text:
        return []
    found: list[int] = []
    parts = text.split(":")
    for place, part in enumerate(parts):
        if "." in part and last and place == len(parts) - 1:
            v4 = _v4(part)
            if v4 is None:
                return None
            found += [v4 >> 16, v4 & 0xFFFF]
            continue
        group = _number(part, 16, 4)
        if group is None:
            return None
        found.append(group)
    return found
