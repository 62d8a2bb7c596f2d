"""All pages of the console, listed by hand."""

from coursewire.console.routes import Action
from coursewire.console.views import account, home, plugins, token_issue, token_list, token_page

ACTIONS: tuple[Action, ...] = (
    *home.ACTIONS,
    *account.ACTIONS,
    *token_issue.ACTIONS,
    *token_list.ACTIONS,
    *token_page.ACTIONS,
    *plugins.ACTIONS,
)
