"""A pack: its values, their loading, the proof that every passage stands in the text."""
