"""A policy for tests: an inspector, after five minutes a chief inspector, after ten a superintendent."""

from pathlib import Path
from typing import Any

import yaml

from alerting.policy import Policy

INSPECTORS = [
    {"who": ["early"], "hours": "07:00-15:00"},
    {"who": ["shah"], "hours": "15:00-23:00"},
    {"who": ["night"], "hours": "23:00-07:00"},
]
PEOPLE = {
    "shah": {"name": "Insp Shah", "addresses": {"sms": "+1", "email": "shah@example.org"}},
    "night": {"name": "Insp Night", "addresses": {"sms": "+2"}},
    "early": {"name": "Insp Early", "addresses": {"sms": "+3"}},
    "chief": {"name": "CI Chief", "addresses": {"sms": "+4", "email": "chief@example.org"}},
    "super": {"name": "Supt Super", "addresses": {"sms": "+5"}},
}
DOCUMENT: dict[str, Any] = {
    "zone": "Europe/London",
    "shifts": ["07:00", "15:00", "23:00"],
    "channels": {
        "sms": {"kind": "webhook", "url": "https://sms.example/{address}", "secret": {"inline": "c2VjcmV0"}},
        "email": {"kind": "apprise", "url": "mailto://example/{address}", "form": "html"},
        "room": {"kind": "console"},
    },
    "people": PEOPLE,
    "roster": {
        "inspector": INSPECTORS,
        "chief": [{"who": ["chief"]}],
        "super": [{"who": ["super"]}],
    },
    "ladders": {
        "full": [
            {"tell": "inspector", "by": ["sms"]},
            {"after": "5m", "tell": "chief", "by": ["sms"]},
            {"after": "10m", "tell": "super", "by": ["sms"]},
        ],
    },
    "quiet": {"nights": {"hours": "22:00-06:00"}},
    "rules": [{"name": "all", "ladder": "full"}],
}


def written(path: Path, **changes: Any) -> Path:
    """The policy in a file, some of its keys changed."""
    path.write_text(yaml.safe_dump(DOCUMENT | changes, sort_keys=False), encoding="utf-8")
    return path


def policy(**changes: Any) -> Policy:
    """The policy, some of its keys changed."""
    return Policy.model_validate(DOCUMENT | changes)


def rules(*each: dict[str, Any]) -> dict[str, Any]:
    """Rules, each with the full ladder unless it names another."""
    return {
        "rules": [{"name": f"rule-{number}", "ladder": "full", **rule} for number, rule in enumerate(each)]
    }
