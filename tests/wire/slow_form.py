"""A slow, plain decoder of form fields, written from the protocol's rules alone, to compare with.

It goes character by character and keeps maps as lists of pairs, so that it shares no trick with
the real one.
"""

from coursewire.wire.form import Tree

Pairs = list[tuple[object, object]]
APPEND = object()
HEX = "0123456789abcdefABCDEF"
BLANKS = " \t\n\v\f\r"


def slow_decode(data: bytes) -> Tree:
    """Decode form fields; no limits."""
    pairs: Pairs = []
    for field in _split(data, ord("&")):
        if field:
            name, value = _name_and_value(field)
            path = slow_path(name)
            if path:
                _insert(pairs, path, value)
    return _as_tree(pairs)


def slow_path(name: str) -> list[object]:
    """Return the keys that a field's name stands for."""
    if "\0" in name:
        name = name[: name.index("\0")]
    while name[:1] == " ":
        name = name[1:]
    head, rest = name, ""
    if "[" in name:
        head, rest = name[: name.index("[")], name[name.index("[") :]
    if not head:
        return []
    head = "".join("_" if letter in ". " else letter for letter in head)
    if rest and "]" not in rest:
        return [_key(head + "".join("_" if letter in ". [" else letter for letter in rest))]
    path: list[object] = [_key(head)]
    while rest[:1] == "[" and "]" in rest:
        label, rest = rest[1 : rest.index("]")], rest[rest.index("]") + 1 :]
        path.append(APPEND if label in ("", *BLANKS) else _key(label))
    return path


def _split(data: bytes, separator: int) -> list[bytes]:
    fields = [b""]
    for byte in data:
        if byte == separator:
            fields.append(b"")
        else:
            fields[-1] += bytes([byte])
    return fields


def _name_and_value(field: bytes) -> tuple[str, str]:
    if b"=" not in field:
        return _text(field), ""
    at = field.index(b"=")
    return _text(field[:at]), _text(field[at + 1 :])


def _text(data: bytes) -> str:
    result = b""
    at = 0
    while at < len(data):
        letter = chr(data[at])
        code = data[at + 1 : at + 3].decode("latin-1")
        if letter == "%" and len(code) == 2 and code[0] in HEX and code[1] in HEX:
            result += bytes([int(code, 16)])
            at += 3
        else:
            result += b" " if letter == "+" else data[at : at + 1]
            at += 1
    return result.decode("utf-8", "surrogateescape")


def _key(label: str) -> object:
    if len(label) > 20 or not all(letter in "-0123456789" for letter in label):
        return label
    try:
        number = int(label)
    except ValueError:
        return label
    return number if str(number) == label and -(2**63) <= number < 2**63 else label


def _insert(pairs: Pairs, path: list[object], value: object) -> None:
    key = path[0]
    if key is APPEND:
        integers = [other for other, _ in pairs if isinstance(other, int)]
        key = max(integers) + 1 if integers else 0
    position = next((n for n, (other, _) in enumerate(pairs) if other == key), len(pairs))
    if position == len(pairs):
        pairs.append((key, ""))
    if len(path) == 1:
        pairs[position] = (key, value)
        return
    below = pairs[position][1]
    if not isinstance(below, list):
        below = []
        pairs[position] = (key, below)
    _insert(below, path[1:], value)


def _as_tree(pairs: Pairs) -> Tree:
    tree: Tree = {}
    for key, value in pairs:
        assert isinstance(key, int | str)
        assert isinstance(value, list | str)
        tree[key] = _as_tree(value) if isinstance(value, list) else value
    return tree
