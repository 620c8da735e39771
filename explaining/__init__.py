"""A verdict as a story: what each event did, what was said, what would have changed it. Pure, as the engine is."""
