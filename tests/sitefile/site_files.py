"""Random site files that fit: references exist, names are taken once, members are enrolled."""

from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st

from coursewire.sitefile import reading
from coursewire.sitefile.model.access import (
    AuthorisedUser,
    Role,
    RoleAssignment,
    RoleOverride,
    Service,
    Token,
)
from coursewire.sitefile.model.courses import (
    Activity,
    Category,
    CompletionCriteria,
    Course,
    GradeItem,
)
from coursewire.sitefile.model.participation import Enrolment, Group, Grouping, SelfEnrolment
from coursewire.sitefile.model.people import Cohort, ProfileField, User
from coursewire.sitefile.model.site import SiteSection, WebServices
from coursewire.sitefile.model.site_file import SiteFile

T = TypeVar("T")
KIT = Path(__file__).resolve().parents[1] / "conformance"
EVERYTHING = reading.read_path(KIT / "site-2.yaml").file

# What people write: any letters, quotes, tags, signs that mean something in YAML.
_LETTERS = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp", "Zs"))
WORDS = st.one_of(
    st.sampled_from(
        ["on", "yes", "null", "~", "12", "0x1f", "1e3", "a: b", "# x", "- y", "'", "@"]
    ),
    st.text(_LETTERS, min_size=1, max_size=12),
)
TEXTS = st.one_of(
    st.just(""), WORDS, st.sampled_from(["<p>Hi &amp; <b>ho</b></p>", "a\nb\n", " x "])
)
# No answer could show what looks like HTML in these.
PLAIN = WORDS.filter(lambda text: "<" not in text)
LINES = st.one_of(st.just(""), PLAIN, st.sampled_from(["Hi & ho", "a\nb\n", " x "]))
NAMES = st.text("abcdefghijklmnop0123456789", min_size=1, max_size=8)
TIMES = st.sampled_from([0, 1, 1_700_000_000, 4_102_444_800])
MODES: Any = st.sampled_from([0, 1, 2])
CAPABILITIES = ["moodle/course:view", "moodle/user:create", "webservice/rest:use"]
FUNCTIONS = ["core_webservice_get_site_info", "core_user_get_users", "core_group_get_groups"]
HASH = "$argon2id$v=19$m=19456,t=2,p=1$AAAA$BBBB"


def some(values: list[T]) -> st.SearchStrategy[tuple[T, ...]]:
    """Some of the values, each once, in any order."""
    if not values:
        return st.just(())
    return st.lists(st.sampled_from(values), unique=True, max_size=3).map(tuple)


def names(kind: str, draw: Any, most: int = 3) -> list[str]:
    found: list[str] = draw(st.lists(NAMES, unique=True, max_size=most))
    return [f"{kind}{name}" for name in found]


@st.composite
def site_files(draw: Any) -> SiteFile:
    """A whole file, from the ground up."""
    fields = names("f", draw, 2)
    roles = names("r", draw, 2)
    users = names("u", draw, 4)
    categories = names("c", draw)
    courses = names("k", draw)
    cohorts = names("o", draw, 2)
    parts: dict[str, Any] = {
        "site": draw(
            st.builds(SiteSection, fullname=WORDS, shortname=NAMES, lockout_threshold=MODES)
        ),
        "webservices": draw(
            st.builds(WebServices, enabled=st.booleans(), protocols=some(["rest"]))
        ),
        "profile_fields": [
            ProfileField(shortname=name, name=draw(WORDS), visible=draw(MODES)) for name in fields
        ],
        "roles": [draw(a_role(name, roles)) for name in roles],
        "users": [draw(a_user(name, fields)) for name in users],
        "cohorts": [],
    }
    parts["categories"] = [
        Category(
            idnumber=name,
            name=draw(WORDS),
            description=draw(TEXTS),
            parent=draw(st.sampled_from(["", *categories[:place]])),
            visible=draw(st.booleans()),
        )
        for place, name in enumerate(categories)
    ]
    parts["cohorts"] = [
        Cohort(
            idnumber=name,
            name=draw(TEXTS),
            description=draw(TEXTS),
            category=draw(st.sampled_from(["", *categories])),
            visible=draw(st.booleans()),
            members=draw(some(users)),
        )
        for name in cohorts
    ]
    parts["role_assignments"] = draw(assignments(users, roles, categories, courses))
    parts["role_overrides"] = [
        RoleOverride(role=role, capability="moodle/course:update", permission=says, **place)
        for role in [*roles[:1], "student"]
        for says, place in draw(overrides(categories, courses))
    ]
    for course in courses:
        fill_course(draw, parts, course, users, categories, cohorts)
    parts["services"] = [
        Service(
            shortname=name,
            name=f"{name} {draw(WORDS)}",
            enabled=draw(st.booleans()),
            authorised_users_only=draw(st.booleans()),
            functions=draw(some(FUNCTIONS)),
            required_capability=draw(st.sampled_from(["", *CAPABILITIES])),
            authorised_users=tuple(
                AuthorisedUser(user=user, ip_restriction="10.0.0.0/8", valid_until=draw(TIMES))
                for user in draw(some(users))
            ),
        )
        for name in names("s", draw, 2)
    ]
    parts["tokens"] = [
        Token(
            name=f"t{place}",
            user=user,
            service=parts["services"][0].shortname,
            value=f"{place:032x}",
        )
        for place, user in enumerate(users)
        if parts["services"]
    ]
    return SiteFile(**{name: _frozen(value) for name, value in parts.items()})


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def a_role(name: str, roles: list[str]) -> st.SearchStrategy[Role]:
    levels: list[Any] = ["system", "coursecat", "course", "module"]
    return st.builds(
        Role,
        shortname=st.just(name),
        name=TEXTS,
        description=TEXTS,
        archetype=st.sampled_from(["", "student"]),
        capabilities=some(CAPABILITIES),
        assignable_in=some(levels),
        may_assign=some([*roles, "student"]),
    )


@st.composite
def a_user(draw: Any, name: str, fields: list[str]) -> User:
    with_hash = draw(st.booleans())
    return User(
        username=name,
        password=None if with_hash else "Sunny-Day-7!",
        password_hash=HASH if with_hash else None,
        firstname=draw(PLAIN),
        lastname=draw(PLAIN),
        email=f"{name}@school.example",
        idnumber=draw(TEXTS),
        suspended=draw(st.booleans()),
        confirmed=draw(st.booleans()),
        auth=draw(st.sampled_from(["manual", "nologin"])),
        maildisplay=draw(MODES),
        city=draw(LINES),
        country=draw(st.sampled_from(["", "GB", "CH"])),
        department=draw(LINES),
        phone1=draw(st.sampled_from(["", "0049 1", "007"])),
        description=draw(TEXTS),
        custom={field: draw(TEXTS) for field in fields if draw(st.booleans())},
        preferences=draw(st.sampled_from([{}, {"htmleditor": "textarea"}])),
    )


def overrides(categories: list[str], courses: list[str]) -> st.SearchStrategy[Any]:
    """What a role says otherwise, and where."""
    permissions = st.sampled_from(["allow", "prevent", "prohibit"])
    places = [{"category": name} for name in categories] + [{"course": name} for name in courses]
    system = st.tuples(st.sampled_from(["prevent", "prohibit"]), st.just({"system": True}))
    others = [st.tuples(permissions, st.just(place)) for place in places]
    return st.lists(st.one_of(system, *others), max_size=3, unique_by=lambda each: str(each[1]))


@st.composite
def assignments(
    draw: Any, users: list[str], roles: list[str], categories: list[str], courses: list[str]
) -> list[RoleAssignment]:
    places: list[dict[str, Any]] = [{"system": True}]
    places += [{"category": name} for name in categories]
    places += [{"course": name} for name in courses]
    found = {
        (user, role, str(place)): RoleAssignment(user=user, role=role, **place)
        for user in users
        for role in draw(some([*roles, "manager"]))
        for place in draw(st.lists(st.sampled_from(places), max_size=2))
    }
    return list(found.values())


def fill_course(
    draw: Any,
    parts: dict[str, Any],
    course: str,
    users: list[str],
    categories: list[str],
    cohorts: list[str],
) -> None:
    """Add a course with people, groups, activities and grades."""
    enrolled = draw(some(users))
    manual = bool(enrolled) or draw(st.booleans())
    groups = names("g", draw, 2)
    groupings = names("n", draw, 1)
    activities = [draw(an_activity(course, name, groupings, enrolled)) for name in names("a", draw)]
    tracked = [activity.name for activity in activities if activity.completion]
    criteria = st.builds(
        CompletionCriteria,
        aggregation=st.sampled_from(["all", "any"]),
        by_oneself=st.just(True),
        activities=some(tracked),
        grade=st.sampled_from([None, 50.0]),
    )
    kind = draw(st.sampled_from(["topics", "weeks"]))
    new = Course(
        shortname=course,
        fullname=draw(WORDS),
        category=draw(st.sampled_from(["", *categories])),
        visible=draw(st.booleans()),
        format=kind,
        format_options=draw(st.sampled_from([{}, {"hiddensections": 0}])),
        numsections=draw(st.integers(3, 4)),
        startdate=1_700_000_000,
        enddate=draw(st.sampled_from([0, 1_800_000_000])) if kind == "topics" else 0,
        summary=draw(TEXTS),
        summaryformat=draw(st.sampled_from([0, 1, 2, 4])),
        groupmode=draw(MODES),
        groupmodeforce=draw(st.booleans()),
        showgrades=draw(st.booleans()),
        newsitems=draw(st.integers(0, 5)),
        manual_enrolment=manual,
        completion=draw(st.booleans()),
        completionnotify=draw(st.booleans()),
        showreports=draw(st.booleans()),
        showactivitydates=draw(st.booleans()),
        showcompletionconditions=draw(st.booleans()),
        completion_criteria=draw(st.one_of(st.none(), criteria)),
    )
    parts.setdefault("courses", []).append(new)
    parts.setdefault("enrolments", []).extend(
        Enrolment(
            user=user,
            course=course,
            role=draw(st.sampled_from([None, "student", "teacher"])),
            timestart=draw(TIMES),
            timeend=draw(TIMES),
            status=draw(st.sampled_from(["active", "suspended"])),
        )
        for user in enrolled
    )
    parts.setdefault("self_enrolments", []).extend(
        SelfEnrolment(
            course=course,
            name=name,
            enabled=draw(st.booleans()),
            key=draw(st.sampled_from([None, "Open-1!"])),
            role=draw(st.sampled_from(["student", "teacher"])),
            max_enrolled=draw(MODES),
            open_until=draw(TIMES),
            cohort=draw(st.sampled_from(["", *cohorts])),
            members=draw(some(users)),
        )
        for name in names("d", draw, 1)
    )
    parts.setdefault("groups", []).extend(
        Group(
            course=course,
            name=name,
            idnumber=draw(st.sampled_from(["", name])),
            description=draw(TEXTS),
            enrolmentkey=draw(st.sampled_from(["", "Key-1!"])),
            visibility=draw(st.sampled_from([0, 1, 2, 3])),
            participation=draw(st.booleans()),
            members=draw(some(list(enrolled))),
        )
        for name in groups
    )
    parts.setdefault("groupings", []).extend(
        Grouping(course=course, name=name, description=draw(TEXTS), groups=draw(some(groups)))
        for name in groupings
    )
    parts.setdefault("activities", []).extend(activities)
    parts.setdefault("grade_items", []).extend(
        GradeItem(
            course=course,
            name=name,
            max=draw(st.sampled_from([10, 33.3, 100])),
            hidden=draw(st.booleans()),
            grades={user: draw(st.floats(0, 10).map(lambda n: round(n, 4))) for user in enrolled},
        )
        for name in names("i", draw, 2)
    )


@st.composite
def an_activity(
    draw: Any, course: str, name: str, groupings: list[str], enrolled: tuple[str, ...]
) -> Activity:
    kind = draw(st.sampled_from(["assign", "forum", "page", "folder"]))
    graded = kind == "assign" and draw(st.booleans())
    completion: Any = draw(MODES)
    return Activity(
        course=course,
        type=kind,
        name=name,
        idnumber=draw(st.sampled_from(["", name])),
        section=draw(st.integers(0, 3)),
        intro=draw(TEXTS),
        show_description=draw(st.booleans()),
        content=draw(TEXTS) if kind == "page" else "",
        files={"a.txt": draw(TEXTS)} if kind == "folder" and draw(st.booleans()) else {},
        due=draw(TIMES),
        grade=20 if graded else 0,
        grades=dict.fromkeys(enrolled, 12.5) if graded else {},
        groupmode=draw(MODES),
        grouping=draw(st.sampled_from(["", *groupings])),
        visible=draw(st.booleans()),
        completion=completion,
        completion_view=completion == 2,
        completion_use_grade=completion == 2 and graded,
    )
