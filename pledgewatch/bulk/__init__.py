"""Judging more events than memory holds: parted by subject into buckets, the buckets judged side by side."""
