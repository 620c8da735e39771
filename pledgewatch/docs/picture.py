"""The README's picture: `python -m pledgewatch.docs.picture` runs the demo and keeps its last screen as an SVG."""

import asyncio
import io
import re
import sys
import time
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from clocks.standard import Pack
from pledgewatch.demo.running import Demo, Options, Outcome
from pledgewatch.demo.showing import Screen, State
from standards.loader import DEFAULT_PACK, load_pack
from streams.embedded import embedded_broker

PICTURE = Path(__file__).resolve().parents[2] / "docs" / "img" / "demo.svg"
WIDTH, HEIGHT = 120, 42
SECONDS = 60.0
_WEB_FONTS = re.compile(r"@font-face \{\{.*?\}\}", re.DOTALL)
_TEMPLATE = _WEB_FONTS.sub("", CONSOLE_SVG_FORMAT)
"""Nothing is fetched by whoever looks at it: the viewer's own fonts do."""


class _Kept(Screen):
    """The demo's screen, never drawn but for the last time."""

    state: State | None = None

    def update(self, state: State) -> None:
        self.state = state

    def picture(self) -> str:
        """How it stood, as an SVG."""
        console = Console(
            record=True, width=WIDTH, height=HEIGHT, file=io.StringIO(), force_terminal=True, highlight=False
        )
        self._console = console
        if self.state is not None:
            console.print(self._drawn(self.state))
        return console.export_svg(title="pledgewatch demo", code_format=_TEMPLATE, unique_id="demo")


def main() -> int:
    """Runs the demo for a minute, then writes the picture."""
    pack = load_pack(DEFAULT_PACK)
    screen = _Kept(pack, Console(file=io.StringIO(), width=WIDTH, height=HEIGHT), headless=True)
    with embedded_broker() as bootstrap:
        outcome = asyncio.run(_demo(bootstrap, pack, screen))
    for problem in outcome.problems:
        print(f"problem: {problem}", file=sys.stderr)
    PICTURE.write_text(screen.picture(), encoding="utf-8")
    print(f"{PICTURE.name}: {screen.tally.breaches} breaches")
    return 0


async def _demo(bootstrap: str, pack: Pack, screen: Screen) -> Outcome:
    return await Demo(bootstrap, pack, screen, _options(), time.monotonic()).run()


def _options() -> Options:
    return Options(
        standards=DEFAULT_PACK,
        seconds=SECONDS,
        seed=1,
        speed=60.0,
        rate=1.0,
        metrics_bind="127.0.0.1",
        metrics_port=0,
        record=None,
        board=False,
        browse=False,
    )


if __name__ == "__main__":
    sys.exit(main())
