"""What if another pack had held? The same events judged by two; it changes nothing (N5)."""
