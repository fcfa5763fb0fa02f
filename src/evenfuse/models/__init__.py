"""Models: file name = config name; every module has a class `Model(settings, encoders)`."""
