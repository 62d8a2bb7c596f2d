"""All pages of the console, listed by hand."""

from coursewire.console.routes import Action
from coursewire.console.views import (
    account,
    audit,
    console_people,
    explain,
    home,
    my_keys,
    plugins,
    service_functions,
    service_list,
    service_page,
    service_users,
    site_settings,
    token_care,
    token_issue,
    token_list,
    token_page,
    web_services,
)

ACTIONS: tuple[Action, ...] = (
    *home.ACTIONS,
    *account.ACTIONS,
    *token_issue.ACTIONS,
    *token_list.ACTIONS,
    *token_page.ACTIONS,
    *audit.ACTIONS,
    *console_people.ACTIONS,
    *explain.ACTIONS,
    *my_keys.ACTIONS,
    *site_settings.ACTIONS,
    *token_care.ACTIONS,
    *plugins.ACTIONS,
    *service_list.ACTIONS,
    *service_functions.ACTIONS,
    *service_users.ACTIONS,
    *service_page.ACTIONS,
    *web_services.ACTIONS,
)
