"""The plugin as one value."""

from coursewire.plugin import (
    ActivityType,
    Bound,
    BuiltinService,
    ConsolePage,
    Kind,
    Page,
    Plugin,
)
from coursewire_percipio import console, contracts, launch
from coursewire_percipio.asset_import import asset_import
from coursewire_percipio.capabilities import CAPABILITIES
from coursewire_percipio.images import image_upload
from coursewire_percipio.progress import progress_tracking
from coursewire_percipio.settings import SETTINGS
from coursewire_percipio.tables import MIGRATIONS, TABLES

PLUGIN = Plugin(
    name=contracts.COMPONENT,
    title="Percipio",
    version="0.1.0",
    summary="Courses, progress and launches of the Percipio partner.",
    functions=(
        Bound(contracts.asset_import, asset_import),
        Bound(contracts.progress_tracking, progress_tracking),
        Bound(contracts.image_upload, image_upload, outside=True),
    ),
    services=(
        BuiltinService(
            name="Percipio services",
            shortname=contracts.SERVICE,
            functions=(
                contracts.asset_import.name,
                contracts.progress_tracking.name,
                contracts.image_upload.name,
            ),
        ),
    ),
    capabilities=CAPABILITIES,
    settings=SETTINGS,
    tables=TABLES,
    migrations=MIGRATIONS,
    activity_types=(
        ActivityType(name="percipio", kind=Kind(number=901, plural="Percipio", purpose="content")),
    ),
    console_pages=(
        ConsolePage(
            path="connection",
            title="Percipio connection",
            show=console.show_connection,
            button="Test connection",
            act=console.examine_connection,
        ),
        ConsolePage(
            path="attempts",
            title="Percipio attempts",
            show=console.show_attempts,
            filters=console.FILTERS,
            csv=console.attempts_csv,
            is_for=console.may_see_attempts,
        ),
    ),
    pages=(Page(path="/mod/percipio/view.php", answer=launch.page),),
)
