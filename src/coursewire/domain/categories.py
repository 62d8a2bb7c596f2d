"""Course categories: their tree, and one order over all of it."""

from msgspec import Struct

from coursewire.contracts.errors import MissingRecord, MoodleError
from coursewire.domain import contexts, descriptions
from coursewire.domain import text_limits as limits
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.store import categories as store
from coursewire.store.categories import CategoryRecord
from coursewire.store.session import Session

NAME = 255
# Room for the courses of a category before the next one begins: both share one order.
ROOM = 10_000


class NewCategory(Struct, frozen=True, kw_only=True):
    """A category to be created; parent 0 is the top."""

    name: str
    parent: int = 0
    # None: nobody gave one.
    idnumber: str | None = ""
    description: str = ""
    descriptionformat: int = 1
    visible: int = 1
    theme: str = ""


def get(session: Session, category_id: int) -> CategoryRecord | None:
    """Return a category, or None."""
    return store.get(session, category_id)


def require(session: Session, category_id: int) -> CategoryRecord:
    """Return a category, or raise MissingRecord."""
    found = store.get(session, category_id)
    if found is None:
        raise MissingRecord("category", category_id)
    return found


def place(session: Session, category_id: int) -> Context:
    """Return the context of a category; that of the whole site for the top."""
    if not category_id:
        return contexts.system(session)
    return contexts.get(session, contexts.CATEGORY, category_id)


def create(call: Call, new: NewCategory) -> CategoryRecord:
    """Create a category behind its siblings; who may do that is decided before."""
    with call.transaction():
        session = call.session
        store.lock_tree(session)
        parent = require_parent(session, new.parent)
        descriptions.check_format(new.descriptionformat)
        require_name(new.name)
        require_idnumber(session, new.idnumber)
        visible = new.visible if parent is None or parent.visible else 0
        last = store.last_sortorder(session, parent.path if parent else None)
        store.make_room(session, last, ROOM)
        values = {
            "name": new.name,
            "idnumber": new.idnumber,
            "description": new.description,
            "descriptionformat": new.descriptionformat,
            "parent": new.parent,
            "sortorder": last + ROOM,
            "visible": visible,
            "visibleold": new.visible,
            "theme": new.theme,
            "timemodified": call.now,
            "depth": parent.depth + 1 if parent else 1,
        }
        category_id = store.add(session, values)
        path = f"{parent.path if parent else ''}/{category_id}"
        store.change(session, category_id, {"path": path})
        contexts.create(session, contexts.CATEGORY, category_id, place(session, new.parent))
        call.audit.record("category.create", f"category {category_id}", name=new.name)
        return require(session, category_id)


def require_parent(session: Session, category_id: int) -> CategoryRecord | None:
    """Return the category that a new one shall stand in; None is the top."""
    if not category_id:
        return None
    found = store.get(session, category_id)
    if found is None:
        # Moodle's own spelling.
        raise MoodleError("unknowcategory", f"There is no category {category_id}")
    return found


def require_name(name: str) -> None:
    """Refuse no name and one that is too long; blanks are a name."""
    if not name:
        raise MoodleError("categorynamerequired", "A category needs a name")
    if len(name) > NAME:
        message = f"The name of a category has {NAME} characters at most"
        raise MoodleError("categorytoolong", message)


def require_idnumber(session: Session, idnumber: str | None, own: str | None = None) -> None:
    """Refuse an id number that is too long or taken; a category may keep its own."""
    if not idnumber or idnumber == own:
        return
    if len(idnumber) > limits.IDNUMBER:
        message = f"An ID number has {limits.IDNUMBER} characters at most"
        raise MoodleError("idnumbertoolong", message)
    if store.idnumber_taken(session, idnumber):
        message = f"The ID number {idnumber!r} is already used by another category"
        raise MoodleError("categoryidnumbertaken", message)
