"""How each format is read: file name = config name; its facts are a file beside.

What `evenfuse cache` reads has a function `read(file, modalities)`, which yields the parts of a
cache. It may leave out modalities that are not asked for.
"""
