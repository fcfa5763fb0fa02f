"""Which of its formats a dataset is read in: one for all that a study makes of it."""

from collections.abc import Callable
from typing import NamedTuple

from evenfuse.settings.config import Config


class Route(NamedTuple):
    """A format of a dataset, and why it is this one, in words; "" if there is nothing to tell."""

    format: str
    reason: str


Decide = Callable[[Config, str], Route]
"""Decides on a dataset of a config."""


def take_first(config: Config, dataset: str) -> Route:
    """Return the first format of a dataset, whatever there is."""
    return Route(config.dataset(dataset).taken, "")


def decided(config: Config, decide: Decide) -> tuple[Config, dict[str, Route]]:
    """Return the config with one format for each dataset, and the routes of those with several."""
    several = [name for name, data in config.datasets.items() if len(data.format) > 1]
    routes = {name: decide(config, name) for name in several}
    return config.in_formats({name: route.format for name, route in routes.items()}), routes
