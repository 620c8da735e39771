"""The account after an ordeal: what must be true whatever happened."""

import re

from tests.ordeal import evidence

TOLD_WITHIN = 12_000
"""ms of wall time after which `verify` holds that all that was due has been said, and a little."""


def all_is_acknowledged(place):
    """Returns when the group has read every input topic to its end, and said so."""

    def lacking():
        return evidence.unread(place.bootstrap)

    place.wait_for("all is acknowledged", lambda: not lacking(), 90, why=lacking)


def all_is_told(place):
    """Returns when all records are read and acknowledged, and all that was due at the feeds' end is said."""
    ended = place.clock.now()
    all_is_acknowledged(place)
    place.wait_until(ended + place.clock.of_wall(TOLD_WITHIN), 90)


def all_is_well(place, at_least):
    """Nothing lost, nothing said twice, nothing untrue; `at_least` so many breaches."""
    compared = verified(place)
    said = evidence.announcements(place.bootstrap)
    found = evidence.breaches(said)
    place.tell(f"{len(said)} announcements, breaches of {found}")
    assert compared >= len(said) > 0
    assert found.get("CALL", 0) + found.get("CAD", 0) >= at_least
    assert min(found.get("CALL", 0), found.get("CAD", 0)) >= at_least // 4
    nothing_said_twice(said)
    inputs = evidence.records(place.bootstrap, *evidence.INPUT_TOPICS)
    nothing_lost(place, inputs)
    leave(place)


def verified(place):
    """`pledgewatch verify` finds no difference; how many announcements it compared."""
    told = place.run("verify")
    assert "no difference" in told
    return int(re.search(r"([\d,]+) announcements of", told)[1].replace(",", ""))


def nothing_said_twice(said):
    """No id and no revision of a clock comes twice on breach-alerts."""
    ids = [each["id"] for each in said]
    assert len(ids) == len(set(ids))
    revisions = [(each["subject"], each["data"]["revision"]) for each in said]
    assert len(revisions) == len(set(revisions))


def nothing_lost(place, inputs):
    """Every event is in its subject's history; what cannot be read, and only that, is a dead letter."""
    sent, (dead, times) = evidence.poison(inputs), evidence.dead_letters(place.bootstrap)
    again = sum(number > 1 for number in times.values())
    place.tell(f"{len(inputs)} records, {len(sent)} unreadable; {len(dead)} dead letters, {again} repeated")
    assert dead == sent
    wanted, kept = evidence.facts_sent(inputs, sent), evidence.facts_kept(place.bootstrap)
    differing = {name for name in wanted.keys() | kept.keys() if wanted.get(name) != kept.get(name)}
    assert not differing, [(name, wanted.get(name), kept.get(name)) for name in sorted(differing)[:5]]


def leave(place):
    """Every worker that is left goes by SIGTERM, and has acknowledged all there is."""
    for worker in place.workers:
        if worker.runs():
            assert worker.terminate() == 0, worker.log()[-3000:]
    assert evidence.unread(place.bootstrap) == {}
