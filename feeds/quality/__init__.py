"""How far an export can be trusted: what is missing, negative, doubled, heaped or out of order in it."""
