"""Messages to Safer Neighbourhoods Teams: auto-replies, redirections and, mostly, a reply (M1-M3)."""

from feeds.simulation.chance import around, one_of, pick, waiting
from feeds.simulation.city import City, Subject
from schemas.times import HOUR, MINUTE, SECOND

CHANNELS = {"email": 0.62, "web": 0.2, "phone": 0.18}
DESKS = ("buddy-team", "investigation-bureau", "default-number", "desk")


def message(city: City) -> None:
    """One message, received now, and all that is said to it."""
    random, rates, place = city.random, city.profile.messages, city.somewhere()
    subject, team = city.subject("MSG"), f"SNT {place.ward}"
    marks = {"probe": True} if city.chance(rates.probes) else {}
    if city.is_exercise():
        marks["exercise"] = True
    where = {"team": team, "ward": place.ward, "borough": place.borough}
    channel = pick(random, CHANNELS)
    city.tell(subject, city.now, "message.received", **where, channel=channel, **marks)
    if channel != "phone" and city.chance(rates.auto):
        at = city.now + SECOND * waiting(random, 20.0)
        city.tell(subject, at, "message.responded", kind="auto", by="auto-responder")
    _reply(city, subject, team)


def _reply(city: City, subject: Subject, owner: str) -> None:
    random, rates, at = city.random, city.profile.messages, city.now
    reply_at = at + HOUR * around(random, rates.reply_median_hours, rates.reply_spread)
    if city.chance(rates.redirected):
        owner = one_of(random, DESKS)
        city.tell(subject, at + (reply_at - at) * random.random(), "message.redirected", to=owner)
    if not city.chance(rates.replied):
        return
    city.tell(subject, reply_at, "message.responded", kind="reply", by=owner)
    if city.chance(rates.replied_again):
        again = reply_at + MINUTE * waiting(random, 90.0)
        city.tell(subject, again, "message.responded", kind="reply", by=owner)
