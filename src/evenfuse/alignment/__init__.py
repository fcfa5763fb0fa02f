"""Frames joined to words and words to segments, by the CMU-MultimodalSDK's rule; no file access."""
