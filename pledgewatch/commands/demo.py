"""`pledgewatch demo`: a London night on this machine alone."""

import asyncio
import logging
import sys
import time
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from clocks.standard import Pack
from pledgewatch.cli import OK, WRONG
from pledgewatch.demo.duty import can_browse
from pledgewatch.demo.running import Demo, Options, Outcome
from pledgewatch.demo.showing import Screen, Tally, standards_table
from pledgewatch.logs import configure_logs
from pledgewatch.options import settings_options
from pledgewatch.settings import Settings
from pledgewatch.verifying.folder import EVENTS, SAID, SETTINGS
from schemas.errors import PledgeWatchError
from standards.loader import load_pack
from streams.embedded import embedded_broker

SPEED = 60.0
QUIET = ("aiokafka", "faust", "mode", "kafka", "asyncio")


@click.command()
@settings_options("standards", "metrics_bind")
@click.option("--seconds", type=click.FloatRange(min=5), help="How long to run.  [default: until Ctrl-C]")
@click.option(
    "--headless", is_flag=True, help="No screen: a line an announcement, and the summary in the end."
)
@click.option("--no-board", is_flag=True, help="No Redis, no duty desk and no duty board.")
@click.option("--no-browser", is_flag=True, help="Do not open the duty board in a browser.")
@click.option(
    "--record", metavar="DIR", help="Leave events.jsonl, said.jsonl and settings.json of the run there."
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed gives the same night.")
@click.option(
    "--speed", type=click.FloatRange(1, 3600), default=SPEED, show_default=True, help="Seconds a second."
)
@click.option(
    "--rate", type=click.FloatRange(0.1, 20), default=1.0, show_default=True, help="How much happens."
)
@click.option(
    "--metrics-port",
    type=click.IntRange(0, 65_535),
    default=0,
    help="Where /metrics is served.  [default: a free one]",
)
@click.pass_context
def command(
    ctx: click.Context,
    settings: Settings,
    seconds: float | None,
    headless: bool,
    no_board: bool,
    no_browser: bool,
    record: str | None,
    seed: int,
    speed: float,
    rate: float,
    metrics_port: int,
) -> None:
    """Watch a simulated Friday night in London, sped up: nothing needs to be installed or running.

    An embedded Kafka broker, a worker and the simulated control rooms run in this process; beside it Redis, the duty
    desk and the duty board, whose address is shown: alerts can be acknowledged there. Ctrl-C ends it all, with a
    summary. `pledgewatch verify DIR` judges a recorded run again.
    """
    begun = time.monotonic()
    headless = headless or not sys.stdout.isatty()
    options = Options(
        standards=settings.standards,
        seconds=seconds,
        seed=seed,
        speed=speed,
        rate=rate,
        metrics_bind=settings.metrics_bind,
        metrics_port=metrics_port,
        record=_folder(record),
        board=not no_board,
        browse=not (headless or no_browser) and can_browse(),
    )
    configure_logs("error", settings.log_format)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    ctx.exit(_run(options, load_pack(settings.standards), headless, begun))


def _folder(record: str | None) -> Path | None:
    if record is None:
        return None
    folder = Path(record)
    folder.mkdir(parents=True, exist_ok=True)
    taken = [name for name in (EVENTS, SAID, SETTINGS) if (folder / name).exists()]
    if taken:
        raise PledgeWatchError(
            f"{folder} holds a recording already ({', '.join(taken)}): give another --record"
        )
    return folder


def _run(options: Options, pack: Pack, headless: bool, begun: float) -> int:
    console = Console(highlight=False)
    with embedded_broker() as bootstrap, Screen(pack, console, headless) as screen:
        screen.say("starting an embedded Kafka and a worker: some seconds")
        outcome = asyncio.run(_demo(bootstrap, pack, screen, options, begun))
    _summarise(console, outcome, screen.tally, pack, options)
    return WRONG if outcome.problems else OK


async def _demo(bootstrap: str, pack: Pack, screen: Screen, options: Options, begun: float) -> Outcome:
    return await Demo(bootstrap, pack, screen, options, begun).run()


def _summarise(console: Console, outcome: Outcome, tally: Tally, pack: Pack, options: Options) -> None:
    console.print()
    console.print(standards_table(outcome.state.kept, pack))
    say = partial(console.print, soft_wrap=True)
    say(
        f"{outcome.state.events:,} events, {outcome.announced:,} announcements: {tally.breaches:,} breaches,"
        f" {tally.taken_back:,} taken back; {outcome.dead_letters:,} dead letters"
    )
    if outcome.first_breach is not None:
        say(f"the first breach {outcome.first_breach:.1f} s after starting; {_delays(tally, options)}")
    for problem in outcome.problems:
        say(f"problem: {problem}")
    if options.record is not None:
        say(f"recorded in {options.record}: `pledgewatch verify {options.record}` judges it again")


def _delays(tally: Tally, options: Options) -> str:
    delays = sorted(delay / options.speed for delay in tally.delays)
    if not delays:
        return "no deadline passed"
    middle, worst = delays[len(delays) // 2], delays[min(len(delays) - 1, len(delays) * 99 // 100)]
    return f"announced {middle:.0f} ms (half) and {worst:.0f} ms (99 %) after deadline and settle"
