"""The story in one line: the clock, its verdict, and by how much."""

from clocks.finding import BREACHED, EXCLUDED, MET, RUNNING, Finding
from clocks.standard import Standard
from explaining.wording import LocalTimes, allowance, was_up, why
from schemas.times import duration_in_words

ENDED = {
    "call.answered": "it was answered",
    "call.abandoned": "the caller hung up",
    "unit.arrived": "a unit arrived",
    "unit.staged": "a unit waited nearby",
    "incident.cancelled": "it was cancelled",
    "incident.closed": "it was closed, no attendance being required",
    "incident.merged": "it was merged",
    "message.responded": "a reply was sent",
    "appointment.kept": "it was kept",
    "comment.acknowledged": "it was acknowledged",
    "collision.contacted": "the reporter was contacted",
    "victim.updated": "the victim was updated",
    "case.closed": "the case was closed",
    "meeting.held": "the ward met",
}
NOT_ENDED = {
    "call": "nobody had answered",
    "attend": "no unit had arrived",
    "snt": "no reply had been sent",
    "appointment": "it had not been kept",
    "comment": "it had not been acknowledged",
    "collision": "the reporter had not been contacted",
    "victim": "the victim had not been updated",
    "ward": "the ward had not met",
}


def headline(finding: Finding | None, standard: Standard, at: int | None, local: LocalTimes) -> str:
    """The verdict at `at` (ms; None: all played out), and by how much it was kept or broken."""
    if finding is None:
        return f"{EXCLUDED}: {why('never-ran')}"
    verdict = finding.at(finding.breach_at if at is None else at)
    if verdict == RUNNING:
        left = duration_in_words(finding.breach_at - (at or 0))
        return f"{RUNNING}: {left} left of {allowance(finding, standard)}, due at {local(finding.due)}"
    if verdict == BREACHED and finding.stop is None:
        nobody = NOT_ENDED.get(finding.standard.partition("-")[0], "nothing had ended it")
        return f"{BREACHED}: {nobody} when {was_up(finding, standard)}, nor since"
    if verdict in (MET, BREACHED):
        return f"{verdict}: {_stopped(finding, standard)}"
    return f"{verdict}: {why(finding.reason)}"


def _stopped(finding: Finding, standard: Standard) -> str:
    what = ENDED.get(finding.ending or "", "it ended")
    if finding.skew:
        before = duration_in_words(abs(finding.start - (finding.stop or 0)))
        return (
            f"{what} {before} before the start, as the clocks of two systems differ, which counts as at once"
        )
    over = (finding.stop or 0) - finding.due
    up = was_up(finding, standard)
    if over == 0:
        return f"{what} just when {up}" + ("" if finding.verdict == MET else ", which is too late")
    return f"{what} {duration_in_words(abs(over))} {'after' if over > 0 else 'before'} {up}"
