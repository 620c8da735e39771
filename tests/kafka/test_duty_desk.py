"""The duty desk from events to messages: ladder, storm, hand-over, take-back; and the same while Redis is lost."""

from collections.abc import Awaitable, Callable

import pytest
from scene import Scene

from schemas.actions import Escalated
from schemas.times import MINUTE
from tests.kafka.duty import Evening, evening

pytestmark = [pytest.mark.kafka, pytest.mark.redis, pytest.mark.slow]
SHIFT = 32 * MINUTE
LADDER, OWNED, HANDED, BACK = (
    f"CAD-{name}/attend-immediate" for name in ("ladder", "owned", "handed", "back")
)
PLACES = {"ladder": "Hackney", "owned": "Brent", "handed": "Ealing", "back": "Barnet"}
STORM = [f"CAD-storm{number}" for number in range(8)]
STORM_CLOCKS = [f"{subject}/attend-immediate" for subject in STORM]


async def nothing(eve: Evening) -> None:
    """A calm evening."""


async def lose_redis(eve: Evening) -> None:
    """Everything that Redis had is gone."""
    await eve.redis.flushall()


async def lose_a_desk(eve: Evening) -> None:
    """One of the two desks stops dead."""
    eve.desks[0].stop()


async def whole_evening(eve: Evening, in_the_middle: Callable[[Evening], Awaitable[None]]) -> str:
    """Five stories at once, for time is dear, each of a borough of its own; the storm's id."""
    for name, borough in PLACES.items():
        await eve.incidents(f"CAD-{name}", borough=borough)
    await eve.incidents(*STORM, borough="Camden")
    for clock in (LADDER, OWNED, HANDED, BACK):
        await eve.until_told(clock, "Insp Early")
    storm = await eve.the_storm()
    await eve.until_told(storm, "Insp Early")
    await eve.do("alert.acknowledged", OWNED, by="Insp Early", note="a unit is on its way")
    await eve.do("alert.acknowledged", HANDED, by="Insp Early")
    await eve.do("alert.acknowledged", storm, by="Insp Early")
    await in_the_middle(eve)
    await eve.arrival("CAD-back", ago=eve.clock.now() - eve.began - 11 * MINUTE)
    await eve.until_told(LADDER, "Insp Early", "CI Chief")
    for each in (HANDED, storm):
        await eve.do("alert.handed_over", each, by="Insp Early", to="Insp Late", handover="h1")
    await eve.at(SHIFT)
    await eve.until_told(OWNED, "Insp Early", "Insp Late")
    for name in ("ladder", "owned", "handed"):
        await eve.arrival(f"CAD-{name}")
    await eve.until_told(HANDED, "Insp Early", "Insp Early")
    await eve.at(SHIFT + 12 * MINUTE)  # whatever should not be told has had the time to be
    return storm


@pytest.mark.parametrize("in_the_middle", [nothing, lose_redis, lose_a_desk])
async def test_who_is_told_of_an_evening_and_nobody_else(
    scene: Scene, redis_url: str, in_the_middle: Callable[[Evening], Awaitable[None]]
) -> None:
    async with evening(scene, redis_url, SHIFT) as eve:
        storm = await whole_evening(eve, in_the_middle)
        told = await eve.recorded()
        one_by_one = {subject: told.pop(subject) for subject in STORM_CLOCKS if subject in told}
        assert told == {
            LADDER: {
                # The chief because nobody acknowledged it for ten minutes, and again when the shift changed.
                "breached": ["CI Chief", "CI Chief", "Insp Early", "Insp Late"],
                "stopped-late": ["CI Chief", "Insp Early", "Insp Late"],
            },
            # Insp Late because Insp Early, who has it, went home.
            OWNED: {"breached": ["Insp Early", "Insp Late"], "stopped-late": ["Insp Early", "Insp Late"]},
            HANDED: {"breached": ["Insp Early"], "stopped-late": ["Insp Early"]},
            BACK: {"breached": ["Insp Early"], "taken-back": ["Insp Early"]},
            storm: {"going-on": ["Insp Early"]},
        }
        assert len(one_by_one) <= 3, "more than the storm's rule has"
        assert all(each == {"breached": ["Insp Early"]} for each in one_by_one.values())
        await check_the_alerts(eve, storm)


async def check_the_alerts(eve: Evening, storm: str) -> None:
    """What Redis shows at the end, whatever became of it meanwhile."""
    ladder, owned, back = await eve.alert(LADDER), await eve.alert(OWNED), await eve.alert(BACK)
    assert [ladder.state, owned.state, back.state] == ["resolved", "resolved", "taken-back"]
    assert [(each.data.rung, each.data.to) for each in ladder.actions if isinstance(each, Escalated)] == [
        (1, ("CI Chief",))
    ]
    assert owned.acknowledged is not None
    assert owned.acknowledged.data.note == "a unit is on its way"
    assert (await eve.alert(HANDED)).assignee == (await eve.alert(storm)).assignee == "Insp Late"
    members = await eve.store.alerts(situation=storm, open_only=False)
    assert {each.id for each in members} == set(STORM_CLOCKS)
    assert await eve.store.count(open_only=False, parked=True) == 0
