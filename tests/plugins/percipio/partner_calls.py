"""The partner's calls of the site's three functions."""

from typing import Any

from tests.support.plugins import PluginWeb
from tests.support.sites import TestSite
from tests.support.web import Answer


class PartnerCalls:
    """Calls with one token."""

    def __init__(self, web: PluginWeb, token: str) -> None:
        self.web = web
        self.token = token

    @property
    def site(self) -> TestSite:
        return self.web.site

    def imports(self, data: str) -> Answer:
        return self._call("percipio_asset_import", data=data)

    def reports(self, data: str) -> Answer:
        return self._call("percipio_progress_tracking", data=data)

    def uploads(self, data: str = "{}") -> Answer:
        return self._call("percipio_image_upload", data=data)

    def without_data(self, function: str) -> Answer:
        return self._call(function)

    def _call(self, function: str, **params: Any) -> Answer:
        return self.web.call(function, self.token, **params)
