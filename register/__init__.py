"""The Pledge register: every revision of every clock, and the clocks still open, as SQL tables."""
