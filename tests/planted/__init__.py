"""Faults planted on purpose: each is put into a copy of the project, and some test there must fail."""
