"""Documents as the partner publishes them, and the means to vary them."""

import copy
import json
from typing import Any

PERCIPIOID = "4927d207-6e74-4c25-af48-761daa3f6c2c"

ASSET: dict[str, Any] = {
    "fullname": "Cloud Awareness",
    "shortname": PERCIPIOID,
    "summaryformat": "1",
    "summary": "What clouds are.",
    "xapiActivityId": f"https://xapi.example.com/xapi/assessment/{PERCIPIOID}",
    "format": "singleactivity",
    "showgrades": "1",
    "startdate": 1645731651000,
    "visible": "1",
    "groupmode": "0",
    "defaultgroupingid": "0",
    "enablecompletion": "1",
    "completionnotify": "0",
    "lang": "en-US",
    "courseformatoptions": [{"name": "activitytype", "value": "percipio"}],
    "category": "ASSESSMENT",
    "percipiotype": "ASSESSMENT",
    "displaylabel": "Skill BenchMark",
    "link": "https://partner.example.com/cd/P0b9nvWEsQp",
    "imageurl": "https://cdn.example.com/x.jpg",
    "additionalMetadata": {
        "values": [
            {
                "name": "duration",
                "value": "PT30M",
                "customLabel": "Duration",
                "showDisplayLabel": True,
            }
        ],
        "settings": {"showOnSameLine": True, "showDisplayLabel": True},
    },
}

PROGRESS: dict[str, Any] = {
    "username": "3",
    "courseshortname": PERCIPIOID,
    "completionstate": 1,
    "completionmessage": "completed",
    "finalgrade": 90,
    "passingscore": 80,
    "lastscore": 70,
    "percentcomplete": "90",
    "totalduration": "PT4M51S",
    "timecreated": 1567752144000,
    "timerevisited": 1567752144000,
    "timecompleted": 1567752144000,
    "timemodified": 1567752144897,
}


def asset(**changes: Any) -> str:
    """The asset document, with changes."""
    return json.dumps({**copy.deepcopy(ASSET), **changes})


def progress(**changes: Any) -> str:
    """The progress document, with changes."""
    return json.dumps({**PROGRESS, **changes})
