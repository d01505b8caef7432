"""What a running program holds: its articles, its conversations, whose question is next, what it counts, how it is, and how far it tells
that something slow has come."""
