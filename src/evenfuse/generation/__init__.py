"""Generated corpora with a planted truth, in the formats of the real ones."""
