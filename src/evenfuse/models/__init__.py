"""Models: file name = config name; each has a class `Model(settings, inputs, columns)`."""
