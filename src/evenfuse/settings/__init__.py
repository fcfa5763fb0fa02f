"""Strict settings: every key is known, typed and documented; nothing heavy is imported."""
