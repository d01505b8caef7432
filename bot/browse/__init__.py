"""What is looked up rather than asked: pages, passages in context, suggestions."""
