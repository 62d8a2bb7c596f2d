"""Every form of the console's pages, in an order in which each has something to do (AUD-1).

A record for each thing that changed: whoever makes a service with two functions finds two. The
entrance is not here; what it records stands in tests/console/test_sign_in.py.
"""

from tests.rules.changes import GROUPS, INFO, NEW_PASSWORD, Change, form
from tests.rules.changes_in_courses import COURSE_FORMS

_TOKEN = "/console/tokens/{id:int}"
_KEY = "/console/me/keys/{id:int}"
_PEOPLE = "/console/settings/people"
_PLUGIN = "/console/plugins/{name}"
_SERVICE = "/console/services/{id:int}"
_ROLE = "/console/roles/{id:int}"
_USER = "/console/users/{id:int}"
_ACCOUNT = "/console/account"
_SWITCH = "/console/web-services"
_MINE = "mod_percipio"
_PARTNER = {
    "authenticationmethod": "oauth",
    "clientid": "abc",
    "clientsecret": "not told",
    "organizationid": "0b6bb2ba-4d3b-4d38-9d25-6c0f5f0b1a11",
}
_HEALTH = {"what": "health-check", "who": "new", "new_user": "svc-health", "end": "90"}

_TOKENS = (
    form("/console/tokens/new/summary", **_HEALTH),
    form(
        "/console/tokens/new",
        *("role.create", "role.levels", "role.may_assign", "role.grant", "user.create"),
        *("role.assign", "service.create", "service.add_functions", "service.authorise"),
        *("preset.apply", "token.issue"),
        **_HEALTH,
    ),
    form("/console/tokens/selected", "token.disable", token="1", do="disable"),
    form("/console/tokens/selected", "token.enable", token="1", do="enable"),
    form("/console/tokens/selected", token="1", do="revoke"),
    form(f"{_TOKEN}/disable", "token.disable", at="1"),
    form(f"{_TOKEN}/enable", "token.enable", at="1"),
    form(f"{_TOKEN}/edit", "token.edit", at="1", name="renamed", date="30"),
    form(f"{_TOKEN}/shorten", "token.edit", at="1"),
    form(
        f"{_TOKEN}/fix",
        *("token.edit", "fix.apply"),
        **{"at": "1", "kind": "addresses", "value.token": "1", "value.rules": "10.0.0.1"},
    ),
    form(f"{_TOKEN}/rotate", "token.rotate", at="1", overlap="3600"),
    form(f"{_TOKEN}/leaked", "token.disable", "token.leaked", at="@newest_token"),
    form(f"{_TOKEN}/revoke", "token.revoke", at="1"),
    form(f"{_KEY}/revoke", "token.revoke", at="@newest_token"),
    form(f"{_KEY}/reset", "token.revoke", at="@login_token"),
)
_SERVICES = (
    form("/console/services/new", "service.create", name="Made", shortname="made"),
    form(
        f"{_SERVICE}/duplicate",
        *("service.create", "service.add_functions"),
        at="@service",
        name="Two",
        shortname="two",
    ),
    form(f"{_SERVICE}/settings", "service.edit", at="@service", name="Renamed", enabled="1"),
    form(f"{_SERVICE}/switch", "service.edit", at="@service"),
    form(f"{_SERVICE}/functions/add", "service.add_functions", at="@service", pick=GROUPS),
    form(f"{_SERVICE}/functions/remove", "service.remove_functions", at="@service", name=INFO),
    form(f"{_SERVICE}/users/add", "service.authorise", at="@service", user="person1"),
    form(
        f"{_SERVICE}/users/{{user:int}}/change",
        "service.change_authorisation",
        at="@service/@people.1",
        iprestriction="10.0.0.1",
    ),
    form(f"{_SERVICE}/users/{{user:int}}/remove", "service.deauthorise", at="@service/@people.1"),
    form(f"{_SERVICE}/delete", "service.delete", at="@service", confirmed="Renamed"),
    form(f"{_SWITCH}/web-services", "setting.change"),
    form(f"{_SWITCH}/web-services", "setting.change", on="1"),
    form(f"{_SWITCH}/rest", "setting.change"),
    form(f"{_SWITCH}/rest", "setting.change", on="1"),
)
_PEOPLE_AND_ROLES = (
    form(
        "/console/users/new",
        "user.create",
        username="helen",
        firstname="H",
        lastname="N",
        email="h@x.example",
        password=NEW_PASSWORD,
    ),
    form(f"{_USER}/suspend", "user.suspend", at="@people.1"),
    form(f"{_USER}/unsuspend", "user.unsuspend", at="@people.1"),
    form(f"{_USER}/password", "user.password", at="@people.1", password=NEW_PASSWORD),
    form(f"{_USER}/force-password-change", "user.force_password_change", at="@people.1", on="1"),
    form(f"{_USER}/assign", "role.assign", at="@people.1", role="1", where="site"),
    form(f"{_USER}/unassign", "role.unassign", at="@people.1", role="1", where="site"),
    form(f"{_USER}/delete", "user.delete", at="@people.6", confirm="person6"),
    form(
        "/console/roles/new",
        *("role.create", "role.levels", "role.may_assign", "role.grant"),
        shortname="empty",
    ),
    form(f"{_ROLE}", "role.grant", at="@role", **{"set.moodle/course:update": "1"}),
    form(
        f"{_ROLE}/reach",
        *("role.levels", "role.may_assign", "role.change"),
        **{"at": "@role", "level.10": "1", "target.5": "1", "name": "Mine"},
    ),
    form(f"{_ROLE}/delete", "role.remove", at="@role"),
)
_REST = (
    form("/console/explain", error="accessexception"),
    form("/console/functions/{name}/try", "function.try", at=INFO, who="token", token="@handle"),
    form("/console/settings", "setting.change", area="What is kept", callskept="5000"),
    form("/console/settings", "setting.change", area="Web services", tokenduration="86400"),
    form("/console/users/csv", "list.export"),
    form("/console/tokens/csv", "list.export"),
    form(f"{_PLUGIN}/pages/{{page}}/csv", "list.export", at=f"{_MINE}/attempts"),
    form("/console/audit/export", "audit.export", kind="calls", format="csv"),
    form("/console/audit/export", "audit.export", kind="changes", format="ndjson"),
    form(f"{_PLUGIN}/settings", *["plugin.setting"] * 5, at=_MINE, **_PARTNER),
    form(f"{_PLUGIN}/pages/{{page}}", "percipio.test", at=f"{_MINE}/connection"),
    form(f"{_PLUGIN}/disable", "plugin.disable", at=_MINE),
    form(f"{_PLUGIN}/enable", "plugin.enable", at=_MINE),
    form(
        f"{_PLUGIN}/uninstall",
        *("service.delete", "plugin.uninstall"),
        at=_MINE,
        understood="1",
    ),
    form(_PEOPLE, "console.grant", user="person1", right="viewer"),
    form(_PEOPLE, "console.grant", user="person1", right="operator"),
    form(f"{_PEOPLE}/{{id:int}}/end-sessions", "console.session_end", at="@visitor"),
    form(f"{_PEOPLE}/{{id:int}}/revoke", "console.revoke", at="@people.1"),
    form("/console/theme", theme="dark"),
    form("/console/confirm", next="/console/"),
    form(f"{_ACCOUNT}/sessions/end", "console.session_end", session="@other_session"),
    form(f"{_ACCOUNT}/sessions/end-others"),
    form(f"{_ACCOUNT}/second-factor"),
    form(f"{_ACCOUNT}/second-factor/confirm", "console.second_factor_on", code="@code"),
    form(f"{_ACCOUNT}/second-factor/codes", "console.recovery_codes"),
    form(f"{_ACCOUNT}/second-factor/off", "console.second_factor_off"),
    form(
        f"{_ACCOUNT}/password",
        *("user.password", "console.signin"),
        password=NEW_PASSWORD,
        repeated=NEW_PASSWORD,
    ),
    form("/console/sign-out", "console.signout"),
)
FORMS: tuple[Change, ...] = (*_TOKENS, *_SERVICES, *_PEOPLE_AND_ROLES, *COURSE_FORMS, *_REST)
