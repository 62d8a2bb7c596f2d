"""What a tree still holds where it may not stand: taken out, its content kept where it can be."""

from coursewire.text.html.elements import ELEMENTS, LISTS
from coursewire.text.html.tree import Node

Children = list[Node | str]


def settle(node: Node) -> None:
    """Give `node` and all below it children that may stand there."""
    for child in node.children:
        if isinstance(child, Node):
            settle(child)
    if node.name in LISTS:
        node.children = _items(node.children)
    elif node.name == "table":
        node.children = _table_parts(node.children)
    else:
        node.children = _fitting(node, node.children)


def _fitting(node: Node, children: Children) -> Children:
    """Those of `children` that `node` may hold; of others what is in them, if it may hold that."""
    kept: Children = []
    waiting = children[::-1]
    while waiting:
        child = waiting.pop()
        if isinstance(child, str):
            if _holds_text(node, child):
                kept.append(child)
        elif child.name in node.holds:
            if not _lacks_children(child):
                kept.append(child)
        else:
            waiting += child.children[::-1]
    return kept


def _holds_text(node: Node, text: str) -> bool:
    return node.rule.text or node.rule.as_around or text.isspace()


def _lacks_children(node: Node) -> bool:
    """Whether `node` is nothing for want of its certain children, such as rows."""
    return node.rule.needs_children and not any(isinstance(child, Node) for child in node.children)


def _items(children: Children) -> Children:
    """The items of a list; what stands between them belongs to the item before it."""
    kept: Children = []
    item: Node | None = None
    for child in children:
        if isinstance(child, str) and child.isspace():
            kept.append(child)
        elif isinstance(child, Node) and child.name == "li":
            item = child
            kept.append(child)
        else:
            item = item or _added(kept, "li")
            item.children += _fitting(item, [child])
    return kept


def _added(children: Children, name: str) -> Node:
    node = Node(name, ELEMENTS[name], ELEMENTS[name].holds, {}, [])
    children.append(node)
    return node


def _table_parts(children: Children) -> Children:
    """The parts of a table, none when it has no rows."""
    parts = [
        child
        for child in children
        if (child.isspace() if isinstance(child, str) else _is_table_part(child))
    ]
    names = {part.name for part in parts if isinstance(part, Node)}
    if "tbody" in names:
        return _with_rows_in_bodies(parts)
    return parts if "tr" in names else []


def _is_table_part(node: Node) -> bool:
    return node.name in ELEMENTS["table"].holds and not _lacks_children(node)


def _with_rows_in_bodies(parts: Children) -> Children:
    """The parts of a table that has a body, the rows outside of one in bodies of their own."""
    kept: Children = []
    body: Node | None = None
    for part in parts:
        if isinstance(part, Node) and part.name == "tr":
            body = body or _added(kept, "tbody")
            body.children.append(part)
        else:
            kept.append(part)
            body = body if isinstance(part, str) else None
    return kept
