"""Password hashes: the real parameters, Moodle's hashes, equal work (AUTH-1, AUTH-2, AUTH-3)."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from passlib.handlers.bcrypt import bcrypt
from passlib.handlers.sha2_crypt import sha512_crypt

from coursewire.domain.password_hashes import (
    LANES,
    MEMORY_KIB,
    PASSES,
    Argon2,
    Hasher,
    check,
    hashed,
)
from tests.domain.hashers import Counting

CHEAP: Hasher = Counting()

# Of the published description of SHA-512 crypt.
PUBLISHED = [
    (
        "$6$saltstring",
        "Hello world!",
        "svn8UoSVapNtMuq1ukKS4tPQd8iKwSMHWjl/O817G3uBnIFNjnQJuesI68u4OTLiBFdcbYEdFCoEOfaS35inz1",
    ),
    (
        "$6$rounds=10000$saltstringsaltst",
        "Hello world!",
        "OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v.",
    ),
    (
        "$6$rounds=5000$toolongsaltstrin",
        "This is just a test",
        "lQ8jolhgVRVhY4b5pZKaysCLi0QBxGoNeKQzQ3glMhwllF7oGDZxUhx1yxdYcz/e1JSbq3y6JMxxl8audkUEm0",
    ),
    (
        "$6$rounds=1400$anotherlongsalts",
        "a very much longer text to encrypt.  This one even stretches over morethan one line.",
        "POfYwTEok97VWcjxIiSOjiykti.o/pQs.wPvMxQ6Fm7I6IoYN3CmLs66x9t0oSwbtEW7o7UmJEiDwGqd8p4ur1",
    ),
    (
        "$6$rounds=77777$short",
        "we have a short salt string but not a short password",
        "WuQyW2YR.hBNpjjRhpYD/ifIw05xdfeEyQoMxIXbkvr0gge1a1x3yRULJ5CCaUeOxFmtlcGZelFl5CxtgfiAc0",
    ),
]

# Passwords in forms that a careless program would cut, trim, fold or refuse.
ODD = {
    "plain": "Sunny-Day-7!",
    "empty": "",
    "spaces": "  Sunny-Day-7!  ",
    "newline": "Sunny\nDay",
    "accents": "Pässwörd-1",
    "decomposed": "Pa\u0308ssword",
    "cyrillic": "\u043f\u0430\u0440\u043e\u043b\u044c-1",
    "emoji": "\U0001f511\U0001f6aa",
    "joined": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "capitals": "SUNNY-day-7!",
    "quotes": "'\"\\$`;--",
    "right to left": "\u202eevil",
    "71 bytes": "x" * 71,
    "72 bytes": "x" * 72,
    "72 bytes of 36": "é" * 36,
}
_SHA512: Any = sha512_crypt.using(rounds=1000)  # type: ignore[no-untyped-call]  # in its stubs
_BCRYPT: Any = bcrypt.using(rounds=4, ident="2y")
KINDS: dict[str, Callable[[str], str]] = {
    "argon2": lambda text: CHEAP.hash(text.encode()),
    "sha512": lambda text: str(_SHA512.hash(text)),
    "bcrypt": lambda text: str(_BCRYPT.hash(text)),
}
VECTORS = [(kind, name) for kind in KINDS for name in ODD]


def test_auth_2_at_least_40_vectors() -> None:
    assert len(VECTORS) + len(PUBLISHED) >= 40


@pytest.mark.parametrize(("kind", "name"), VECTORS)
def test_auth_2_passwords_are_taken_as_they_are(kind: str, name: str) -> None:
    password = ODD[name]
    stored = KINDS[kind](password)
    assert check(CHEAP, password, stored).ok
    for other in (password + "x", "x" + password, password.strip() + " ", password.swapcase()):
        if other != password:
            assert not check(CHEAP, other, stored).ok


@pytest.mark.parametrize(("salt", "password", "tag"), PUBLISHED)
def test_auth_2_published_vectors_of_sha512_crypt(salt: str, password: str, tag: str) -> None:
    verified = check(CHEAP, password, f"{salt}${tag}")
    assert verified.ok
    assert not check(CHEAP, password + ".", f"{salt}${tag}").ok


AT_MOST = (
    "$6$rounds=1000000$boundofrounds$"
    "IglrHR/6J3J.ermv9NTauZdnyNuBWYwgBiuwDJQybmIt.P.BBLjcLlVzKyOKnMShcZFyM/8Bj0Igb654HOnao."
)
# Right hashes, but they would hold up everybody else for longer than any Moodle's.
DEARER = {
    "sha512": "$6$rounds=1000001$boundofrounds$"
    "ZeW9AIgfCsuMkP6DpiqhI4EhsCjb95Skw5wi.08XNJ2F2ooCqm1GC.dANSQNKogQxlbLAldbvL5/Gn0wNKwSu.",
    "bcrypt": "$2y$16$abcdefghijklmnopqrstuuk0syS6Z3QfovT0M5ITuUXNkyPiMXrri",
}


def test_auth_2_a_million_rounds_of_sha512_crypt_are_still_computed() -> None:
    assert check(CHEAP, "Sunny-Day-7!", AT_MOST).ok


@pytest.mark.parametrize("kind", sorted(DEARER))
def test_auth_3_hashes_of_a_higher_cost_match_nothing(kind: str) -> None:
    counting = Counting()
    assert not check(counting, "Sunny-Day-7!", DEARER[kind]).ok
    assert counting.computations == 1


@pytest.mark.parametrize("kind", ["sha512", "bcrypt"])
def test_auth_2_moodles_hashes_are_replaced_at_the_first_success(kind: str) -> None:
    stored = KINDS[kind]("Sunny-Day-7!")
    verified = check(CHEAP, "Sunny-Day-7!", stored)
    assert verified.replacement.startswith("$argon2id$")
    # Two log-ins at once replace it by the same, so that neither takes the other for a change.
    assert check(CHEAP, "Sunny-Day-7!", stored) == verified
    again = check(CHEAP, "Sunny-Day-7!", verified.replacement)
    assert again.ok
    assert again.replacement == ""
    assert check(CHEAP, "wrong", stored).replacement == ""
    assert stored not in repr(verified)


def test_auth_2_longer_than_72_bytes_is_never_cut_for_bcrypt() -> None:
    stored = KINDS["bcrypt"]("x" * 72)
    assert not check(CHEAP, "x" * 73, stored).ok
    assert not check(CHEAP, "é" * 37, KINDS["bcrypt"]("é" * 36)).ok


def test_auth_2_longer_than_128_characters_is_refused_before_hashing() -> None:
    counting = Counting()
    stored = counting.hash(b"x" * 128)
    assert check(counting, "x" * 128, stored).ok
    before = counting.computations
    assert not check(counting, "x" * 129, counting.hash(b"x" * 129)).ok
    assert counting.computations == before + 1  # the one of this test


@pytest.mark.parametrize("password", ["a\x00b", "\x00", "\udcff", "\ufffe"])
def test_auth_2_nul_and_odd_characters_are_allowed(password: str) -> None:
    stored = hashed(CHEAP, password)
    assert check(CHEAP, password, stored).ok
    assert not check(CHEAP, password.replace("\x00", ""), stored).ok or "\x00" not in password
    for kind in ("sha512", "bcrypt"):
        assert not check(CHEAP, password, KINDS[kind]("other")).ok


@pytest.mark.parametrize(
    "stored",
    [
        None,
        "",
        "not cached",
        "x",
        "$1$abc$def",
        "5f4dcc3b5aa765d61d8327deb882cf99",
        "$6$",
        "$6$rounds=x$salt$tag",
        "$6$rounds=999999999$salt$tag",
        "$2y$10$",
        "$2y$31$" + "a" * 53,
        "$2y$xx$" + "a" * 53,
        "$argon2id$damaged",
    ],
)
def test_auth_3_whatever_is_stored_costs_one_computation(stored: str | None) -> None:
    counting = Counting()
    assert not check(counting, "password", stored).ok
    assert counting.computations == 1


def test_auth_3_right_and_wrong_cost_the_same() -> None:
    counting = Counting()
    for stored in (counting.hash(b"right"), KINDS["sha512"]("right"), KINDS["bcrypt"]("right")):
        for password in ("right", "wrong"):
            before = counting.computations
            check(counting, password, stored)
            assert counting.computations == before + 1


def test_auth_1_the_real_parameters() -> None:
    hasher = Argon2()
    stored = hashed(hasher, "Sunny-Day-7!")
    kind, version, parameters, salt, tag = stored.split("$")[1:]
    assert (kind, version) == ("argon2id", "v=19")
    assert parameters == f"m={MEMORY_KIB},t={PASSES},p={LANES}" == "m=19456,t=2,p=1"
    assert [len(base64.b64decode(part + "==")) for part in (salt, tag)] == [16, 32]
    assert check(hasher, "Sunny-Day-7!", stored).ok
    assert not check(hasher, "wrong", stored).ok
    assert not hasher.verify(b"", hasher.unmatchable)
    assert not hasher.verify(b"", "$argon2id$damaged")
    assert hashed(hasher, "Sunny-Day-7!") != stored


def test_auth_3_the_hash_that_no_password_has_is_of_the_real_parameters() -> None:
    kind, version, parameters, salt, tag = Argon2().unmatchable.split("$")[1:]
    assert (kind, version, parameters) == ("argon2id", "v=19", "m=19456,t=2,p=1")
    assert [len(base64.b64decode(part + "==")) for part in (salt, tag)] == [16, 32]


@pytest.mark.parametrize(
    "weaker", [{"memory_kib": MEMORY_KIB - 1}, {"passes": PASSES - 1}, {"lanes": LANES - 1}]
)
def test_auth_1_the_floor_is_enforced(weaker: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least"):
        Argon2(**weaker)


def test_auth_1_older_parameters_are_replaced() -> None:
    older = hashed(Argon2(), "Sunny-Day-7!")
    newer = Argon2(memory_kib=MEMORY_KIB + 1024)
    verified = check(newer, "Sunny-Day-7!", older)
    assert f"m={MEMORY_KIB + 1024}" in verified.replacement
    assert check(newer, "Sunny-Day-7!", verified.replacement).replacement == ""
