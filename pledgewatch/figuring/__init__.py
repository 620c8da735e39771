"""`pledgewatch figures`: judged clocks as shares with their counts, and the clocks behind each."""
