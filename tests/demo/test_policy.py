"""The demo's policy is one the desk takes, and tells the demo's standards to somebody."""

from alerting.reading import read_policy
from alerting.roster import on_duty
from pledgewatch.demo.duty import POLICY
from pledgewatch.demo.running import START
from schemas.times import HOUR, parse_time


def test_it_will_do_and_everybody_is_told_on_the_console() -> None:
    policy = read_policy(POLICY)
    assert {channel.kind for channel in policy.channels.values()} == {"console"}


def test_somebody_is_on_duty_in_each_role_through_the_night() -> None:
    policy, begins = read_policy(POLICY), parse_time(START)
    roles = {rung.tell for ladder in policy.ladders.values() for rung in ladder}
    for hour in range(24):
        for role in roles:
            assert on_duty(policy.roster, role, begins + hour * HOUR, policy.tz), (role, hour)


def test_calls_are_told_of_by_their_rate() -> None:
    policy = read_policy(POLICY)
    assert {rate.standard for rate in policy.rates} == {"call-999", "call-non-emergency"}
