"""Answers and pages in words."""
