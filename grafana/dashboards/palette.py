"""Colours of Okabe and Ito, which eyes of all kinds tell apart; each always with a word beside it."""

from collections.abc import Mapping

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.models import dashboard as models

MET, BREACHED = "#0072B2", "#D55E00"
AT_RISK = "#ECB740"
"""Their orange, lighter by a quarter: from there on Grafana writes on it in black, and white could not be read."""
UNKNOWN = "#707070"
"""Too few to say, or not known: neither good nor bad. A grey on which white can be read."""
OTHERS = ("#56B4E9", "#F0E442", "#009E73", "#CC79A7", "#E6E6E6")
"""For lines that are neither good nor bad, one after the other."""

STAGES = {"running": ("running", MET), "at-risk": ("at risk", AT_RISK), "breached": ("breached", BREACHED)}
VERDICTS = {
    "met": ("met", MET),
    "breached": ("breached", BREACHED),
    "excluded": ("excluded", UNKNOWN),
    "unverifiable": ("unverifiable", UNKNOWN),
    "running": ("running", UNKNOWN),
    "not known": ("not known", UNKNOWN),
}
TOPICS = ("call-answer", "dispatch", "arrival", "snt-message", "pledge-contact")
STANDARDS = {
    "call-999": "999 calls",
    "call-non-emergency": "Other calls",
    "attend-immediate": "Immediate",
    "attend-priority": "Priority",
    "snt-reply": "Team messages",
    "appointment": "Appointments",
    "comment-ack": "Comments",
    "collision-contact": "Collisions",
    "victim-update": "Victim updates",
    "ward-meeting": "Ward meetings",
}
"""Short names of the standards that packs share; a pack's own standard is shown by its id."""


def steps(colour: str, *from_values: tuple[float, str]) -> builders.ThresholdsConfig:
    """Colours by value: the first below every step, then each from its value on."""
    lowest = models.Threshold(value=None, color=colour)
    higher = [models.Threshold(value=value, color=above) for value, above in from_values]
    return builders.ThresholdsConfig().mode(models.ThresholdsMode.ABSOLUTE).steps([lowest, *higher])


def fixed(colour: str) -> builders.FieldColor:
    """One colour whatever the value."""
    return builders.FieldColor().mode(models.FieldColorModeId.FIXED).fixed_color(colour)


def by_steps() -> builders.FieldColor:
    """The colour of the step that the value has reached."""
    return builders.FieldColor().mode(models.FieldColorModeId.THRESHOLDS)


def words(of: Mapping[str, tuple[str, str]]) -> list[models.ValueMapping]:
    """A word and a colour for each value."""
    return [
        models.ValueMap(
            options={
                value: models.ValueMappingResult(text=word, color=colour, index=index)
                for index, (value, (word, colour)) in enumerate(of.items())
            }
        )
    ]


def names(of: Mapping[str, str]) -> list[models.ValueMapping]:
    """A name for each value, in the colour it has."""
    return [
        models.ValueMap(
            options={
                value: models.ValueMappingResult(text=name, index=index)
                for index, (value, name) in enumerate(of.items())
            }
        )
    ]


def always(word: str, colour: str) -> list[models.ValueMapping]:
    """The word whatever the share is: for one that is better not shown."""
    result = models.ValueMappingResult(text=word, color=colour, index=0)
    return [models.RangeMap(options=models.DashboardRangeMapOptions(from_val=0, to=1, result=result))]
