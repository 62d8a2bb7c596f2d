"""Site files are read exactly, or refused in one clear sentence that names line and field."""

from pathlib import Path

import msgspec
import pytest

from coursewire.sitefile import reading
from coursewire.sitefile.model.entry import Entry
from coursewire.sitefile.model.site_file import SiteFile
from coursewire.sitefile.problems import BadSiteFile

KIT = Path(__file__).resolve().parents[1] / "conformance"

BROKEN: dict[str, tuple[bytes, str]] = {
    "yaml": (b"users: [", "f.yaml, line 1: no valid YAML: did not find expected node content"),
    "latin 1": (b"site: {fullname: Caf\xe9}", "f.yaml: not written in UTF-8 (byte 20)"),
    "a list": (b"[1]", "f.yaml, line 1: must consist of sections such as users and courses"),
    "nesting": (b"[" * 100_000, "f.yaml, line 1: no valid YAML: nested too deeply"),
    "object": (
        b"site: !!python/object/apply:os.system [x]",
        "f.yaml, line 1: no valid YAML: could not determine a constructor for the tag "
        "'tag:yaml.org,2002:python/object/apply:os.system'",
    ),
    "alias": (
        b"users: &x []\ncourses: *x",
        "f.yaml, line 1: no valid YAML: aliases are not supported; write the value out",
    ),
    "merge key": (
        b"site:\n  <<: {fullname: A}",
        "f.yaml, line 2: no valid YAML: merge keys are not supported; write the values out",
    ),
    "same key": (
        b"site:\n  fullname: A\n  fullname: B",
        "f.yaml, line 3: no valid YAML: the key 'fullname' stands here twice",
    ),
    "nul": (
        b'site:\n  fullname: "a\\0b"',
        "f.yaml, line 2: no valid YAML: a text must not hold the character NUL",
    ),
    "date": (
        b"site:\n  fullname: 2026-13-45",
        "f.yaml, line 2: no valid YAML: month must be in 1..12",
    ),
    "no value of its tag": (
        b"site: {}\nwebservices:\n  enabled: !!bool maybe",
        "f.yaml, line 3: no valid YAML: 'maybe' does not fit its tag 'tag:yaml.org,2002:bool'; "
        "leave the tag out",
    ),
    "no time": (
        b"users:\n- !!timestamp soon",
        "f.yaml, line 2: no valid YAML: 'soon' does not fit its tag "
        "'tag:yaml.org,2002:timestamp'; leave the tag out",
    ),
    "a tagged nothing": (
        b"users:\n- !!int ''",
        "f.yaml, line 2: no valid YAML: '' does not fit its tag 'tag:yaml.org,2002:int'; "
        "leave the tag out",
    ),
    "key": (b"{[a]: b}", "f.yaml, line 1: no valid YAML: a key must be a simple text"),
    "section": (
        b"site: {}\nuser: []",
        "f.yaml, line 2, user: there is no section 'user'; did you mean 'users'?",
    ),
    "no list": (
        b"users: {a: 1}",
        "f.yaml, line 1, users: must be a list: every entry begins with a dash",
    ),
    "unknown field": (
        b"groups:\n- course: A\n  name: B\n  membres: []",
        "f.yaml, line 4, groups[0].membres: there is no field 'membres'; did you mean 'members'?",
    ),
    "field without a neighbour": (
        b"webservices: {xyz: 1}",
        "f.yaml, line 1, webservices.xyz: there is no field 'xyz'; there are enabled, protocols",
    ),
    "unknown field inside": (
        b"courses:\n- shortname: A\n  fullname: A\n  completion_criteria:\n    selff: true",
        "f.yaml, line 5, courses[0].completion_criteria.selff: "
        "there is no field 'selff'; did you mean 'self'?",
    ),
    "missing field": (
        b"users:\n- {username: ann, firstname: A, lastname: B}",
        "f.yaml, line 2, users[0]: email is missing",
    ),
    "number for a text": (
        b"courses:\n- shortname: 101\n  fullname: A",
        "f.yaml, line 2, courses[0].shortname: "
        "must be a text, but is a whole number; put it in quotes",
    ),
    "off is false": (
        b"services:\n- name: A\n  shortname: off",
        "f.yaml, line 3, services[0].shortname: "
        "must be a text, but is true or false; put it in quotes",
    ),
    "list for a text": (
        b"courses:\n- shortname: A\n  fullname: A\n  category: [Misc]",
        "f.yaml, line 4, courses[0].category: must be a text, but is a list",
    ),
    "date for a time": (
        b"courses:\n- {shortname: A, fullname: A, startdate: 2026-09-01}",
        "f.yaml, line 2, courses[0].startdate: must be a whole number, but is a date; "
        "a time is written in seconds since 1970, and 0 is none",
    ),
    "moment for a time": (
        b"tokens:\n- {name: A, user: ann, service: s, valid_until: 2026-09-01T10:00:00Z}",
        "f.yaml, line 2, tokens[0].valid_until: must be a whole number, but is a date; "
        "a time is written in seconds since 1970, and 0 is none",
    ),
    "text for a number": (
        b"courses:\n- {shortname: A, fullname: A, numsections: many}",
        "f.yaml, line 2, courses[0].numsections: must be a whole number, but is a text",
    ),
    "choice": (
        b"courses:\n- shortname: A\n  fullname: A\n  groupmode: 7",
        "f.yaml, line 4, courses[0].groupmode: must not be 7; it is one of 0, 1, 2",
    ),
    "bound": (
        b"grade_items:\n- {course: A, name: B, max: 0}",
        "f.yaml, line 2, grade_items[0].max: must be more than 0",
    ),
    "no number": (
        b"grade_items:\n- {course: A, name: B, grades: {ann: .nan}}",
        "f.yaml, line 2, grade_items[0].grades: must be at least -1000000000",
    ),
    "empty": (
        b"site: {fullname: ''}",
        "f.yaml, line 1, site.fullname: must not be empty",
    ),
    "nobody": (
        b"enrolments:\n- course: A\n  role: student\n  user: ''",
        "f.yaml, line 4, enrolments[0].user: must not be empty",
    ),
    "a role without a name": (
        b"role_assignments:\n- {user: ann, system: true, role: ''}",
        "f.yaml, line 2, role_assignments[0].role: must not be empty",
    ),
    "a token for no service": (
        b"tokens:\n- {name: A, user: ann, service: ''}",
        "f.yaml, line 2, tokens[0].service: must not be empty",
    ),
    "token value": (
        b"tokens:\n- {name: A, user: ann, service: s, value: secret}",
        "f.yaml, line 2, tokens[0].value: does not have the form ^[0-9a-f]{32}$",
    ),
    "no place": (
        b"role_assignments:\n- {user: ann, role: teacher}",
        "f.yaml, line 2, role_assignments[0]: "
        "give exactly one of system: true, category and course",
    ),
    "two places": (
        b"role_assignments:\n- {user: ann, role: teacher, system: true, course: A}",
        "f.yaml, line 2, role_assignments[0]: "
        "give exactly one of system: true, category and course",
    ),
    "override": (
        b"role_overrides:\n"
        b"- {role: teacher, capability: 'mod/forum:view', permission: allow, system: true}",
        "f.yaml, line 2, role_overrides[0]: what a role allows in the whole site belongs to the "
        "capabilities of the role",
    ),
    "two passwords": (
        b"users:\n- {username: a, firstname: A, lastname: A, email: a@b.example,"
        b" password: x, password_hash: y}",
        "f.yaml, line 2, users[0]: give password or password_hash, not both",
    ),
    "files of a page": (
        b"activities:\n- {course: A, type: page, name: P, files: {a.txt: x}}",
        "f.yaml, line 2, activities[0]: files belong to activities of type resource or folder",
    ),
    "grades without a maximum": (
        b"activities:\n- {course: A, type: assign, name: P, grades: {ann: 1}}",
        "f.yaml, line 2, activities[0]: grades need a maximum: give grade as well",
    ),
    "unknown hash": (
        b"users:\n- {username: a, firstname: A, lastname: A, email: a@b.example,"
        b" password_hash: 5f4dcc3b5aa765d61d8327deb882cf99}",
        "f.yaml, line 2, users[0]: password_hash must be of Argon2id, SHA-512 crypt or bcrypt",
    ),
    "twice": (
        b"courses:\n- {shortname: A, fullname: A}\n- {shortname: A, fullname: B}",
        "f.yaml, line 3, courses[1]: 'A' is listed already as courses[0]",
    ),
}


@pytest.mark.parametrize(("content", "sentence"), BROKEN.values(), ids=list(BROKEN))
def test_a_broken_file_is_refused_in_one_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(BadSiteFile) as refused:
        reading.read("f.yaml", content)
    assert refused.value.lines == [sentence]


def test_all_broken_entries_are_named_at_once() -> None:
    content = b"users:\n- {username: 1}\n- {username: ann}\ncourse: []\n"
    with pytest.raises(BadSiteFile) as refused:
        reading.read("f.yaml", content)
    assert [line.split(":")[0] for line in refused.value.lines] == [
        "f.yaml, line 2, users[0].username",
        "f.yaml, line 3, users[1]",
        "f.yaml, line 4, course",
    ]


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSiteFile, match=r"none\.yaml: cannot be read: No such file"):
        reading.read_path(tmp_path / "none.yaml")


@pytest.mark.parametrize("name", ["site.yaml", "site-2.yaml"])
def test_the_kits_files_are_read_whole(name: str) -> None:
    found = reading.read_path(KIT / name)
    assert len(found.file.users) > 40
    assert len(found.file.tokens) > 40
    place = found.document.line(("tokens", 3, "value"))
    assert place is not None
    line = (KIT / name).read_text(encoding="utf-8").splitlines()[place - 1]
    assert f"value: {found.file.tokens[3].value}" in line


def test_an_empty_file_and_empty_sections_are_a_site_file() -> None:
    assert reading.read("f.yaml", b"").file == SiteFile()
    assert reading.read("f.yaml", b"users:\nsite:\n").file == SiteFile()


@pytest.mark.parametrize("section", list(reading.LISTS))
def test_fields_named_by_an_entry_exist(section: str) -> None:
    """The comparing goes by these names: a misspelt one would silently compare wrongly."""
    entry = reading.LISTS[section]
    assert issubclass(entry, Entry)
    names = {field.name for field in msgspec.structs.fields(entry)}
    assert {*entry.ONCE, *entry.ADDED, *entry.SETS} <= names


@pytest.mark.parametrize(
    "entry",
    [
        "self_enrolments: [{course: ''}]",
        "groups: [{course: '', name: G}]",
        "groupings: [{course: '', name: G}]",
        "activities: [{course: '', name: P, type: page}]",
        "grade_items: [{course: '', name: Oral}]",
    ],
)
def test_what_belongs_to_no_course_is_told(entry: str) -> None:
    section = entry.partition(":")[0]
    with pytest.raises(BadSiteFile) as caught:
        reading.read("f.yaml", entry.encode())
    assert caught.value.lines == [f"f.yaml, line 1, {section}[0].course: must not be empty"]
