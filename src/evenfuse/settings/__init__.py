"""Strict settings: every key is known, typed and documented; no torch, no file access."""
