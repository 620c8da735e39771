"""The reference page of the settings: `python -m pledgewatch.settings_page > docs/reference/settings.md`."""

from collections.abc import Iterator

from pledgewatch.settings import SETTINGS, Setting
from pledgewatch.sources import CONFIG_FILE, CONFIG_VARIABLE

_OPENING = f"""# Settings

Made from the table in `pledgewatch/settings.py` by `python -m pledgewatch.settings_page`; change it there.

A setting is taken from the first of these that gives it: the command's flag, the environment, the TOML file
(`--config FILE`, or `{CONFIG_VARIABLE}`, or `{CONFIG_FILE}` in the working directory), the default. In the
TOML file it stands under its name: `bootstrap = "kafka-1:9092,kafka-2:9092"`.

A secret has no flag that would show it to everyone on the machine: its flag, its line in the TOML file and
`PLEDGEWATCH_…_FILE` all name a file that holds it. `pledgewatch settings` shows what is in force, and why.
"""


def page() -> str:
    """The whole page, as Markdown."""
    return "\n".join([_OPENING, *_groups()])


def _groups() -> Iterator[str]:
    for group in dict.fromkeys(setting.group for setting in SETTINGS.values()):
        yield f"## {group}\n"
        yield "| name | flag | environment | kind | default | |"
        yield "|---|---|---|---|---|---|"
        yield from (_row(setting) for setting in SETTINGS.values() if setting.group == group)
        yield ""


def _row(setting: Setting) -> str:
    name = f"{setting.name}_file" if setting.secret else setting.name
    variable = f"`{setting.variable}`" + (f", `{setting.variable}_FILE`" if setting.secret else "")
    default = "" if setting.default is None else f"`{setting.kind.show(setting.default)}`"
    return f"| `{name}` | `{setting.flag}` | {variable} | {setting.kind.name} | {default} | {setting.help} |"


if __name__ == "__main__":
    print(page(), end="")
