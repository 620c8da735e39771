"""Scenario files run against the engine: events in, verdicts and announcements out."""
