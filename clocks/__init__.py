"""The pure engine: histories in, verdicts out. No I/O, no wall clock, no logging, no globals."""
