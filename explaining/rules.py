"""Which rule speaks of what: the numbers of docs/semantics.md."""

START_RULES = {
    "call.presented": "C1",
    "incident.created": "I1",
    "message.received": "M1",
    "appointment.requested": "M4",
    "comment.received": "M5",
    "collision.reported": "M5",
    "crime.recorded": "M6",
    "ward.month_opened": "M7",
}
STOP_RULES = {
    "call.answered": "C1",
    "call.abandoned": "C2",
    "unit.arrived": "I2",
    "unit.staged": "I2",
    "incident.cancelled": "I8",
    "incident.closed": "I8",
    "incident.merged": "I9",
    "message.responded": "M1",
    "appointment.kept": "M4",
    "comment.acknowledged": "M5",
    "collision.contacted": "M5",
    "victim.updated": "M6",
    "case.closed": "M6",
    "meeting.held": "M7",
}
REASON_RULES = {
    "abandoned-in-time": "C2",
    "on-view": "I4",
    "regraded": "I5",
    "cancelled": "I8",
    "no-attendance-required": "I8",
    "merged": "I9",
    "callers-choice": "M4",
    "caller-absent": "M4",
    "case-closed": "M6",
    "stop-before-start": "T7",
    "history-full": "S7",
    "judge-failed": "S7",
    "feed-silent": "S6",
    "never-ran": "S4",
}
CLASS_RULES = {"attend-immediate": "I6", "attend-priority": "I7"}
UNDOING_RULES = {"incident.reopened": "I10", "incident.unmerged": "I9", "incident.released": "I9"}
