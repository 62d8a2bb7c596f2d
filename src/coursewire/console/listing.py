"""All pages of the console, listed by hand."""

from coursewire.console.routes import Action
from coursewire.console.views import account, home

ACTIONS: tuple[Action, ...] = (*home.ACTIONS, *account.ACTIONS)
