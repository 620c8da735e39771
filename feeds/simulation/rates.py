"""Every number a simulated day is drawn from, each with what it says and, if published, by whom.

Shares are of 1, durations are seconds unless the name says otherwise. What has no source is a guess that
a control-room supervisor would find believable, no more. "Not read there" marks a figure that is quoted
of a document nobody here has opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

MET_2010 = (
    "Metropolitan Police Authority, Strategic and Operational Policing Committee, 4 March 2010, item 8:"
    " policeauthority.org/metropolitan/committees/sop/2010/100304/08 (as quoted; not read there)"
)
WEST_MERCIA_2021 = (
    "West Mercia, weeks of 2021 at 60 to 63 % against a target of 80 %:"
    " shropshirestar.com/news/crime/2021/05/27"
)
CAMBRIDGESHIRE = (
    "Cambridgeshire, 5 to 17 % abandoned: rtaylor.co.uk/cambridgeshire-police-not-answering-phone.html"
)
MET_2018 = (
    "Met, S grade attended within 60 minutes 81.9 %, I within 15 86.9 %: andrewdismore.org.uk/home/?p=6387"
)
PLEDGE_IN_LONDON = (
    "24 h replies were new in London: policeauthority.org/metropolitan/committees/sop/2009/090903/08"
)


def rate(default: float, about: str, source: str | None = None) -> Any:
    """A parameter of the day: its value, what it says, and who published it."""
    return field(default=default, metadata={"about": about, "source": source})


def shares(about: str, /, **parts: float) -> Any:
    """A parameter that is several shares of one whole, by name (a dash written as an underscore)."""
    fixed = MappingProxyType({name.replace("_", "-"): part for name, part in parts.items()})
    return field(default_factory=lambda: fixed, metadata={"about": about, "source": None})


@dataclass(frozen=True)
class Volumes:
    """How much happens on an average day, all London, before `--rate`."""

    calls_999: float = rate(5_900, "999 calls presented a day")
    calls_101: float = rate(8_000, "non-emergency calls presented a day")
    on_view: float = rate(700, "incidents officers come upon, a day")
    other_incidents: float = rate(600, "incidents opened without a call (counter, alarm, online), a day")
    messages: float = rate(1_300, "messages to Safer Neighbourhoods Teams a day")
    exercises: float = rate(0.001, "calls, incidents and messages that are exercises")


@dataclass(frozen=True)
class CallRates:
    """How calls are answered; the Pledge's limits, 10 s and 30 s, are the feet the shapes stand on."""

    answered_999_in_10s: float = rate(0.88, "999 calls answered within 10 s, of those answered", MET_2010)
    answer_999_median: float = rate(4.0, "half of the 999 calls answered are answered by then")
    answered_101_in_30s: float = rate(
        0.75, "101 calls answered within 30 s, of those answered", WEST_MERCIA_2021
    )
    answer_101_median: float = rate(14.0, "half of the 101 calls answered are answered by then")
    abandoned_999: float = rate(0.025, "999 calls the caller gives up")
    abandoned_101: float = rate(0.08, "101 calls the caller gives up", CAMBRIDGESHIRE)
    patience_999_median: float = rate(7.0, "when half of those who give up a 999 call have done so")
    patience_101_median: float = rate(45.0, "when half of those who give up a 101 call have done so")
    patience_spread: float = rate(0.8, "spread of the patience (sigma of a lognormal)")
    answered_though_abandoned: float = rate(0.03, "abandoned calls that show an answer all the same")
    answer_never_recorded: float = rate(0.001, "answered calls whose answer nobody recorded")
    talk_median: float = rate(150.0, "half of the conversations are over by then")
    talk_spread: float = rate(0.6, "spread of the conversations")
    told_next_step: float = rate(0.93, "callers told what happens next")
    incident_of_999: float = rate(0.62, "answered 999 calls that open an incident")
    incident_of_101: float = rate(0.28, "answered 101 calls that open an incident")
    opened_after: float = rate(75.0, "mean time from the answer to the incident's creation")


@dataclass(frozen=True)
class GradeRates:
    """How one grade of incident is attended."""

    units: float = rate(1.0, "mean number of units beyond the first")
    attended: float = rate(0.9, "incidents somebody is sent to")
    dispatch_median: float = rate(60.0, "half of the first units are sent by then, where one is free")
    travel_median: float = rate(400.0, "half of the units sent arrive within that, on usual roads")
    unresourced: float = rate(0.05, "incidents for which no unit is free")
    unresourced_mean: float = rate(1_500.0, "mean wait for a free unit, where none is")
    diverted: float = rate(0.02, "first units diverted on their way")
    vulnerable: float = rate(0.08, "incidents with somebody vulnerable, known at creation")


# Immediate: the shape gives a mean first arrival of about 11 min, and 89 % within 15.
IMMEDIATE = GradeRates(1.2, 0.985, 60.0, 450.0, 0.08, 2_000.0, 0.02, 0.15)
# Soon: about 81 % within 60 min.
SOON = GradeRates(0.35, 0.93, 480.0, 840.0, 0.29, 5_400.0, 0.06, 0.12)
EXTENDED = GradeRates(0.1, 0.38, 9_000.0, 1_200.0, 0.2, 18_000.0, 0.08, 0.05)
REFERRED = GradeRates(0.02, 0.06, 12_000.0, 1_500.0, 0.2, 20_000.0, 0.05, 0.03)


def _by_grade(about: str, source: str, **grades: GradeRates) -> Any:
    fixed = MappingProxyType(grades)
    return field(default_factory=lambda: fixed, metadata={"about": about, "source": source})


@dataclass(frozen=True)
class IncidentRates:
    """What becomes of incidents."""

    by_grade: Mapping[str, GradeRates] = _by_grade(
        "attendance by grade: I first arrives after 11 min 6 s in the mean, S within 60 min for 82 %",
        f"{MET_2010}; {MET_2018}",
        I=IMMEDIATE,
        S=SOON,
        E=EXTENDED,
        R=REFERRED,
    )
    grades_of_999: Mapping[str, float] = shares("grades of 999 incidents", I=0.22, S=0.48, E=0.16, R=0.14)
    grades_of_101: Mapping[str, float] = shares("grades of 101 incidents", I=0.03, S=0.27, E=0.40, R=0.30)
    grades_of_others: Mapping[str, float] = shares("grades of all others", I=0.12, S=0.43, E=0.30, R=0.15)
    categories: Mapping[str, float] = shares(
        "what incidents are about",
        violence=0.19,
        domestic=0.15,
        antisocial_behaviour=0.18,
        burglary=0.08,
        theft=0.12,
        traffic=0.10,
        concern_for_safety=0.10,
        disorder=0.08,
    )
    travel_spread: float = rate(0.42, "spread of travel times")
    dispatch_spread: float = rate(0.6, "spread of the time until the first unit is sent")
    spared: float = rate(0.25, "further units stood down when the first has arrived")
    staged: float = rate(0.015, "units that wait round the corner before they arrive")
    arrival_never_recorded: float = rate(0.008, "attended incidents without a recorded arrival")
    on_scene_median: float = rate(2_400.0, "half of the attended incidents are closed by then")
    never_closed: float = rate(0.02, "attended incidents nobody closes")
    cancelled: float = rate(0.035, "incidents cancelled before attendance")
    cancelled_mean: float = rate(900.0, "mean time until the cancellation")
    unattended_mean: float = rate(
        1_500.0, "mean time until an incident nobody attends is closed, after 4 min"
    )
    reopened: float = rate(0.04, "cancelled or closed incidents that are reopened")
    reopened_mean: float = rate(600.0, "mean time until that")
    merged: float = rate(0.015, "incidents merged into another of the borough")
    merged_mean: float = rate(420.0, "mean time until the merge")
    unmerged: float = rate(0.12, "merges that are undone")
    unmerged_mean: float = rate(500.0, "mean time until that")
    due_told: float = rate(0.7, "absorptions that name the child's deadline")
    regraded: float = rate(0.06, "incidents regraded")
    regraded_mean: float = rate(480.0, "mean time until the regrade")
    regraded_up: float = rate(0.45, "regrades to a more urgent grade")
    flagged: float = rate(0.05, "incidents flagged later, vulnerable or ward priority")
    flagged_mean: float = rate(400.0, "mean time until the flag")
    flagged_vulnerable: float = rate(0.5, "flags that say vulnerable, the others a ward priority")
    flag_removed: float = rate(0.06, "vulnerable flags taken away again")
    flag_removed_mean: float = rate(600.0, "mean time until that")
    chased: float = rate(0.3, 'incidents of over 20 min on which somebody rings: "Police Not Yet Arrived"')
    chased_mean: float = rate(900.0, "mean time until the call, after those 20 min")


@dataclass(frozen=True)
class MessageRates:
    """How Safer Neighbourhoods Teams answer."""

    replied: float = rate(0.96, "messages that get a reply at all")
    replied_in_24h: float = rate(0.86, "replies within 24 h, of those given", PLEDGE_IN_LONDON)
    reply_median_hours: float = rate(7.0, "half of the replies are given by then")
    replied_again: float = rate(0.06, "replies with another after them")
    auto: float = rate(0.35, "messages, but for those by phone, that an auto-responder answers")
    redirected: float = rate(0.13, "messages passed to a buddy team or another desk")
    probes: float = rate(0.012, "mystery shoppers")


@dataclass(frozen=True)
class RecordingRates:
    """How imperfectly what happened is recorded."""

    automatic_delay: float = rate(0.4, "mean delay of what telephony and mail record themselves")
    typed_delay: float = rate(4.0, "mean delay of what somebody types")
    late: float = rate(0.04, "arrivals keyed long after the button should have been pressed")
    late_typed: float = rate(0.006, "other typed events recorded long after")
    late_median: float = rate(420.0, "half of the late records are in by then")
    late_spread: float = rate(1.1, "spread of the late records")
    disordered: float = rate(0.012, "records overtaken by the next one of their subject")
    repeated: float = rate(0.006, "records sent twice, the same to the byte")
    rerecorded: float = rate(0.003, "records sent again under the same id, recorded anew")
    renumbered: float = rate(0.002, "records sent again under a new id")
    mistaken: float = rate(0.006, "arrivals and cancellations entered in error first, and withdrawn")
    start_lost: float = rate(0.0004, "subjects whose first record was lost")
    slow_clock: float = rate(0.002, "arrivals stamped by a terminal whose clock is minutes behind")
    slow_clock_minutes: float = rate(9.0, "how many minutes behind such a clock is, in the mean")
    clock_error: float = rate(0.6, "spread of the error of the terminals' clocks, never over 1.8 s")


@dataclass(frozen=True)
class Rates:
    """The whole day's parameters."""

    volumes: Volumes = Volumes()
    calls: CallRates = CallRates()
    incidents: IncidentRates = IncidentRates()
    messages: MessageRates = MessageRates()
    recording: RecordingRates = RecordingRates()
