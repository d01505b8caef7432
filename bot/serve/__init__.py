"""What a running bot holds: its articles and its conversations."""
