"""What a running program holds: its articles, its conversations, and how far it tells that something slow has come."""
