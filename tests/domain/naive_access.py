"""An independent, slow and simple idea of who may do what, written from the rules' text."""

from dataclasses import dataclass, field

ALLOW, PREVENT, PROHIBIT = 1, -1, -1000
MANAGE_TRUST, CONFIG, XSS, PERSONAL, SPAM, DATA_LOSS = 1, 2, 4, 8, 16, 32
ASSIGN = "moodle/role:assign"


@dataclass
class NaiveAccess:
    """Everything that decides, as plain sets; contexts are a tree of parents."""

    capabilities: dict[str, tuple[str, int]]
    guest: int
    guest_role: int
    default_role: int
    frontpage_role: int
    frontpage: int
    roles: list[int]
    admins: set[int]
    parents: dict[int, int | None]
    levels: dict[int, int]
    users: set[int] = field(default_factory=set)
    settings: dict[tuple[int, int, str], int] = field(default_factory=dict)
    held: set[tuple[int, int, int]] = field(default_factory=set)
    may_give: set[tuple[int, int]] = field(default_factory=set)
    given_at: set[tuple[int, int]] = field(default_factory=set)
    locking: bool = False
    locked: set[int] = field(default_factory=set)

    def way_up(self, context: int) -> list[int]:
        """The context and all that it lies in, nearest first."""
        above = self.parents[context]
        return [context] if above is None else [context, *self.way_up(above)]

    def remove(self, context: int) -> None:
        gone = {place for place in self.parents if context in self.way_up(place)}
        self.parents = {place: up for place, up in self.parents.items() if place not in gone}
        self.held = {row for row in self.held if row[2] not in gone}
        self.settings = {key: value for key, value in self.settings.items() if key[1] not in gone}
        self.locked -= gone

    def may(self, user: int, capability: str, context: int) -> bool:
        if capability not in self.capabilities:
            return False
        kind, risks = self.capabilities[capability]
        way = self.way_up(context)
        if user == self.guest and (kind == "write" or risks & (XSS | CONFIG | DATA_LOSS)):
            return False
        if user != self.guest and user not in self.users:
            return False
        if self.locking and kind == "write" and any(place in self.locked for place in way):
            return False
        if user in self.admins:
            return True
        roles = self.roles_that_count(user, way)
        says = [
            [self.settings.get((role, place, capability), 0) for place in way] for role in roles
        ]
        if any(PROHIBIT in settings for settings in says):
            return False
        nearest = [next((s for s in settings if s != 0), 0) for settings in says]
        return ALLOW in nearest

    def roles_that_count(self, user: int, way: list[int]) -> set[int]:
        if user == self.guest:
            return {self.guest_role}
        roles = {role for who, role, place in self.held if who == user and place in way}
        roles.add(self.default_role)
        if self.frontpage in way:
            roles.add(self.frontpage_role)
        return roles

    def assignable(self, user: int, context: int) -> list[int]:
        if not self.may(user, ASSIGN, context):
            return []
        way = self.way_up(context)
        mine = {role for who, role, place in self.held if who == user and place in way}
        return [
            role
            for role in self.roles
            if (role, self.levels[context]) in self.given_at
            and (user in self.admins or any((held, role) in self.may_give for held in mine))
        ]
