"""A subject's story by what the ledger has of it: the same as its events tell, with what was really said and when."""

from collections.abc import Iterator

from clocks.feeds import FEED
from clocks.finding import Finding
from clocks.saying import OPEN_AGAIN, VERDICT, ClockState, Revision, Said, news_of
from clocks.silence import Feeds
from clocks.subject import Subject, decode_record
from explaining.announcements import as_written
from explaining.narrator import Question, stories_of
from explaining.records import part_of
from schemas.stories import Story


def explain_record(question: Question, record: bytes, heard: dict[str, bytes]) -> list[Story]:
    """The stories of a subject's clocks by its ledger record and those of the feeds its partition hears, by key.

    The question's settle plays no part: nothing is played again. What the ledger does not keep is not told: records
    handed over twice or superseded, types no rule reads, what came before the subject was forgotten once (S8).
    """
    feeds = Feeds(question.feeds)
    for key, value in heard.items():
        if key.startswith(FEED):
            feeds.restore(key, value)
    subject = Subject.of(decode_record(record), question.pack)
    said = list(_said(question.subject, subject))
    return stories_of(question, part_of(subject.history), feeds, said, as_written)


def _said(name: str, subject: Subject) -> Iterator[Said]:
    """What was said of its clocks, as the worker that said it had it."""
    for key, state in subject.clocks.items():
        for number, revision in enumerate(state.said):
            yield _revision(name, key, subject, ClockState(said=state.said[:number]), revision)


def _revision(name: str, key: str, subject: Subject, before: ClockState, revision: Revision) -> Said:
    corrected = before.last_verdict() if revision.kind in (VERDICT, OPEN_AGAIN) else None
    standard = key.partition("#")[0]
    return Said(
        clock=f"{name}/{key}",
        subject=name,
        standard=standard,
        kind=revision.kind,
        verdict=revision.verdict,
        reason=revision.reason,
        about=revision.about,
        said_at=revision.said_at,
        revision=len(before.said) + 1,
        corrects=corrected[1] if corrected else None,
        corrects_revision=corrected[0] if corrected else None,
        finding=_finding(standard, revision),
        cohort=subject.judgement.cohort,
        attributes={},
        news=news_of(revision.kind, revision.verdict, before.alarmed()),
        pack=subject.pack,
    )


def _finding(standard: str, revision: Revision) -> Finding | None:
    """Of what was found then a revision keeps the times; None where the clock never ran."""
    start, due = revision.start, revision.due
    if start is None or due is None:
        return None
    return Finding(standard=standard, start=start, due=due, breach_at=due, known=start, stop=revision.stop)
