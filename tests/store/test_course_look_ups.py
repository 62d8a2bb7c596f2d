"""Courses are narrowed down by the database, which never leaves one out that has the words."""

import pytest
from sqlalchemy import text

from coursewire.store import course_look_ups
from tests.support import making
from tests.support.sites import TestSite

# U+0130 and U+212A are lowered into letters of A to Z.
NAMES = ("Algebra", "ÉCOLE", "İstanbul", "\u212aelvin Scale", "100 %", "a_b", r"back\slash", "ΣΑΣ")


def test_all_that_hold_a_word_are_returned(site: TestSite) -> None:
    for number, name in enumerate(NAMES):
        making.course(site, f"c{number}", fullname=name)
    everything = dict(course_look_ups.texts(site.session))
    for words in everything.values():
        for start in range(len(words)):
            for end in (start + 1, start + 3, start + 6):
                word = words[start:end]
                wanted = {course for course, held in everything.items() if word in held}
                found = {course for course, _ in course_look_ups.texts(site.session, [word])}
                assert wanted <= found, word


def test_a_word_narrows_down(site: TestSite) -> None:
    made = making.course(site, "c1", fullname="Algebra")
    making.course(site, "c2", fullname="Biology")
    assert [course for course, _ in course_look_ups.texts(site.session, ["algebra"])] == [made]
    assert [course for course, _ in course_look_ups.texts(site.session, ["alg", "zzz"])] == []


@pytest.mark.parametrize("engine_name", ["postgres"], indirect=True)
@pytest.mark.parametrize(
    ("query", "index"),
    [
        (
            "SELECT id FROM courses WHERE " + course_look_ups.WORDS + " LIKE '%algebra%'",  # noqa: S608
            "ix_courses_words_pieces",
        ),
        (
            r"SELECT id FROM users WHERE email_folded LIKE '%@rare.example' ESCAPE '\'",
            "ix_users_email_pieces",
        ),
    ],
)
def test_an_index_finds_the_pieces(site: TestSite, query: str, index: str) -> None:
    site.session.execute(text("SET enable_seqscan = off"))
    plan = "\n".join(str(row[0]) for row in site.session.rows(text(f"EXPLAIN {query}")))
    assert index in plan
