"""What every command does to a site's record of changes (AUD-1).

A command of `CHANGES` is run; one of `READS` has nothing to record; what one of `ELSEWHERE`
records is shown by the test that is named.
"""

from collections.abc import Mapping

from msgspec import Struct

INFO = "core_webservice_get_site_info"
# Stands for the handle of the newest token.
TOKEN = "@token"


class Command(Struct, frozen=True, kw_only=True):
    """A command with arguments, what is typed into it, and the records that it makes."""

    name: str
    arguments: tuple[str, ...] = ()
    stdin: str = ""
    records: tuple[str, ...]


def _does(name: str, *arguments: str, records: tuple[str, ...], stdin: str = "") -> Command:
    return Command(name=name, arguments=arguments, stdin=stdin, records=records)


_ANN = ("--firstname", "Ann", "--lastname", "A", "--email", "ann@x.example")
CHANGES: tuple[Command, ...] = (
    _does("webservices", "on", records=("setting.change",)),
    _does("protocol", "rest", "on", records=("setting.change",)),
    _does("settings set", "callskept", "5000", records=("setting.change",)),
    _does("user create", "ann", *_ANN, stdin="Another.horse1\n", records=("user.create",)),
    _does("user password", "ann", stdin="Another.horse2\n", records=("user.password",)),
    _does("user suspend", "ann", records=("user.suspend",)),
    _does("user suspend", "ann", "--lift", records=("user.unsuspend",)),
    _does(
        "role create",
        "ws",
        records=("role.create", "role.levels", "role.may_assign", "role.grant"),
    ),
    _does("role grant", "ws", "webservice/rest:use", records=("role.grant",)),
    _does("role assign", "ws", "ann", records=("role.assign",)),
    _does("role unassign", "ws", "ann", records=("role.unassign",)),
    _does("service create", "Reports", records=("service.create",)),
    _does("service edit", "Reports", "--name", "Reporting", records=("service.edit",)),
    _does("service functions add", "Reporting", INFO, records=("service.add_functions",)),
    _does("service authorise", "Reporting", "ann", records=("service.authorise",)),
    _does(
        "service authorise",
        *("Reporting", "ann", "--ip", "10.0.0.1"),
        records=("service.change_authorisation",),
    ),
    _does(
        "token issue", "--user", "ann", "--service", "Reporting", "--name", "one",
        records=("token.issue",),
    ),
    _does("token edit", TOKEN, "--name", "two", records=("token.edit",)),
    _does("token rotate", TOKEN, records=("token.rotate",)),
    _does("token revoke", TOKEN, records=("token.revoke",)),
    _does("service functions remove", "Reporting", INFO, records=("service.remove_functions",)),
    _does("service deauthorise", "Reporting", "ann", records=("service.deauthorise",)),
    _does("service delete", "Reporting", "--yes", records=("token.revoke", "service.delete")),
    _does("console grant", "ann", "viewer", records=("console.grant",)),
    _does("console link", "ann", records=("console.link",)),
    _does("console revoke", "ann", records=("console.revoke",)),
    _does("keys rotate", "--prepare", records=("keys.prepare",)),
    _does("keys rotate", records=("keys.rotate",)),
    _does("keys rotate", "--finish", "--yes", records=("keys.finish",)),
    _does(
        "plugin enable",
        "mod_percipio",
        records=("service.create", "service.set_functions", "plugin.enable"),
    ),
    _does(
        "plugin settings set", "mod_percipio", "piiinfo", "on", records=("plugin.setting",)
    ),
    _does("plugin disable", "mod_percipio", records=("plugin.disable",)),
    _does(
        "plugin uninstall",
        *("mod_percipio", "--yes"),
        records=("service.delete", "plugin.uninstall"),
    ),
    _does(
        "preset apply", "health-check", "--yes",
        records=(
            *("role.create", "role.levels", "role.may_assign", "role.grant", "user.create"),
            *("role.assign", "service.create", "service.add_functions", "service.authorise"),
            *("preset.apply", "token.issue"),
        ),
    ),
    _does("apply", "site.yaml", "--yes", records=("category.create", "site_file.apply")),
    _does("export", records=("site.export",)),
    _does("backup", "one", records=("site.backup",)),
)  # fmt: skip
READS = frozenset(
    {
        "audit head", "audit list", "audit seal", "audit verify", "compare", "console list",
        "contracts", "doctor", "functions", "keys list", "openapi", "plugin list",
        "plugin settings get", "preset guide", "preset list", "preset show", "record", "role list",
        "role show", "service list", "service show", "settings get", "token check",
        "token hygiene", "token list", "token scan", "user list", "user show", "verify",
        # Sites and tokens that the person keeps; no site of ours is touched.
        "connection add", "connection list", "connection remove", "connection test",
    }
)  # fmt: skip
_PURGE = "test_aud_7_old_records_are_purged_and_the_rest_verifies"
_LIFE = "tests/server/test_attendance.py::test_aud_1_start_and_stop_are_recorded"
ELSEWHERE: Mapping[str, str] = {
    "audit purge": f"tests/cli/test_audit.py::{_PURGE}",
    "call": "tests/rules/test_aud_1.py::test_aud_1_each_call_leaves_exactly_one_record",
    "import moodle": "tests/cli/test_importing.py::test_aud_1_what_was_copied_is_recorded",
    "init": "nothing: the record begins with the site",
    "migrate": "tests/cli/test_backup.py::test_aud_1_each_step_is_recorded_there_and_back",
    "plugin install": "nothing: it changes the installation; `plugin enable` changes the site",
    "restore": "tests/transfer/test_restore.py::test_the_site_is_again_as_it_was",
    "serve": _LIFE,
    "up": _LIFE,
}
