"""What everybody tries first, and what merely looks like it."""

import pytest

from coursewire.domain.well_known_passwords import is_well_known


@pytest.mark.parametrize(
    "password",
    [
        "password", "Password1", "P@ssw0rd!", "passw0rd2024", "12345678", "87654321", "11111111",
        "qwertyuiop", "Qwerty123", "qwertz1234", "1q2w3e4r", "1qaz2wsx", "abcd1234", "asdfghjkl",
        "iloveyou", "iloveyou2", "letmein1!", "welcome123", "Welcome2025!", "sunshine", "princess1",
        "dragon123", "superman!!", "trustno1", "starwars77", "football10", "abcabcabc", "zzzzzzzz",
        "adminadmin", "testtest1", "changeme!", "Moodle2024", "20112011", "passwordpassword",
    ],
)  # fmt: skip
def test_it_is_known(password: str) -> None:
    assert is_well_known(password)


@pytest.mark.parametrize(
    "password",
    [
        "a long quiet river", "correct horse 9", "Gr4vel-tapestry", "dragonfly pond", "x7Kd-92pQ",
        "mysunshineisgone", "qwertybeetle", "ñandú corriendo", "passwordless fox",
    ],
)  # fmt: skip
def test_it_is_not(password: str) -> None:
    assert not is_well_known(password)
