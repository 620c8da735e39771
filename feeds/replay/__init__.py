"""Recorded events into Kafka: sorted by recording, shifted to now, paced, and able to go on after a kill."""
