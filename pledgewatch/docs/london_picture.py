"""docs/img/london-day.svg: the simulated week by the hour of the day, and how much of each hour was late."""

from collections.abc import Iterator

from pledgewatch.docs.london_measured import Hourly, kept

WIDTH, PANEL, LEFT, TOP, STEP = 760, 150, 54, 34, 28
BAR = 20
ALL, LATE, INK, RULE = "#9fb8d1", "#b3402f", "#2d3640", "#d5dbe1"
_STYLE = f"text {{ font: 12px sans-serif; fill: {INK} }} .title {{ font-weight: bold; font-size: 13px }}"


def picture() -> str:
    """The whole picture, as SVG; it fetches nothing."""
    hours = kept().week.hours
    panels = [("999 calls, a week; dark: not answered in 10 s", hours["999"])]
    panels += [("Immediate incidents, a week; dark: nobody there in 12 min", hours["I"])]
    height = len(panels) * (PANEL + 2 * TOP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>A simulated London week by the hour</title>",
        f"<style>{_STYLE}</style>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    for number, (title, of) in enumerate(panels):
        lines += [f'<g transform="translate(0 {number * (PANEL + 2 * TOP)})">', *_panel(title, of), "</g>"]
    return "\n".join([*lines, "</svg>", ""])


def _panel(title: str, of: Hourly) -> Iterator[str]:
    most = _round_up(max(of.started))
    yield f'<text class="title" x="{LEFT}" y="20">{title}</text>'
    for part in range(3):
        value, y = most * part // 2, TOP + PANEL - PANEL * part / 2
        yield f'<line x1="{LEFT}" x2="{WIDTH - 10}" y1="{y:g}" y2="{y:g}" stroke="{RULE}"/>'
        yield f'<text x="{LEFT - 6}" y="{y + 4:g}" text-anchor="end">{value:,}</text>'
    for hour, (started, late) in enumerate(zip(of.started, of.late, strict=True)):
        x = LEFT + 4 + hour * STEP
        yield _bar(x, started, most, ALL, f"{hour:02}:00: {started:,}, {late:,} late")
        yield _bar(x, late, most, LATE, f"{late / started:.0%} late" if started else "none")
        if hour % 3 == 0:
            yield f'<text x="{x + BAR / 2:g}" y="{TOP + PANEL + 16}" text-anchor="middle">{hour:02}</text>'


def _bar(x: int, value: int, most: int, fill: str, words: str) -> str:
    height = PANEL * value / most
    place = f'x="{x}" y="{TOP + PANEL - height:.1f}" width="{BAR}" height="{height:.1f}"'
    return f'<rect {place} fill="{fill}"><title>{words}</title></rect>'


def _round_up(value: int) -> int:
    """The next value with two digits that is even in its second, so that half of it is whole."""
    step = 2 * int(10 ** max(len(str(value)) - 2, 0))
    return max(-(-value // step) * step, 2)
