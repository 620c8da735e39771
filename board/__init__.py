"""The duty board: what is about to go wrong, and what was done about what did."""
