"""An office to test outboxes in: a real Redis, Kafka as a list, channels that remember, time that is set."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from alerting.alert import Alert, Entry
from alerting.channels import Message
from alerting.delivered import Delivered
from alerting.messages import write
from alerting.outbox import BACK_OFF, LEASE, Office, Outbox
from alerting.plan import plan
from alerting.policy import Policy
from alerting.steps import Step
from alerting.store import AlertStore
from schemas.actions import Action, Escalated, Notified, Parked
from streams.connection import UnreachableError
from tests.alerting import policies
from tests.cli.events import at


class SetTime:
    """A clock that a test sets, to an offset such as +12m."""

    def __init__(self, moment: str = "+12m") -> None:
        self.set = at(moment)

    def now(self) -> int:
        return self.set

    def seconds_until(self, moment: int) -> float:
        return max(0, moment - self.set) / 1000

    def of_wall(self, duration: int) -> int:
        return duration

    to_wall = of_wall


class Recorder:
    """A channel that keeps what it is given; `fails` are the errors it begins with."""

    def __init__(self, *fails: Exception) -> None:
        self.sent: list[Message] = []
        self.fails = list(fails)

    async def send(self, message: Message) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append(message)

    async def close(self) -> None: ...


@dataclass
class Kafka:
    """The two topics, as far as a desk can tell; the store is as current as `read_up` makes it."""

    store: AlertStore
    entries: list[Entry] = field(default_factory=list)
    away: bool = False

    async def record(self, action: Action) -> None:
        self._answer()
        self.entries.append(action)

    async def read_up(self, alert_id: str) -> None:
        self._answer()
        await self.store.add(self.entries)

    def _answer(self) -> None:
        if self.away:
            raise UnreachableError("no Kafka")

    @property
    def told(self) -> list[str]:
        return [each.data.to for each in self.entries if isinstance(each, Notified)]

    def done(self, *kinds: type) -> list[Action]:
        return [each for each in self.entries if isinstance(each, kinds or (Notified, Parked, Escalated))]


@dataclass
class Room:
    """Everything that several outboxes share."""

    store: AlertStore
    kafka: Kafka
    time: SetTime
    policy: Policy
    channels: dict[str, Recorder]

    def outbox(self, who: str = "desk-1", wrap: Callable[[Office], Office] = lambda office: office) -> Outbox:
        return Outbox(wrap(self.office(who)), Delivered())

    def office(self, who: str = "desk-1") -> Office:
        async def word(alert: Alert, step: Step) -> Message:
            return write(alert, step, now=self.time.now(), zone=self.policy.tz)

        return Office(
            store=self.store,
            time=self.time,
            who=who,
            plan=lambda alert, situation: plan(alert, self.policy, situation),
            channels=self.channels,
            word=word,
            record=self.kafka.record,
            read_up=self.kafka.read_up,
            lease=LEASE,
            back_off=BACK_OFF,
        )

    async def happen(self, *entries: Entry) -> None:
        """Something becomes known, in Kafka and in Redis."""
        self.kafka.entries += entries
        await self.store.add(entries)

    @property
    def sent(self) -> list[tuple[str, str]]:
        """Whom the channels reached, in order for each."""
        return [(name, message.to) for name, each in self.channels.items() for message in each.sent]


async def room(store: AlertStore, *entries: Entry, moment: str = "+12m", **changes: object) -> Room:
    """A built store in which these entries are known."""
    await store.positions()
    await store.set_built()
    policy = policies.policy(**changes)
    made = Room(store, Kafka(store), SetTime(moment), policy, {name: Recorder() for name in policy.channels})
    await made.happen(*entries)
    return made


def ids(each: Iterable[Step]) -> list[str]:
    return [step.id for step in each]
