"""What the caller sees of a person in the site's own profile fields."""

from coursewire.contracts.core_user.profiles import ProfileField
from coursewire.domain.call import Call
from coursewire.domain.profile_fields import TO_ALL, TO_NOBODY
from coursewire.domain.user_facts import Facts
from coursewire.domain.user_places import VIEW_ALL
from coursewire.store.profile_fields import ProfileValue
from coursewire.text.short import format_string


def shown(call: Call, facts: Facts, user_id: int, *, oneself: bool) -> list[ProfileField]:
    """Return those fields in which there is something that the caller may see."""
    return [
        _field(call, held)
        for held in facts.profile_values.get(user_id, ())
        if held.value and _is_seen(call, facts, held, user_id, oneself=oneself)
    ]


def _field(call: Call, held: ProfileValue) -> ProfileField:
    return ProfileField(
        type=held.field.datatype,
        value=held.value,
        displayvalue=format_string(held.value, call.text),
        name=format_string(held.field.name, call.text),
        shortname=held.field.shortname,
    )


def _is_seen(call: Call, facts: Facts, held: ProfileValue, user_id: int, *, oneself: bool) -> bool:
    may = call.permissions.may
    if held.field.visible == TO_ALL:
        return True
    if held.field.visible == TO_NOBODY:
        return may(VIEW_ALL, call.site.system)
    return oneself or may(VIEW_ALL, facts.place(user_id))
