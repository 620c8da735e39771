"""What lay in Kafka for less than a silent broker is trusted (T5) need not have been known; what lay longer must."""

import pytest

from clocks.shard import Shard
from pledgewatch.verifying.comparing import compare
from pledgewatch.verifying.recorded import Recorded
from pledgewatch.verifying.told import of_said
from pledgewatch.verifying.topics import GRACE
from schemas.decoding import decode
from schemas.times import SECOND
from standards.loader import load_pack
from tests.cli.events import at, event

PACK = load_pack("met-pledge-2009")
PRESENTED = decode(event("+0s", "call.presented", "CALL-1", line="999"))
ANSWERED = decode(event("+9s", "call.answered", "CALL-1"))
REACHED_KAFKA = at("+9s") + 300


@pytest.mark.parametrize(("said_after", "differences"), [(GRACE - 1, 0), (GRACE, 1)])
def test_a_breach_is_held_against_a_worker_once_it_must_have_read_the_answer(
    said_after: int, differences: int
) -> None:
    shard, said_at = Shard(PACK), REACHED_KAFKA + said_after
    said = [*shard.fold([PRESENTED], at("+0s")), *shard.advance("CALL", at("+10s") + 1, said_at)]
    said += shard.fold([ANSWERED], at("+1m"))
    recorded = Recorded(PACK, SECOND, surely=at("+1m"), at_most=at("+1m"), grace=GRACE, whole=True)
    recorded.events = [PRESENTED, ANSWERED]
    recorded.arrivals = {(ANSWERED.fact.source, ANSWERED.fact.id): REACHED_KAFKA}
    recorded.say(of_said(each) for each in said)
    assert [each.verdict for each in said] == ["breached", "met"]
    assert len(compare(recorded).differences) == differences
