"""Who records what."""

SOURCES = {
    "call-answer": "acd/met",
    "dispatch": "cad/met",
    "arrival": "mdt/met",
    "snt-message": "snt/met",
    "pledge-contact": "pledge/met",
}
"""Telephony, the control room, the units' terminals, the teams' mail, the register of slow promises, by topic."""
