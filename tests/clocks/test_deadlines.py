"""The deadlines agree with the plainest thing that could work: a dict and a sort."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from clocks.deadlines import SLOT, Deadlines

subjects = st.sampled_from([f"CAD-{n}" for n in range(6)])
moments = st.one_of(st.integers(0, 5 * SLOT), st.sampled_from([SLOT - 1, SLOT, SLOT + 1]))


class Agreement(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.deadlines = Deadlines()
        self.plain: dict[str, int] = {}

    @rule(subject=subjects, moment=moments)
    def schedule(self, subject, moment):
        self.deadlines.set(subject, moment)
        self.plain[subject] = moment

    @rule(subject=subjects)
    def cancel(self, subject):
        self.deadlines.set(subject, None)
        self.plain.pop(subject, None)

    @rule(edge=st.sampled_from([-1, 0, 1]))
    def time_comes_to_the_edge_of_the_next(self, edge):
        if self.plain:
            self.pop_all(min(self.plain.values()) + edge)

    @rule(now=moments)
    def pop_all(self, now):
        popped = []
        while due := self.deadlines.pop_due(now):
            popped += due
        expected = sorted((moment, subject) for subject, moment in self.plain.items() if moment <= now)
        assert popped == expected
        for _, subject in expected:
            del self.plain[subject]

    @invariant()
    def the_next_is_the_earliest(self):
        assert self.deadlines.next() == min(self.plain.values(), default=None)
        assert len(self.deadlines) == len(self.plain)


TestAgreement = Agreement.TestCase


def test_a_moved_deadline_leaves_nothing_behind():
    deadlines = Deadlines()
    for moment in range(0, 1000 * SLOT, SLOT):
        deadlines.set("CAD-1", moment)
    deadlines.set("CAD-1", 5)

    assert deadlines.pop_due(10**12) == [(5, "CAD-1")]
    assert deadlines.pop_due(10**12) == []
    assert deadlines._slots == {} and deadlines._order == []
