"""The console blocks of a page: its commands, run as they stand, beside what the page shows of them."""

import re
import shlex
import subprocess

from pledgewatch.cli import run

_COMMAND = re.compile(r"^\$ (.+)$", re.MULTILINE)
ELIDED = "…"
"""A line of the page that stands for any number of lines."""


def steps(block):
    """The commands of a block, each with the lines that the page shows below it."""
    parts = _COMMAND.split(block)
    return list(zip(parts[1::2], [part.strip("\n") for part in parts[2::2]], strict=True))


def said(command, capfd):
    """What a command says, on standard error and then on standard output; ours in this process, others in a shell."""
    capfd.readouterr()
    words = shlex.split(command)
    if words[0] == "pledgewatch":
        run(words[1:])
    else:
        subprocess.run(command, shell=True, check=True)
    captured = capfd.readouterr()
    return "\n".join(line.rstrip() for line in (captured.err + captured.out).splitlines()).strip("\n")


def agrees(shown, output):
    """Whether the page shows what was said, but for what it leaves out."""
    pattern = "\n".join(".*" if line == ELIDED else re.escape(line) for line in shown.splitlines())
    return re.fullmatch(pattern, output, re.DOTALL) is not None
