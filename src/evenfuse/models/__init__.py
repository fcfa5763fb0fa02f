"""Models: file name = config name; each file has a class `Model(settings, readers, outputs)`."""
