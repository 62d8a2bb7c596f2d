"""Sensible calls of the Percipio plugin's functions in the school of the samples."""

import json

from coursewire_percipio.asset_import import asset_import
from coursewire_percipio.contracts import Document
from tests.plugins.percipio import documents
from tests.presets.samples import Sample, School

_KNOWN = "ALG"


def import_course(of: School) -> None:
    """Make the school's course that of an asset."""
    data = documents.asset(shortname=_KNOWN, fullname="Algebra", category="Known", imageurl="")
    asset_import(of.site.call(), Document(data=data))


def samples(of: School) -> dict[str, list[Sample]]:
    """The calls, by function: a new asset, and a known one with a change of everything."""
    new = documents.asset(shortname="new-asset", category="New")
    changed = documents.asset(
        shortname=_KNOWN,
        fullname="Changed",
        summary="Changed",
        idnumber="X9",
        category="Category 1",
        visible="0",
    )
    reported = documents.progress(username=str(of.ann), courseshortname=_KNOWN)
    return {
        "percipio_asset_import": [Sample({"data": new}), Sample({"data": changed})],
        "percipio_progress_tracking": [Sample({"data": reported})],
        "percipio_image_upload": [Sample({"data": json.dumps({"percipioids": [_KNOWN]})})],
    }
