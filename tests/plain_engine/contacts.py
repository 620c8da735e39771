"""Calls, messages and the slow promises: C1, C2, M1-M7."""

from tests.plain_engine.calendar import a_month_after, end_of_month, end_of_working_day
from tests.plain_engine.runs import a_run, cohort, ended, first, from_start, good_stops, in_time, stopped

HOUR = 3_600_000


def calls(events, pack):
    """C1 and C2."""
    start = first(events, "call.presented")
    if start is None:
        return []
    name = "call-999" if start["data"]["line"] == "999" else "call-non-emergency"
    run = _limited(name, start, pack)
    answers = [event for event in events if event["type"] == "call.answered"]
    good, too_early = good_stops(answers, start["time"])
    gone = from_start([each for each in events if each["type"] == "call.abandoned"], start["time"])
    answered = good[0]["time"] if good else None
    if gone and (answered is None or gone[0]["time"] < max(answered, start["time"])):
        if in_time(run, gone[0]["time"]) or answered is None:
            return [ended(run, gone[0]["time"], "abandoned-in-time")]
        return [stopped(run, answered)]
    return [_stopped_at(run, answered, too_early)]


def messages(events, pack):
    """M1-M3."""
    replies = [
        each for each in events if each["type"] == "message.responded" and each["data"]["kind"] == "reply"
    ]
    return _to_one_stop("snt-reply", "message.received", replies, events, pack)


def comments(events, pack):
    """M5."""
    stops = [each for each in events if each["type"] == "comment.acknowledged"]
    return _to_one_stop("comment-ack", "comment.received", stops, events, pack)


def collisions(events, pack):
    """M5: the end of the tenth working day after the local day of the report."""
    stops = [each for each in events if each["type"] == "collision.contacted"]
    return _to_one_stop("collision-contact", "collision.reported", stops, events, pack)


def wards(events, pack):
    """M7."""
    stops = [each for each in events if each["type"] == "meeting.held"]
    return _to_one_stop("ward-meeting", "ward.month_opened", stops, events, pack)


def appointments(events, pack):
    """M4."""
    start = first(events, "appointment.requested")
    if start is None:
        return []
    run = _limited("appointment", start, pack)
    kept_at, too_early = good_stops(
        [each for each in events if each["type"] == "appointment.kept"], start["time"]
    )
    kept = kept_at[0]["time"] if kept_at else None
    others = from_start(events, start["time"])
    made = [
        each
        for each in others
        if each["type"] == "appointment.made" and (kept is None or each["time"] < kept)
    ]
    if made and _callers_choice(made[-1], run):
        return [run | {"excluded": "callers-choice"}]
    absent = [
        each for each in others if each["type"] == "appointment.missed" and each["data"].get("by") == "caller"
    ]
    kept_in_time = kept is not None and in_time(run, kept)
    if not kept_in_time and absent and in_time(run, absent[0]["time"]):
        return [run | {"excluded": "caller-absent"}]
    return [_stopped_at(run, kept, too_early)]


def _callers_choice(made, run):
    chosen = made["data"].get("chosen_by") == "caller" and made["data"]["for"] > run["due"]
    return chosen and in_time(run, made["time"])


def victims(events, pack):
    """M6: one run a round."""
    start = first(events, "crime.recorded")
    if start is None:
        return []
    updates, too_early = good_stops(
        [each for each in events if each["type"] == "victim.updated"], start["time"]
    )
    close = first(from_start(events, start["time"]), "case.closed")
    updates = [each for each in updates if close is None or each["time"] <= close["time"]]
    rounds, begins, known = [], start["time"], start["recorded"]
    for update in updates:
        rounds.append(stopped(_round(begins, known, len(rounds), start, pack), update["time"], begins))
        begins, known = max(update["time"], start["time"]), max(known, update["recorded"])
    last = _round(begins, known, len(rounds), start, pack)
    if close is not None:
        last = ended(last, close["time"], "case-closed")
    elif too_early and not updates:
        last = last | {"unverifiable": "stop-before-start"}
    return [*rounds, last]


def _round(begins, known, number, start, pack):
    due = a_month_after(begins, pack["zone"])
    return a_run("victim-update", begins, due, known, round=number + 1, cohort=cohort(start))


def _to_one_stop(name, start_type, stops, events, pack):
    start = first(events, start_type)
    if start is None:
        return []
    good, too_early = good_stops(stops, start["time"])
    return [_stopped_at(_limited(name, start, pack), good[0]["time"] if good else None, too_early)]


def _stopped_at(run, stop, too_early):
    if stop is not None:
        return stopped(run, stop)
    return run | {"unverifiable": "stop-before-start"} if too_early else run


def _limited(name, start, pack):
    standard = pack["standards"].get(name, {})
    due = _due(name, start, standard, pack["zone"])
    return a_run(
        name, start["time"], due, start["recorded"], standard.get("under", False), cohort=cohort(start)
    )


def _due(name, start, standard, zone):
    if name == "ward-meeting":
        return end_of_month(start["data"]["month"], zone)
    if name == "collision-contact":
        return end_of_working_day(start["time"], standard.get("working_days", 10), zone)
    return start["time"] + standard.get("limit", HOUR)
