"""Was the right thing said? Recorded events are judged again, and compared with what was said of them."""
