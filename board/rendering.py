"""Facts as HTML: a page whole, or its regions part by part."""

from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from alerting.telling import NAMES
from board import asking
from board.live import Regions
from board.screens import Facts, Part
from board.showing import alert_page, clock_page
from board.sources import Sources
from board.trust import STALE_AFTER
from board.wording import MARKS, Times, today
from schemas.times import duration_in_words, parse_time

HERE = Path(__file__).parent
STATIC = HERE / "static"
_DONE = {
    "alert.acknowledged": "you have it",
    "alert.assigned": "assigned",
    "alert.snoozed": "snoozed",
    "alert.commented": "noted",
    "alert.closed": "closed",
    "alert.retried": "it is tried again",
    "alert.handed_over": "handed over",
}
"""What came of an action, for its author."""


def regions(facts: Facts, times: Times) -> Regions:
    """Every region's parts as HTML, by key; what tells whether to believe them is a region of its own."""
    told = {
        "warnings": [Part(each.key, "warning", each) for each in facts.trust.warnings],
        "health": [Part("health", "health", facts.trust)],
        **facts.regions,
    }
    return {name: {part.key: _part(part, times) for part in parts} for name, parts in told.items()}


def times_of(sources: Sources, ticking: bool) -> Times:
    """Times as words; ticking: as the page itself keeps them up to date."""
    now = sources.now()
    return Times(sources.zone, today(now, sources.zone), None if ticking else now)


def page(name: str, sources: Sources, facts: Facts, **given: Any) -> str:
    """A whole page, complete without a script."""
    times = times_of(sources, ticking=False)
    drawn = {
        region: Markup("").join(map(Markup, held.values())) for region, held in regions(facts, times).items()
    }
    told = {"now": sources.now(), "speed": sources.speed, "stale_after": STALE_AFTER}
    return (
        _environment()
        .get_template(name)
        .render(regions=drawn, facts=facts, t=times, **told, **{**facts.given, **given})
    )


def plain_page(name: str, **given: Any) -> str:
    """A page that needs no facts: an error."""
    return _environment().get_template(name).render(**given)


def _part(part: Part, times: Times) -> str:
    if times.now is not None:
        return _drawn(part, times)
    try:
        return _remembered(part, times)
    except TypeError:  # what it shows has no hash: a dict is in it
        return _drawn(part, times)


def _drawn(part: Part, times: Times) -> str:
    template = _environment().get_template(f"parts/{part.template}.html")
    return template.render(key=part.key, item=part.item, t=times)


_remembered = lru_cache(maxsize=8192)(_drawn)
"""Of what ticks by itself: most of what a screen shows is as it was, and many screens show the same."""


@lru_cache
def _environment() -> Environment:
    loader = FileSystemLoader(HERE / "templates")
    made = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals |= {
        "static": _static,
        "alert_page": alert_page,
        "clock_page": clock_page,
        "mark": MARKS,
        "names": NAMES,
        "asking": asking,
        "at": parse_time,
        "in_words": duration_in_words,
        "done_words": _DONE,
    }
    return made


@lru_cache
def _static(name: str) -> str:
    """The address of a file that changes when the file does: browsers may keep it for ever."""
    digest = sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"
