"""Standards packs: what is promised, in strict YAML, and how it is compiled for the engine."""
