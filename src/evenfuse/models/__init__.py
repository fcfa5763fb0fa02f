"""Models: file name = config name; each has a class `Model(settings, readers, outputs)`."""
