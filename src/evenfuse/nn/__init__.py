"""Building blocks of models: readers, encoders, ways to fuse, crossmodal transformers."""
