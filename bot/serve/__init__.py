"""What a running program holds: its articles, its conversations, whose question is next, and how far it tells that something slow has come."""
