"""Dashboards, rules and annotations as code; what is generated of them stands in `_gen/`."""
