"""What is checked of a whole config when it is loaded: every entry, whether it is used or not.

Types and keys of single entries are checked by their classes; here is what holds between them.
Combinations of dataset, optimizer and variant that cannot work are errors only where they are used.
"""

from evenfuse import parts
from evenfuse.settings.checks.entries import (
    check_grid,
    check_model_is_named,
    check_names,
    check_sections,
    check_seeds,
    choose_each,
)
from evenfuse.settings.checks.fit import (
    check_arms,
    check_labels,
    check_modalities,
    check_modalities_of_layers,
    check_training,
    check_whole_parts,
)
from evenfuse.settings.config import Config


def check_every_format(config: Config) -> None:
    """Raise EvenfuseError if a dataset has other labels or modalities in one of its formats."""
    for name, data in config.datasets.items():
        choose_each("format", data.per_format, parts.names("datasets"))
        for entry in data.in_each_format():
            check_labels(name, entry)
            check_modalities(entry)


def check(config: Config) -> None:
    """Raise EvenfuseError for the first thing that is wrong, once formats are decided."""
    check_seeds(config)
    check_names(config)
    check_model_is_named(config)
    for layer in config.every_layer():
        check_sections(layer)
        check_grid(layer)
    check_modalities_of_layers(config)
    check_training(config)
    check_whole_parts(config)
    check_arms(config)
