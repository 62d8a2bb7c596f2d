"""Users and cohorts as a Moodle shows them."""

from collections.abc import Iterable
from typing import Any

from coursewire.transfer.moodle.fitting import Addresses, Names, known_country, known_language
from coursewire.transfer.moodle.source import NoAnswer, Source, name_of, pieces

Entry = dict[str, Any]

# How many users are asked for by id at a time.
PIECE = 100
_KEPT = (
    "idnumber",
    "city",
    "institution",
    "department",
    "phone1",
    "phone2",
    "address",
    "description",
    "middlename",
    "alternatename",
    "firstnamephonetic",
    "lastnamephonetic",
    "timezone",
)
# What addresses are made of, as patterns: a bare underscore would stand for any letter.
_LETTERS = (*"0123456789.+-'@", r"\_", *"abcdefghijklmnopqrstuvwxyz")
# So many parts of the search are tried where none is answered, and so small ones; and so many that
# fail with nobody found between them: parts that match nobody are answered by any site.
_ENOUGH = 10
_LONGEST_START = 3
_IN_VAIN = 50
_GUEST = "guest"
# Ways of logging in: the usual one, and the one that keeps somebody out.
_BY_PASSWORD, _NO_LOGIN = "manual", "nologin"
SEARCH, LOST = "core_user_get_users", "users that are in no course"
_WHY_IN_PARTS = (
    "the site does not tell of all at once, and was asked by the first letters of e-mail addresses:"
    " those without one, or with others than a to z, digits and .+-'@_ there, are missing"
)
LEFT_OUT = "users whom the search for all left out"
_WHY_LEFT_OUT = (
    "it finds those whose addresses the token may see (moodle/site:viewuseridentity); these came"
    " with their courses, others who are in none are missing"
)

# Nothing tells who saw a profile field there: nobody is to see more here.
_TO_THEMSELVES = 1


class People:
    """The users of a site, gathered from wherever they show."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._users: dict[int, Entry] = {}
        self._fields: dict[str, Entry] = {}
        self._no_name: set[int] = set()
        # Whether the site was asked for everybody at once, and answered.
        self._is_searched = False
        # Parts of the search that failed since somebody was found.
        self._in_vain = 0
        self._addresses = Addresses(source.hidden)

    def find_all(self) -> None:
        """Ask for everybody whom the token may find; in parts, where that is too much at once."""
        if not self._source.offers(SEARCH, LOST):
            return
        try:
            if failed := self._unanswered([""]):
                self._find_in_parts(failed)
        except NoAnswer as problem:
            self._source.hidden.add(LOST, str(problem))

    def _find_in_parts(self, failed: list[str]) -> None:
        """Ask for the starts that are too much at once, letter by letter."""
        while failed:
            failed = self._unanswered([start + letter for start in failed for letter in _LETTERS])
        self._source.hidden.add(LOST, _WHY_IN_PARTS)

    def _unanswered(self, starts: list[str]) -> list[str]:
        """Take those whose addresses begin so; return the starts that are still too much at once.

        Raises NoAnswer where part after part fails as the whole did: then it was not too much.
        """
        failed: list[str] = []
        for place, start in enumerate(starts, 1):
            try:
                self._find(start)
            except NoAnswer as problem:
                self._in_vain += 1
                if self._in_vain == _IN_VAIN:
                    raise
                if _length(start) >= _LONGEST_START:
                    self._source.hidden.add(LOST, str(problem))
                    continue
                failed.append(start)
                if len(failed) == place == _ENOUGH:
                    raise
        return failed

    def _find(self, start: str) -> None:
        criteria = [{"key": "email", "value": f"{start}%"}]
        found = self._source.attempt(LOST, SEARCH, criteria=criteria)
        if found is None:
            return
        # Not even all parts together are everybody.
        self._is_searched = not start
        if found["users"]:
            self._in_vain = 0
        self._take(found["users"])

    def see(self, users: Iterable[Entry]) -> None:
        """Take users who showed up in a course; those not known yet are asked for by id."""
        shown = {int(user["id"]): user for user in users}
        unknown = sorted(shown.keys() - self._users.keys() - self._no_name)
        if self._is_searched:
            # Others whom it left out show up nowhere.
            self._source.hidden.add(LEFT_OUT, _WHY_LEFT_OUT, len(unknown))
        for ids in pieces(unknown, PIECE):
            values = [str(one) for one in ids]
            found = self._source.rows(
                "details of users", "core_user_get_users_by_field", field="id", values=values
            )
            self._take(found)
            self._take(shown[one] for one in ids if one not in self._users)

    def _take(self, users: Iterable[Entry]) -> None:
        for user in users:
            number = int(user["id"])
            name = str(user.get("username", "")).strip().lower()
            if not name:
                if number not in self._no_name:
                    self._no_name.add(number)
                    self._source.hidden.add(
                        "users without a user name", "the token may not see their user names"
                    )
            elif name != _GUEST and number not in self._users:
                self._users[number] = self._entry(name, user)

    def _entry(self, name: str, user: Entry) -> Entry:
        number, email = int(user["id"]), str(user.get("email") or "")
        entry: Entry = {
            "username": name,
            "firstname": _text(user, "firstname") or _text(user, "fullname") or name,
            "lastname": _text(user, "lastname") or "-",
            "email": self._addresses.usable(email, name, number),
            **{field: str(user[field]) for field in _KEPT if user.get(field)},
        }
        if lang := known_language(user.get("lang"), "users", self._source.hidden):
            entry["lang"] = lang
        if country := known_country(user.get("country"), self._source.hidden):
            entry["country"] = country
        if user.get("auth") == _NO_LOGIN:
            entry["auth"] = _NO_LOGIN
        elif user.get("auth", _BY_PASSWORD) != _BY_PASSWORD:
            self._source.hidden.add(
                "other ways of logging in", "they come as accounts with a password, still to be set"
            )
        if user.get("suspended"):
            entry["suspended"] = True
        elif "suspended" not in user:
            self._source.hidden.add(
                "which accounts are suspended", "the site hides it from the token; none comes so"
            )
            self._source.hidden.add_fields("users", name, ["suspended"])
        if user.get("confirmed") is False:
            entry["confirmed"] = False
        custom = {
            str(field["shortname"]): str(field["value"])
            for field in user.get("customfields", [])
            if field.get("value") and self._knows_field(field)
        }
        if custom:
            entry["custom"] = custom
        return entry

    def _knows_field(self, field: Entry) -> bool:
        if field.get("type", "text") != "text":
            self._source.hidden.add(
                "values of profile fields that are no text",
                f"a field of type {field.get('type')} cannot be kept here",
            )
            return False
        shortname = str(field["shortname"])
        self._fields[shortname] = {
            "shortname": shortname,
            "name": str(field["name"]),
            "visible": _TO_THEMSELVES,
        }
        return True

    def name_of(self, number: int) -> str | None:
        """Return the user name of an id, if it is known."""
        found = self._users.get(number)
        return str(found["username"]) if found else None

    def names_of(self, numbers: Iterable[int]) -> list[str]:
        """Return the user names of those that are known, sorted."""
        return sorted(name for number in numbers if (name := self.name_of(number)))

    @property
    def users(self) -> list[Entry]:
        """The entries of the section `users`, by user name."""
        return sorted(self._users.values(), key=_username)

    @property
    def fields(self) -> list[Entry]:
        """The entries of the section `profile_fields`."""
        return [self._fields[name] for name in sorted(self._fields)]


def cohorts(source: Source, people: People) -> list[Entry]:
    """Return the entries of the section `cohorts`."""
    found = source.rows("cohorts", "core_cohort_get_cohorts")
    if not found:
        return []
    numbers = [int(cohort["id"]) for cohort in found]
    members: dict[int, list[int]] = {}
    for ids in pieces(numbers, PIECE):
        listed = source.rows(
            "members of cohorts", "core_cohort_get_cohort_members", cohortids=list(ids)
        )
        members.update({int(one["cohortid"]): one["userids"] for one in listed})
    for cohort in found:
        people.see({"id": number} for number in members.get(int(cohort["id"]), []))
    names = Names("cohort", source.hidden)
    source.hidden.add(
        "categories of cohorts", "no web service tells them; all are in the system", len(found)
    )
    idnumbers = [names.free_idnumber(cohort["idnumber"]) for cohort in found]
    return [
        {
            "idnumber": idnumber or names.made_up(f"cohort-{cohort['id']}"),
            "name": name_of(cohort["name"]).strip() or f"cohort-{cohort['id']}",
            "description": str(cohort["description"] or ""),
            "visible": bool(cohort["visible"]),
            "members": people.names_of(members.get(int(cohort["id"]), [])),
        }
        for cohort, idnumber in zip(found, idnumbers, strict=True)
    ]


def _length(start: str) -> int:
    """Return how many letters a start has: an underscore is written with a stroke before it."""
    return len(start.replace("\\", ""))


def _text(user: Entry, field: str) -> str:
    return str(user.get(field) or "").strip()


def _username(entry: Entry) -> str:
    return str(entry["username"])
