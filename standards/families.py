"""The standards' ids, the same in every pack, and what each one's clock runs for."""

FAMILIES = {
    "call-999": "call",
    "call-non-emergency": "call",
    "attend-immediate": "attendance",
    "attend-priority": "attendance",
    "snt-reply": "message",
    "appointment": "appointment",
    "comment-ack": "comment",
    "collision-contact": "collision",
    "victim-update": "victim",
    "ward-meeting": "ward",
}
"""What a standard's clock runs for, by id, in the order in which standards are shown."""

CALENDARS = ("england-and-wales",)
"""The calendars of bank holidays that a pack may name."""


def family_of(standard: str) -> str:
    """What a standard's clock runs for: call, attendance, message…"""
    return FAMILIES[standard]
