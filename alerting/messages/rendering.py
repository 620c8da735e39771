"""The templates: ours, and those of the installation that stand in for them."""

import logging
from dataclasses import asdict
from functools import cache
from itertools import product
from pathlib import Path
from traceback import extract_tb

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    TemplateSyntaxError,
    select_autoescape,
)

from alerting.messages.facts import LITTLE, MUCH, Facts
from schemas.errors import PledgeWatchError

TEMPLATES = ("title.txt", "text.txt", "short.txt", "message.html")
log = logging.getLogger(__name__)


class TemplateFaultError(PledgeWatchError):
    """A template of the installation cannot be used.

    Operator action: mend the template the message names, or remove it: the shipped one is used then.
    """


def render(name: str, facts: Facts, overrides: Path | None = None) -> str:
    """One template with the facts; a template of the installation that fails is told of, and ours used: no message
    is kept back because of one.
    """
    if overrides is not None:
        try:
            return _rendered(name, facts, overrides)
        except Exception as failed:  # whatever a template does wrong
            log.error("template %s of %s failed, the shipped one is used: %s", name, overrides, failed)
    return _rendered(name, facts, None)


def check(overrides: Path) -> None:
    """Every template of the installation, tried with all there can be to say, and with the least; TemplateFaultError
    with file and line.
    """
    strange = (
        sorted({path.name for path in overrides.glob("*")} - set(TEMPLATES)) if overrides.is_dir() else []
    )
    if not overrides.is_dir() or strange:
        what = f"{strange[0]} is no template" if strange else "is no folder"
        raise TemplateFaultError(f"{overrides}: {what}; it may have {', '.join(TEMPLATES)}")
    for name, example in product(TEMPLATES, (MUCH, LITTLE)):
        try:
            _rendered(name, example, overrides)
        except Exception as failed:  # whatever a template does wrong
            raise TemplateFaultError(
                f"{overrides / name}:{_line(failed, overrides / name)}: {failed}"
            ) from None


def _line(failed: Exception, template: Path) -> int:
    """Where a template failed: Jinja writes its lines into the traceback."""
    if isinstance(failed, TemplateSyntaxError):
        return failed.lineno
    lines = [frame.lineno for frame in extract_tb(failed.__traceback__) if frame.filename == str(template)]
    return (lines[-1] if lines else None) or 1


def _rendered(name: str, facts: Facts, overrides: Path | None) -> str:
    return _environment(overrides).get_template(name).render(asdict(facts)).strip()


@cache
def _environment(overrides: Path | None) -> Environment:
    ours = PackageLoader("alerting.messages", "templates")
    loader = ours if overrides is None else ChoiceLoader([FileSystemLoader(overrides), ours])
    return Environment(
        loader=loader,
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
