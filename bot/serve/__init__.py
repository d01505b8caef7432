"""What a running program holds: its articles and conversations, what it counts, how it is, and how far something slow has come."""
