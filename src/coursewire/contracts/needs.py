"""What a function needs of its caller beyond the gate: which capability, where, and what else."""

from typing import Literal

from msgspec import Struct

# Where a need is looked at: the whole site, a course, an activity, or a person's own place.
Place = Literal["site", "course", "activity", "user"]
# `may`: one of the capabilities; `enter`: the place can be entered; `give`: a role can be given;
# `see`: a person is found, by user name and by e-mail too;
# `hidden`: one of the capabilities, where the course is hidden;
# `groups`: the same, where the activity shows groups to which the person does not belong.
Kind = Literal["may", "enter", "give", "see", "hidden", "groups"]
# A call without it is refused, or goes on and returns less.
Effect = Literal["refused", "limited"]


class Need(Struct, frozen=True, kw_only=True):
    """One thing that a function asks of its caller.

    `other` needs matter only when the call is about somebody else than its caller.
    """

    kind: Kind
    place: Place
    why: str
    effect: Effect = "refused"
    capabilities: tuple[str, ...] = ()
    other: bool = False


def may(place: Place, *capabilities: str, why: str, other: bool = False) -> Need:
    """One of the capabilities is needed in a place; the call is refused otherwise."""
    return Need(kind="may", place=place, capabilities=capabilities, why=why, other=other)


def more(place: Place, *capabilities: str, why: str, other: bool = False) -> Need:
    """Without one of the capabilities in a place the call returns less."""
    return Need(
        kind="may",
        place=place,
        capabilities=capabilities,
        why=why,
        effect="limited",
        other=other,
    )


def enter(place: Place, effect: Effect = "refused") -> Need:
    """The caller must be able to enter a place, or what lies in it is left out."""
    words = {"site": "the site", "course": "the course", "activity": "the activity"}
    what = words.get(place, "the place")
    why = f"{what} is entered first" if effect == "refused" else f"{what} is left out if shut"
    return Need(kind="enter", place=place, why=why, effect=effect)
