"""Error codes by function: what tests have seen, each with a meaning."""

from coursewire.contracts import error_codes
from scripts import error_codes as seen


def test_the_list_is_what_was_seen() -> None:
    assert seen.FILE.read_text() == seen.written(), "python -m scripts.error_codes --write"


def test_each_code_has_a_meaning_and_no_other() -> None:
    codes = {code for some in seen.seen().values() for code in some}
    assert codes == set(error_codes.MEANINGS)
    assert not codes & set(error_codes.ALWAYS)


def test_a_function_is_told_its_own_codes() -> None:
    found = error_codes.of("enrol_manual_enrol_users")
    assert {"wsusercannotassign", "wsnoinstance"} <= set(found)
    assert found["wsusercannotassign"] == "The caller may not give this role here."
    assert error_codes.of("local_unknown_function") == {}
