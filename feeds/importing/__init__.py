"""Published exports to events, by a mapping declared in YAML."""
