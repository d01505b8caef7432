"""Plain text and files: the article, words, strict YAML."""
