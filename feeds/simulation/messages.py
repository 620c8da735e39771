"""Messages to Safer Neighbourhoods Teams: auto-replies, redirections and, mostly, a reply (M1-M3)."""

from feeds.simulation.chance import around, one_of, pick, spread_for, waiting
from feeds.simulation.city import City, Happening, Tell, telling
from feeds.simulation.rates import MessageRates
from schemas.times import HOUR, MINUTE, SECOND

CHANNELS = {"email": 0.62, "web": 0.2, "phone": 0.18}
DESKS = ("buddy-team", "investigation-bureau", "default-number", "desk")


def reply_spread(rates: MessageRates) -> float:
    """The spread of reply times that puts the promised share of them within 24 hours."""
    return spread_for(rates.reply_median_hours, 24.0, rates.replied_in_24h)


def message(city: City, at: int, spread: float, story: list[Happening]) -> None:
    """One message from its receipt on, added to `story`; `spread` as reply_spread() gives it."""
    random, rates, place = city.random, city.rates.messages, city.somewhere()
    tell = telling(city.subject("MSG"), story)
    team = f"SNT {place.ward}"
    marks = {"probe": True} if random.random() < rates.probes else {}
    if city.is_exercise():
        marks["exercise"] = True
    channel = pick(random, CHANNELS)
    tell(at, "message.received", team=team, ward=place.ward, borough=place.borough, channel=channel, **marks)
    if channel != "phone" and random.random() < rates.auto:
        tell(at + SECOND * waiting(random, 20.0), "message.responded", kind="auto", by="auto-responder")
    _reply(city, at, spread, tell, team)


def _reply(city: City, at: int, spread: float, tell: Tell, team: str) -> None:
    random, rates = city.random, city.rates.messages
    reply_at = at + HOUR * around(random, rates.reply_median_hours, spread)
    owner = team
    if random.random() < rates.redirected:
        owner = one_of(random, DESKS)
        tell(at + (reply_at - at) * random.random(), "message.redirected", to=owner)
    if random.random() >= rates.replied:
        return
    tell(reply_at, "message.responded", kind="reply", by=owner)
    if random.random() < rates.replied_again:
        tell(reply_at + MINUTE * waiting(random, 90.0), "message.responded", kind="reply", by=owner)
