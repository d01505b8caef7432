"""The first draft of a pack: what a text says of its speakers, as records for a curator to go through."""
