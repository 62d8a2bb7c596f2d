"""A site with the plugin is backed up and restored with the plugin's own rows."""

from pathlib import Path

import pytest

from coursewire.transfer.restore import Place, Wishes, restore
from coursewire_percipio import attempts
from coursewire_percipio.attempts import Wanted
from tests.plugins.percipio import documents
from tests.plugins.percipio.partner_calls import PartnerCalls
from tests.support import making
from tests.support.sites import TestSite, opened
from tests.transfer.test_backup import backed_up


@pytest.mark.slow
def test_attempts_come_back_with_the_site(
    partner: PartnerCalls, site: TestSite, site_address: str, tmp_path: Path
) -> None:
    partner.imports(documents.asset())
    user = making.user(site, "learner")
    assert partner.reports(documents.progress(username=str(user))).json["code"] == 200
    backed_up(site, tmp_path / "backup")
    partner.web.close()
    site.session.connection.close()
    site.database.close()
    place = Place(site_address, tmp_path / "keys.json")
    restore(tmp_path / "backup", place, Wishes(force=True, tokens="keep"), now=site.now)
    with opened(site_address, tmp_path) as restored:
        (row,) = attempts.listed(restored.session, Wanted(), 10)
        assert (row.user_id, row.grade) == (user, 90)
