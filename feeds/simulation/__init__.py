"""A seeded London day: calls, incidents and messages, recorded as imperfectly as real ones are."""
