"""What upsets an incident's course: mergers and their undoing, cut-off attendance, chasing callers."""

from feeds.simulation import calls
from feeds.simulation.chance import waiting
from feeds.simulation.city import City, Happening, Incident, telling
from feeds.simulation.units import attend
from schemas.times import HOUR, MINUTE, SECOND, format_time

CANCELLED_BECAUSE = ("caller no longer requires police", "false alarm", "alarm reset by keyholder", "hoax")
PROMISED = {"I": 12 * MINUTE, "S": 60 * MINUTE}
"""What the control room believes the child's deadline to be when it merges: the Met's promises of 2009."""
CHASED_AFTER = 20 * MINUTE


def cut_short(units: list[Happening], at: int) -> list[Happening]:
    """What units did before `at`, and the standing down of those still on their way."""
    before = [each for each in units if each.at < at]
    out: dict[str, Happening] = {}
    for each in before:
        if each.type == "unit.dispatched":
            out[each.data["unit"]] = each
        else:
            out.pop(each.data["unit"], None)
    return before + [
        Happening(at, "unit.stood_down", each.subject, {"unit": unit}) for unit, each in out.items()
    ]


def parent_for(city: City, borough: str, at: int) -> Incident | None:
    """The incident a new one will be merged into, for the few that are."""
    if city.random.random() >= city.rates.incidents.merged:
        return None
    recent = city.recent(borough)
    if not recent or recent[-1].at < at - HOUR:
        return None
    return recent[-1]


def merge(
    city: City, child: Incident, parent: Incident, units: list[Happening], story: list[Happening]
) -> None:
    """The child goes into the parent, which takes its promise over; some such merges are undone (I9)."""
    random, rates = city.random, city.rates.incidents
    at = child.at + int(SECOND * waiting(random, rates.merged_mean))
    story.extend(cut_short(units, at))
    data = {"child": child.subject, "since": format_time(child.at), "grade": child.grade}
    if child.grade in PROMISED and random.random() < rates.due_told:
        data["child_due"] = format_time(child.at + PROMISED[child.grade])
    telling(child.subject, story)(at, "incident.merged", into=parent.subject)
    telling(parent.subject, story)(at, "incident.absorbed", **data)
    if random.random() < rates.unmerged:
        _unmerge(city, child, parent, at + int(SECOND * waiting(random, rates.unmerged_mean)), story)


def _unmerge(city: City, child: Incident, parent: Incident, at: int, story: list[Happening]) -> None:
    telling(child.subject, story)(at, "incident.unmerged")
    telling(parent.subject, story)(at, "incident.released", child=child.subject)
    story.extend(attend(city, child.subject, child.place, child.grade, at))


def chase(city: City, of: Incident, arrived: int | None, story: list[Happening]) -> None:
    """Somebody rings about an incident nobody has come to for long; promised ones only (I11)."""
    random = city.random
    until = of.at + 4 * HOUR if arrived is None else arrived
    if of.grade not in PROMISED or random.random() >= city.rates.incidents.chased:
        return
    at = of.at + CHASED_AFTER + int(SECOND * waiting(random, city.rates.incidents.chased_mean))
    if at >= until:
        return
    line = calls.lines(city.rates.calls)["999" if of.grade == "I" else "101"]
    call = calls.call(city, at, line, of.place.borough, story)
    calls.conclude(city, call, story)
    if call.answered is not None:
        telling(of.subject, story)(call.answered + 15 * SECOND, "incident.chased", call=call.subject)
