"""Pickles from strangers, read as data: nothing in them is run."""
