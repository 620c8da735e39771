"""Eight weeks in a minute and a half, the worker killed at random: every clock counted once, held or forgotten (S8).

What is to be counted is known from how the events are made up; what was counted is read from Kafka and /metrics, by
nothing of ours.
"""

import json
import random
import re
import threading
import time
import urllib.request
from collections import Counter
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from confluent_kafka import Producer

from schemas.times import DAY, HOUR, MINUTE, SECOND, format_time, parse_time
from tests.ordeal import evidence
from tests.ordeal.closing import all_is_acknowledged, leave, nothing_said_twice, verified
from tests.ordeal.test_a_day_of_failures import ALL, SOON

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

BEGINS = parse_time("2009-09-21T06:00:00Z")
BEGIN_FOR = 42 * DAY
"""As long subjects begin; what comes late of them makes it over eight weeks."""
SPEED = 60_000
"""A week in 10 s; a second of the machine is 17 hours."""
AHEAD = 15.0
"""Seconds in which the first worker starts."""
SUBJECTS = 4_000
SESSION = ("--session", "4s")
ON_ITS_WAY = 2 * HOUR
"""Events are sent so long after they were recorded: two clocks may differ by a millisecond of the machine."""
KEPT = 8 * DAY
SURELY = 3 * DAY
"""How long after its time a subject is surely forgotten, where nothing holds the worker up: 4 s."""
TOPICS = {"CALL": "call-answer", "CAD": "dispatch", "MSG": "snt-message"}
STARTS = {"CALL": "call.presented", "CAD": "incident.created", "MSG": "message.received"}
STOPS = {"CALL": "call.answered", "CAD": "unit.arrived", "MSG": "message.responded"}
STANDARDS = {"CALL": "call-999", "CAD": "attend-immediate", "MSG": "snt-reply"}
LIMITS = {"CALL": 10 * SECOND, "CAD": 12 * MINUTE, "MSG": 24 * HOUR}
DATA = {
    "call.presented": {"line": "999", "borough": "Camden"},
    "incident.created": {"grade": "I", "borough": "Hackney"},
    "unit.arrived": {"unit": "GD21"},
    "message.responded": {"kind": "reply"},
}


class Story:
    """Eight weeks of events, and what must come of them; no moment is near a limit of 8 days."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.events = []  # (recorded, topic, subject, event)
        self.counted = Counter()  # by (week, standard, verdict, cohort)
        self.held_until = {}
        self.too_late = set()
        self.twice = set()
        """The subjects of two histories: both begin with the same revisions."""
        for number in range(SUBJECTS):
            self._begin(number, BEGINS + number * BEGIN_FOR // SUBJECTS)
        self.events.sort(key=lambda each: each[0])

    def _begin(self, number, start):
        kind = self.random.choice(["CALL", "CALL", "CAD", "MSG"])
        subject = f"{kind}-{number}"
        happens = self.random.choices(list(HAPPENS), [each[0] for each in HAPPENS.values()])[0]
        HAPPENS[happens][1](self, kind, subject, start)

    def tell(self, subject, name, at, recorded=None, too_late=False):
        """One event, now and then twice."""
        kind, number = subject.split("-")[0], len(self.events)
        topic = "arrival" if name == "unit.arrived" else TOPICS[kind]
        event = {"specversion": "1.0", "id": f"e{number}", "source": "test", "type": name, "subject": subject}
        recorded = recorded or at
        event |= {"time": format_time(at), "recordedtime": format_time(recorded), "data": DATA.get(name, {})}
        self.events += [(recorded, topic, subject, event)] * self.random.choice([1, 1, 1, 2])
        if too_late:
            self.too_late.add(event["id"])

    def start(self, kind, subject, at):
        self.tell(subject, STARTS[kind], at)

    def stop(self, kind, subject, at, recorded=None, too_late=False):
        self.tell(subject, STOPS[kind], at, recorded, too_late)

    def count(self, kind, subject, start, verdict, last=None):
        """One clock is to be counted; `last` is its last recording that is not too late."""
        due = start + LIMITS[kind]
        self.counted[week_of(due), STANDARDS[kind], verdict, "live"] += 1
        self.held_until[subject] = max(due, last or start, self.held_until.get(subject, 0) - KEPT) + KEPT

    # What may happen to a subject.

    def in_time(self, kind, subject, start):
        self.start(kind, subject, start)
        stop = start + LIMITS[kind] // 2
        self.stop(kind, subject, stop)
        self.count(kind, subject, start, "met", stop)

    def late(self, kind, subject, start):
        self.start(kind, subject, start)
        stop = start + LIMITS[kind] * 3
        self.stop(kind, subject, stop)
        self.count(kind, subject, start, "breached", stop)

    def never(self, kind, subject, start):
        self.start(kind, subject, start)
        self.count(kind, subject, start, "breached")

    def keyed_late(self, kind, subject, start):
        """In time, recorded days later: the breach is taken back."""
        self.start(kind, subject, start)
        recorded = start + LIMITS[kind] + self.random.randrange(2 * DAY, 6 * DAY)
        self.stop(kind, subject, start + LIMITS[kind] // 2, recorded)
        self.count(kind, subject, start, "met", recorded)

    def keyed_too_late(self, kind, subject, start):
        """In time, recorded when nobody remembers: the breach stands."""
        self.start(kind, subject, start)
        recorded = start + LIMITS[kind] + self.random.randrange(10 * DAY, 14 * DAY)
        self.stop(kind, subject, start + LIMITS[kind] // 2, recorded, too_late=True)
        self.count(kind, subject, start, "breached")

    def start_too_late(self, kind, subject, start):
        self.tell(subject, STARTS[kind], start, start + LIMITS[kind] + 10 * DAY, too_late=True)

    def again(self, kind, subject, start):
        """The number is given again weeks later: two clocks of one name."""
        self.late(kind, subject, start)
        self.in_time(kind, subject, start + 20 * DAY)
        self.twice.add(subject)


HAPPENS = {
    "in time": (50, Story.in_time),
    "late": (20, Story.late),
    "never": (10, Story.never),
    "keyed late": (8, Story.keyed_late),
    "keyed too late": (5, Story.keyed_too_late),
    "start too late": (3, Story.start_too_late),
    "again": (4, Story.again),
}


def test_every_clock_is_counted_once_held_or_forgotten(installed):
    story = Story(seed=4)
    place = installed(shown=BEGINS, speed=SPEED, ahead=AHEAD)
    feed = threading.Thread(target=send, args=(place, story.events), daemon=True)
    feed.start()
    worker, killed = keep_killing(place, feed, random.Random(8))
    feed.join()
    assert killed >= 3
    place.wait_until(story.events[-1][0] + SURELY, within=60)
    all_is_acknowledged(place)
    before = place.clock.now()
    shown = week_clocks(worker)
    leave(place)
    after = place.clock.now()
    ledger, deleted = newest(place)
    kept = kept_weeks(before, after)
    wanted = of_weeks(story.counted, kept)
    assert of_weeks(shown, kept) == wanted
    assert of_weeks(in_ledger(ledger), kept) == wanted
    assert sum(wanted.values()) > SUBJECTS // 2
    forgotten_in_time(place, story, ledger, deleted, before, after)
    letters_are_those_too_late(place, story)
    verified(place)
    said = evidence.announcements(place.bootstrap)
    nothing_said_twice([each for each in said if each["data"]["subject"] not in story.twice])


def send(place, events):
    """Each event when it was recorded, or as soon after as it can be."""
    producer = Producer(
        {"bootstrap.servers": place.bootstrap, "partitioner": "murmur2_random", "linger.ms": 2}
    )
    for recorded, topic, subject, event in events:
        time.sleep(place.clock.seconds_until(recorded + ON_ITS_WAY))
        producer.produce(topic, json.dumps(event).encode(), subject.encode())
        producer.poll(0)
    assert producer.flush(30) == 0


def keep_killing(place, feed, rnd):
    """kill -9 at random moments while the feed goes on; the last worker, and how many were killed."""
    killed = 0
    while True:
        worker = place.worker(f"worker-{killed}", *SESSION)
        place.wait_for("it has all", lambda one=worker: one.taken_over() == ALL, SOON, [worker])
        feed.join(rnd.uniform(4, 12) + (AHEAD if not killed else 0))
        if not feed.is_alive():
            return worker, killed
        worker.kill()
        killed += 1
        place.tell("kill -9")


def week_clocks(worker):
    """What /metrics says of the weeks, over all partitions."""
    address = re.search(r"http://[\d.]+:\d+/metrics", worker.log())[0]
    with urllib.request.urlopen(address, timeout=30) as answer:
        text = answer.read().decode()
    found = Counter()
    for labels, number in re.findall(r"^pledge_week_clocks\{(.*)\} ([\d.]+)$", text, re.MULTILINE):
        label = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        found[label["week"], label["standard"], label["verdict"], label["cohort"]] += int(float(number))
    return found


def newest(place):
    """The newest record of each key and partition of the ledger, and the keys that are deleted."""
    records, deleted = {}, set()
    for message in evidence.records(place.bootstrap, "clock-ledger"):
        key = (message.partition(), message.key().decode())
        records.pop(key, None)
        deleted.discard(key[1])
        if message.value() is None:
            deleted.add(key[1])
        else:
            records[key] = json.loads(message.value())
    return records, deleted


def in_ledger(ledger):
    """The clocks of the subjects held, and what is counted of the others."""
    found = Counter()
    for (_, key), record in ledger.items():
        if key.startswith("tally/2"):
            for (standard, _, verdict, _, cohort, *_), number in record["counts"]:
                found[record["week"], standard, verdict, cohort] += number
        elif "/" not in key:
            for clock in record["clocks"].values():
                due, standard = clock["finding"]["due"], clock["finding"]["standard"]
                found[week_of(due), standard, clock["verdict"], record.get("cohort", "live")] += 1
    return found


def kept_weeks(earlier, later):
    """The ISO weeks that were among the nine kept at both moments (ms)."""
    nine = ({week_of(moment - number * 7 * DAY) for number in range(9)} for moment in (earlier, later))
    return set.intersection(*nine)


def week_of(moment):
    local = datetime.fromtimestamp(moment / 1000, UTC).astimezone(ZoneInfo("Europe/London"))
    return f"{local:%G-W%V}"


def of_weeks(counted, weeks):
    return Counter({key: number for key, number in counted.items() if key[0] in weeks and number})


def forgotten_in_time(place, story, ledger, deleted, before, after):
    """No subject is held that should be forgotten, none is forgotten that should be held."""
    held = {key for _, key in ledger if "/" not in key}
    long_gone = {name for name, until in story.held_until.items() if until + SURELY < before}
    present = {name for name, until in story.held_until.items() if until > after}
    place.tell(
        f"{len(held)} held, {len(deleted)} tombstones, {len(long_gone)} must be, {len(present)} must not"
    )
    assert long_gone <= deleted
    assert not long_gone & held
    assert present <= held
    assert len(long_gone) > SUBJECTS // 2


def letters_are_those_too_late(place, story):
    letters = evidence.records(place.bootstrap, "dead-letters")
    assert {dict(each.headers())["reason"] for each in letters} == {b"too-late"}
    assert {json.loads(each.value())["id"] for each in letters} == story.too_late
