"""Corpora that the project makes itself, written as the real formats are."""
