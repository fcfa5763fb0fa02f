"""Scores of trained models, comparisons between them, statistics."""
