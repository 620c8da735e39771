"""Numbers people can defend: counts and durations of judged clocks in, shares with their intervals out. Pure."""
