"""How much a file may hold, so that none takes more memory than docs/data.md says."""

LARGEST = 1 << 29
"""Bytes of one array: one sequence of a video, or of a segment."""

MOST_ROWS = 1 << 22
"""Rows of one array: 11 hours at 100 frames per second."""

LARGEST_TABLE = 1 << 26
"""Bytes of a manifest."""
