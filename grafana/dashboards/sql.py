"""Pieces of PostgreSQL that the dashboards share. Every row that counts is `counted` and live: register/tables.py."""

from grafana.dashboards.shares import FEW, Z

COUNTED = "counted AND cohort = 'live'"
COUNTS = """
count(*) FILTER (WHERE verdict IN ('met', 'breached')) AS judged,
  count(*) FILTER (WHERE verdict = 'met') AS kept,
  count(*) FILTER (WHERE verdict = 'breached') AS late,
  count(*) FILTER (WHERE verdict = 'excluded') AS excluded,
  count(*) FILTER (WHERE verdict = 'unverifiable') AS unverifiable
""".strip()
"""What stands beside every share (N2), from rows of `verdicts`."""
LIMIT = "extract(epoch FROM due_at - start_at)"
"""How long a clock had, in seconds."""


def wilson(sign: str, kept: str = "kept", of: str = "judged") -> str:
    """An end of the 95 % interval, as figures/wilson.py reckons it; null where nothing was counted."""
    share, square = f"({kept} / {of}::float8)", f"({of}::float8 ^ 2)"
    reach = f"{Z} * sqrt({share} * (1 - {share}) / {of} + {Z**2 / 4} / {square})"
    end = f"({share} + {Z**2 / 2} / {of} {sign} {reach}) / (1 + {Z**2} / {of})"
    return f"CASE WHEN {of} > 0 THEN greatest(0, least(1, {end})) END"


def share(kept: str = "kept", of: str = "judged") -> str:
    """The share in words, `84.6 %`, or `5 of 8` where there are too few (N3), as figures/rate.py has it."""
    tenths = f"(2000 * {kept} + {of}) / (2 * {of})"
    rounded = f"least(greatest({tenths}, ({kept} > 0)::int), 1000 - ({kept} < {of})::int)"
    return f"""CASE WHEN {of} = 0 THEN 'none' WHEN {of} < {FEW} THEN {kept} || ' of ' || {of}
    ELSE to_char({rounded} / 10.0, 'FM990.0') || ' %' END"""


def interval(kept: str = "kept", of: str = "judged") -> str:
    """The 95 % interval in words, `70.3–92.8 %`."""
    low, high = (f"to_char((100 * ({wilson(sign, kept, of)}))::numeric, 'FM990.0')" for sign in "-+")
    return f"coalesce({low} || '–' || {high} || ' %', '–')"


def percentile(share: float, of: str) -> str:
    """The shortest within which so many were, that of a real clock (N4: nearest rank)."""
    return f"percentile_disc({share}) WITHIN GROUP (ORDER BY {of})"


SHOWN = f"""judged AS counted, kept AS "in time", late, {share()} AS share, {interval()} AS "95 % interval",
  excluded, unverifiable"""
"""The columns of a table of shares, from COUNTS."""
