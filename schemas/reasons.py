"""Why a clock is excluded or cannot be verified, as people say it."""

REASONS = {
    "abandoned-in-time": "the caller gave up in time",
    "on-view": "officers were already there",
    "regraded": "it was regraded in time",
    "cancelled": "it was cancelled in time",
    "no-attendance-required": "it was closed in time, no attendance being required",
    "merged": "it was merged in time",
    "callers-choice": "the caller chose a later time",
    "caller-absent": "the caller did not come",
    "case-closed": "the case was closed in time",
    "never-ran": "on later evidence it never ran",
    "stop-before-start": "it ended before it began",
    "judge-failed": "it could not be judged",
    "history-full": "too much was recorded of it",
    "feed-silent": "the feed was silent",
}


def reason_in_words(reason: str | None) -> str:
    """A reason's words; an unknown one as it is."""
    return REASONS.get(reason or "", reason or "no reason given")
