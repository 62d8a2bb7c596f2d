"""How a request wants its texts shaped, and where the files of a text are served."""

from msgspec import Struct

PLACEHOLDER = "@@PLUGINFILE@@/"


class TextSettings(Struct, frozen=True):
    """The `moodlewssetting…` switches of one request.

    `raw`: texts as they are stored. `filter`: content filters run. `fileurl`: the placeholder of
    stored files becomes an address.
    """

    raw: bool = False
    filter: bool = False
    fileurl: bool = True


class FileArea(Struct, frozen=True):
    """The place that the files embedded in a text belong to.

    `base` is the site's address without a final slash; an area without item id has None.
    """

    base: str
    contextid: int
    component: str
    area: str
    itemid: int | None = None

    @property
    def address(self) -> str:
        """Where a client with a token fetches the files of this area."""
        item = "" if self.itemid is None else f"/{self.itemid}"
        place = f"{self.contextid}/{self.component}/{self.area}{item}"
        return f"{self.base}/webservice/pluginfile.php/{place}"

    def with_addresses(self, text: str) -> str:
        """`text` with the placeholder of stored files replaced by their address."""
        return text.replace(PLACEHOLDER, self.address + "/")
