"""Models put together from settings, saved and loaded: the one room that knows them by name."""
