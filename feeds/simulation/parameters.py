"""Every number a simulated London is made of: what it says, and in which unit.

Shares are of 1, durations are seconds unless the name says otherwise, hours and weekdays are London's.
The values stand in the profiles (profiles/london.yaml); nothing has a default here.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Grade = Literal["I", "S", "E", "R"]
Share = Annotated[float, Field(ge=0, le=1)]
Positive = Annotated[float, Field(gt=0)]
NotNegative = Annotated[float, Field(ge=0)]
Hours = Annotated[list[NotNegative], Field(min_length=24, max_length=24)]
Weekdays = Annotated[list[NotNegative], Field(min_length=7, max_length=7)]
Staff = Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=24, max_length=24)]
Figure = Literal[
    "answered-999-in-10s",
    "answered-101-in-30s",
    "abandoned-101",
    "immediate-mean-minutes",
    "immediate-in-15",
    "soon-in-60",
]
"""The published figures a simulated week can be held against."""


class Group(BaseModel):
    """A part of a profile: unknown keys and quiet conversions are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Source(Group):
    """Who published a figure."""

    url: Annotated[str, Field(min_length=1, description="Where it was published.")]
    note: Annotated[str, Field(min_length=1, description="What is said there, and how sure that is.")]


class Published(Group):
    """A published figure the simulated week is meant to come close to; nothing is drawn from it."""

    figure: Annotated[Figure, Field(description="Which one.")]
    low: Annotated[NotNegative, Field(description="The figure, or the lower end of a published range.")]
    high: Annotated[NotNegative, Field(description="The same, or the range's upper end.")]
    within: Annotated[NotNegative, Field(description="How far off a simulated week may lie.")]
    source: Source

    @model_validator(mode="after")
    def _a_range(self) -> "Published":
        if self.low > self.high:
            raise ValueError("low is above high")
        return self


class Volumes(Group):
    """How much begins on an average day, all London, before `--rate`."""

    calls_999: Annotated[NotNegative, Field(description="999 calls presented, storms' not counted")]
    calls_101: Annotated[NotNegative, Field(description="non-emergency calls presented")]
    on_view: Annotated[NotNegative, Field(description="incidents officers come upon")]
    other_incidents: Annotated[
        NotNegative, Field(description="incidents without a call: counter, alarm, online")
    ]
    messages: Annotated[NotNegative, Field(description="messages to Safer Neighbourhoods Teams")]
    appointments: Annotated[NotNegative, Field(description="requests to see an officer")]
    comments: Annotated[NotNegative, Field(description="comments on the service")]
    collisions: Annotated[NotNegative, Field(description="collisions reported")]
    crimes: Annotated[NotNegative, Field(description="crimes whose victim is to be kept informed")]
    exercises: Annotated[Share, Field(description="of all that begins, what is an exercise")]


class Rhythm(Group):
    """When it begins: weights, of which only the proportions matter."""

    police_hours: Annotated[Hours, Field(description="calls and incidents by hour of the day, from 00:00")]
    police_weekdays: Annotated[Weekdays, Field(description="the same by weekday, from Monday")]
    office_hours: Annotated[Hours, Field(description="messages and the slow promises by hour")]
    office_weekdays: Annotated[Weekdays, Field(description="the same by weekday")]
    travel_hours: Annotated[Hours, Field(description="how long the roads take by hour, 1 being usual")]


class Shifts(Group):
    """When the people change."""

    at: Annotated[
        list[Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]],
        Field(min_length=1, description="local times at which a shift ends and the next begins, in order"),
    ]
    handover_minutes: Annotated[NotNegative, Field(description="how long fewer are at work after a change")]
    desks_on_handover: Annotated[Share, Field(description="call-takers at work meanwhile")]
    units_on_handover: Annotated[Share, Field(description="units at work meanwhile")]


class CallLine(Group):
    """One line: its callers, its call-takers, and what they hear of."""

    call_takers: Annotated[Staff, Field(description="at work by hour of the day, all London")]
    pick_up_median: Annotated[
        Positive, Field(description="from a free call-taker to the answer: half by then")
    ]
    pick_up_spread: Annotated[NotNegative, Field(description="its spread (sigma of a lognormal)")]
    talk_median: Annotated[Positive, Field(description="half of the conversations are over by then")]
    talk_spread: Annotated[NotNegative, Field(description="their spread")]
    wrap_up: Annotated[NotNegative, Field(description="mean time a call-taker needs after a conversation")]
    patience_median: Annotated[Positive, Field(description="half of the callers would wait no longer")]
    patience_spread: Annotated[NotNegative, Field(description="its spread")]
    slips: Annotated[Share, Field(description="calls made by mistake, given up at once")]
    slip_mean: Annotated[Positive, Field(description="mean time until that")]
    opens_incident: Annotated[Share, Field(description="answered calls that open an incident")]
    grades: Annotated[dict[Grade, Share], Field(min_length=1, description="the grades of these")]


class Calls(Group):
    """Calls: what both lines have in common."""

    line_999: CallLine
    line_101: CallLine
    answered_though_abandoned: Annotated[
        Share, Field(description="abandoned calls that show an answer all the same")
    ]
    answer_never_recorded: Annotated[Share, Field(description="answers nobody recorded")]
    told_next_step: Annotated[Share, Field(description="callers told what happens next")]
    opened_after: Annotated[
        Positive, Field(description="mean time from the answer to the incident, after 8 s")
    ]


class Attendance(Group):
    """How one grade of incident is attended."""

    attended: Annotated[Share, Field(description="incidents somebody is sent to")]
    assess_median: Annotated[
        Positive, Field(description="until a controller asks for a unit: half by then, however many are free")
    ]
    assess_spread: Annotated[NotNegative, Field(description="its spread")]
    travel_median: Annotated[
        Positive, Field(description="half of the units arrive within that, on usual roads")
    ]
    travel_spread: Annotated[NotNegative, Field(description="its spread")]
    further_units: Annotated[NotNegative, Field(description="mean number of units beyond the first, if free")]
    on_scene_median: Annotated[Positive, Field(description="half of the units are free again by then")]
    on_scene_spread: Annotated[NotNegative, Field(description="its spread")]
    vulnerable: Annotated[Share, Field(description="incidents with somebody vulnerable, known at creation")]


class Units(Group):
    """The response units, finite: an incident waits until one is free."""

    by_shift: Annotated[
        list[Positive], Field(min_length=1, description="units at work in all London, a number a shift")
    ]
    reserve: Annotated[Share, Field(description="of a borough's units, those kept for immediate incidents")]
    divert: Annotated[
        Share, Field(description="chance that an immediate incident takes a unit on its way to another")
    ]
    spared: Annotated[Share, Field(description="further units stood down when the first has arrived")]
    staged: Annotated[Share, Field(description="units that wait round the corner before they arrive")]


class Incidents(Group):
    """What befalls incidents."""

    grades_of_others: Annotated[
        dict[Grade, Share], Field(min_length=1, description="grades of incidents without a call")
    ]
    categories: Annotated[dict[str, Share], Field(min_length=1, description="what incidents are about")]
    arrival_never_recorded: Annotated[
        Share, Field(description="attended incidents without a recorded arrival")
    ]
    never_closed: Annotated[Share, Field(description="attended incidents nobody closes")]
    cancelled: Annotated[Share, Field(description="incidents whose caller no longer needs anybody")]
    cancelled_mean: Annotated[
        Positive, Field(description="mean time until that; no matter if attended before")
    ]
    unattended_mean: Annotated[
        Positive, Field(description="mean time until an unattended incident is closed, after 4 min")
    ]
    reopened: Annotated[Share, Field(description="cancelled or unattended incidents that are reopened")]
    reopened_mean: Annotated[Positive, Field(description="mean time until that")]
    merged: Annotated[
        Share, Field(description="incidents that double another of the borough, and are merged")
    ]
    merged_mean: Annotated[Positive, Field(description="mean time until the merge")]
    unmerged: Annotated[Share, Field(description="merges that are undone")]
    unmerged_mean: Annotated[Positive, Field(description="mean time until that")]
    due_told: Annotated[Share, Field(description="absorptions that name the child's deadline")]
    regraded: Annotated[Share, Field(description="incidents regraded")]
    regraded_mean: Annotated[Positive, Field(description="mean time until the regrade")]
    regraded_up: Annotated[Share, Field(description="regrades to a more urgent grade")]
    flagged: Annotated[Share, Field(description="incidents flagged later, vulnerable or ward priority")]
    flagged_mean: Annotated[Positive, Field(description="mean time until the flag")]
    flagged_vulnerable: Annotated[
        Share, Field(description="flags that say vulnerable; the others a ward priority")
    ]
    flag_removed: Annotated[Share, Field(description="vulnerable flags taken away again")]
    flag_removed_mean: Annotated[Positive, Field(description="mean time until that")]
    chased: Annotated[
        Share,
        Field(description="unattended after 20 min, somebody rings: “Police Not Yet Arrived”; then again"),
    ]
    chased_mean: Annotated[Positive, Field(description="mean time until each such call, after those 20 min")]


class Storms(Group):
    """Disturbances: one immediate incident, a burst of calls about it, and many units away for hours."""

    a_week: Annotated[NotNegative, Field(description="how many, all London")]
    calls_mean: Annotated[NotNegative, Field(description="mean number of 999 calls about one")]
    over_minutes: Annotated[Positive, Field(description="mean time a call comes after its beginning")]
    doubled: Annotated[Share, Field(description="of these calls, those that open the incident once more")]
    share_of_units: Annotated[Share, Field(description="of the borough's units, those it wants")]
    hours: Annotated[Positive, Field(description="median time its units stay")]


class Messages(Group):
    """How Safer Neighbourhoods Teams answer."""

    replied: Annotated[Share, Field(description="messages that get a reply at all")]
    reply_median_hours: Annotated[Positive, Field(description="half of the replies are given by then")]
    reply_spread: Annotated[NotNegative, Field(description="their spread")]
    replied_again: Annotated[Share, Field(description="replies with another after them")]
    auto: Annotated[Share, Field(description="messages, not by phone, that an auto-responder answers")]
    redirected: Annotated[Share, Field(description="messages passed to a buddy team or another desk")]
    probes: Annotated[Share, Field(description="mystery shoppers")]


class Contact(Group):
    """The slow promises: appointments, comments, collisions, victims, wards."""

    appointment_made: Annotated[Share, Field(description="requests for which a time is agreed")]
    appointment_hours: Annotated[
        Positive, Field(description="half of the appointments are for that or sooner")
    ]
    appointment_spread: Annotated[NotNegative, Field(description="their spread")]
    callers_choice: Annotated[Share, Field(description="times the caller chose")]
    appointment_kept: Annotated[Share, Field(description="appointments kept")]
    missed_by_police: Annotated[Share, Field(description="of those missed, the police's fault")]
    acknowledged: Annotated[Share, Field(description="comments acknowledged")]
    acknowledged_hours: Annotated[Positive, Field(description="half of these by then")]
    acknowledged_spread: Annotated[NotNegative, Field(description="their spread")]
    contacted: Annotated[Share, Field(description="reporters of collisions who are contacted")]
    contacted_days: Annotated[Positive, Field(description="half of these by then")]
    contacted_spread: Annotated[NotNegative, Field(description="their spread")]
    updated_days: Annotated[
        Positive, Field(description="half of the victims' updates come by then, each time")
    ]
    updated_spread: Annotated[NotNegative, Field(description="their spread")]
    case_closed: Annotated[
        Share, Field(description="of what comes next in a case, its closing, not an update")
    ]
    meetings_held: Annotated[Share, Field(description="wards that meet in a month")]
    meetings_late: Annotated[Share, Field(description="of these meetings, those held after its end")]


class Recording(Group):
    """How imperfectly what happened is recorded."""

    automatic_delay: Annotated[NotNegative, Field(description="mean delay of what telephony and mail record")]
    typed_delay: Annotated[NotNegative, Field(description="mean delay of what somebody types")]
    late: Annotated[Share, Field(description="arrivals keyed long after the button should have been pressed")]
    late_typed: Annotated[Share, Field(description="other typed events recorded long after")]
    late_median: Annotated[Positive, Field(description="half of the late records are in by then")]
    late_spread: Annotated[NotNegative, Field(description="their spread: minutes to hours")]
    bulk: Annotated[Share, Field(description="arrivals keyed in bulk after the end of the shift")]
    bulk_minutes: Annotated[NotNegative, Field(description="how long that keying takes")]
    disordered: Annotated[Share, Field(description="records held up, often past the next of their subject")]
    disordered_mean: Annotated[Positive, Field(description="by how much, in the mean")]
    repeated: Annotated[Share, Field(description="records sent twice, the same to the byte")]
    rerecorded: Annotated[Share, Field(description="records sent again under the same id, recorded anew")]
    renumbered: Annotated[Share, Field(description="records sent again under a new id")]
    mistaken: Annotated[Share, Field(description="arrivals entered in error first, and withdrawn")]
    start_lost: Annotated[Share, Field(description="subjects whose first record was lost")]
    slow_clock: Annotated[Share, Field(description="arrivals stamped by a clock that is minutes behind")]
    slow_clock_minutes: Annotated[Positive, Field(description="by how many, in the mean")]
    clock_error: Annotated[
        NotNegative, Field(description="spread of the terminals' clocks, never over 1.8 s")
    ]


class Silences(Group):
    """Feeds that fall silent: what happens meanwhile is recorded when they are back."""

    a_week: Annotated[NotNegative, Field(description="how often each feed does")]
    minutes_median: Annotated[Positive, Field(description="half of the silences are over by then")]
    minutes_spread: Annotated[NotNegative, Field(description="their spread")]
    catch_up_minutes: Annotated[Positive, Field(description="how long a feed needs to catch up")]


class Profile(Group):
    """A whole city."""

    id: Annotated[str, Field(pattern=r"^[a-z0-9-]+$", description="Its name.")]
    title: Annotated[str, Field(min_length=1, description="What it resembles, for people.")]
    published: Annotated[list[Published], Field(description="What a simulated week is held against.")]
    volumes: Volumes
    rhythm: Rhythm
    shifts: Shifts
    calls: Calls
    units: Units
    attendance: Annotated[dict[Grade, Attendance], Field(min_length=4, description="By grade, all four.")]
    incidents: Incidents
    storms: Storms
    messages: Messages
    contact: Contact
    recording: Recording
    silences: Silences
    warm_up_hours: Annotated[NotNegative, Field(description="lived before the first event is told")]
    followed_hours: Annotated[NotNegative, Field(description="told after the last subject has begun")]

    @model_validator(mode="after")
    def _a_number_a_shift(self) -> "Profile":
        if len(self.units.by_shift) != len(self.shifts.at):
            raise ValueError("units.by_shift wants as many numbers as shifts.at has times")
        if sorted(self.shifts.at) != self.shifts.at:
            raise ValueError("shifts.at wants its times in order")
        return self
