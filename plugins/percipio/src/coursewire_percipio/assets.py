"""What a document says of an asset, read and checked before anything is written."""

import json

from coursewire.plugin import (
    Call,
    CustomFieldValue,
    Struct,
    course_dates,
    descriptions,
    text,
)
from coursewire_percipio.documents import Document, blank, unfit

ACTIVITY, SCORM = "percipio", "scorm"
COMPLIANCE = "COMPLIANCE"
FORMAT = "singleactivity"
LANG = "en"
_ADDRESS_LONGEST = 2000


class Asset(Struct, frozen=True, kw_only=True):
    """One asset of the partner: its course, its activity, and what the entry remembers."""

    fullname: str
    shortname: str
    idnumber: str
    summary: str
    summaryformat: int
    startdate: int
    visible: int
    showgrades: int
    groupmode: int
    enablecompletion: int
    completionnotify: int
    customfields: tuple[CustomFieldValue, ...]
    module: str
    launch: str
    link: str
    percipiotype: str
    displaylabel: str
    imageurl: str
    metadata: str


def require_names(document: Document) -> tuple[str, str]:
    """Return full and short name; blank ones are refused, and ids that could not be answered."""
    fullname, shortname = document.text("fullname").strip(), document.text("shortname").strip()
    for key, value in (("fullname", fullname), ("shortname", shortname)):
        if not value:
            raise blank(key)
    if not text.fits("alphanumext", shortname):
        raise unfit("shortname", "made of letters, digits, - and _ only")
    return fullname, shortname


def start(call: Call, document: Document) -> int:
    """Return when the course begins, in seconds."""
    found = document.milliseconds("startdate")
    # Half a second is rounded up, as the partner's side does.
    return course_dates.today(call) if found is None else (found + 500) // 1000


def read(call: Call, document: Document, fullname: str, shortname: str) -> Asset:
    """Return the asset; a format that is none is refused as everywhere."""
    summaryformat = document.whole("summaryformat", 1)
    descriptions.check_format(summaryformat)
    module, launch = _activity(document)
    return Asset(
        fullname=fullname,
        shortname=shortname,
        idnumber=document.text("idnumber"),
        summary=document.text("summary"),
        summaryformat=summaryformat,
        startdate=start(call, document),
        visible=1 if document.whole("visible", 1) else 0,
        showgrades=1 if document.whole("showgrades", 1) else 0,
        groupmode=document.whole("groupmode"),
        enablecompletion=1 if document.whole("enablecompletion", 1) else 0,
        completionnotify=1 if document.whole("completionnotify") else 0,
        customfields=tuple(
            CustomFieldValue(shortname=name, value=value)
            for name, value in document.pairs("customfields", "shortname").items()
        ),
        module=module,
        launch=launch,
        link=_address(document, "link"),
        percipiotype=document.text("percipiotype"),
        displaylabel=document.text("displaylabel"),
        imageurl=_address(document, "imageurl"),
        metadata=json.dumps(document.tree.get("additionalMetadata") or {}),
    )


def _activity(document: Document) -> tuple[str, str]:
    """Return the kind of the activity and the address it starts at."""
    aicc = _address(document, "aicclaunch")
    if document.text("percipiotype").upper() == COMPLIANCE and aicc:
        return SCORM, aicc
    kind = document.pairs("courseformatoptions", "name").get("activitytype", ACTIVITY)
    if kind != ACTIVITY:
        raise unfit("courseformatoptions", f"with the activitytype {ACTIVITY}")
    if not _address(document, "link"):
        raise unfit("link", "the address of the asset")
    launch = _address(document, "xapiActivityId")
    if not launch:
        raise unfit("xapiActivityId", "the address that names the activity")
    return ACTIVITY, launch


def _address(document: Document, key: str) -> str:
    found = document.text(key).strip()
    wrong = len(found) > _ADDRESS_LONGEST or any(ord(letter) <= 32 for letter in found)
    if found and (wrong or not found.startswith(("https://", "http://"))):
        raise unfit(key, "an address that begins with https://")
    return found
