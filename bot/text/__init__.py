"""Plain text and files: the article, its sentences, words, strict YAML."""
