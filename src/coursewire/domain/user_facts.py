"""What must be known of a set of people before any of them is shown, read set by set."""

from collections.abc import Sequence
from functools import cached_property

from coursewire.domain import contexts
from coursewire.domain.call import Call
from coursewire.domain.contexts import Context
from coursewire.store import enrolments, interests, preferences, profile_fields, users
from coursewire.store.profile_fields import ProfileValue
from coursewire.store.users import UserRecord
from coursewire.text import as_stored

WITH_SHARED_COURSES = 2


class Facts:
    """Facts of a set of people; each kind is read when the first of them needs it, for all."""

    def __init__(self, call: Call, people: Sequence[UserRecord]) -> None:
        self._call = call
        self._people = people
        self._ids = [person.id for person in people]

    def place(self, user_id: int) -> Context:
        """Return a person's own context."""
        return self._places.get(user_id, self._call.site.system)

    @cached_property
    def place_ids(self) -> list[int]:
        """The ids of the people's own contexts, in any order."""
        return contexts.ids_of_users(self._call.session, self._ids)

    @cached_property
    def contacts(self) -> set[int]:
        """Who is a contact of any course."""
        roles = self._call.site.course_contact_roles
        return users.with_roles(self._call.session, self._ids, roles)

    @cached_property
    def with_roles(self) -> set[int]:
        """Who holds any role anywhere."""
        return users.with_role_assignments(self._call.session, self._ids)

    @cached_property
    def sharing(self) -> set[int]:
        """Who shows an address to people in the same course, and is in one with the caller."""
        asked = [person.id for person in self._people if person.maildisplay == WITH_SHARED_COURSES]
        call = self._call
        return enrolments.sharing_a_course(call.session, call.caller.id, asked)

    @cached_property
    def are_as_stored(self) -> bool:
        """Whether all descriptions are shown as they are stored."""
        written = [person for person in self._people if person.description]
        texts = [person.description or "" for person in written]
        formats = [person.descriptionformat for person in written]
        return as_stored.are_texts(texts, formats, self._call.text)

    @cached_property
    def interests(self) -> dict[int, list[str]]:
        """What people named as their interests."""
        return interests.of_users(self._call.session, self._ids)

    @cached_property
    def profile_values(self) -> dict[int, list[ProfileValue]]:
        """What people have in the site's own fields."""
        return profile_fields.of_users(self._call.session, self._ids)

    @cached_property
    def own_preferences(self) -> dict[str, str]:
        """The caller's preferences; nobody else's are ever shown."""
        return preferences.of_user(self._call.session, self._call.caller.id)

    @cached_property
    def _places(self) -> dict[int, Context]:
        return contexts.of_users(self._call.session, self._ids)
