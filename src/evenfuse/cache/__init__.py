"""Caches: the segments of a data set, one HDF5 file per split."""
