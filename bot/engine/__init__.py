"""From a question to one typed answer."""
