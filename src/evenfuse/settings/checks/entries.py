"""Checks of single entries: the names that they give, and what they set of runs."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any

from evenfuse import parts
from evenfuse.errors import EvenfuseError, choose
from evenfuse.settings.config import Config
from evenfuse.settings.layers import Layer
from evenfuse.settings.sections import SECTIONS, check_section
from evenfuse.settings.strict import impossible, number_in, unknown_setting
from evenfuse.settings.tuning import with_point

# what no grid can search, and why
NOT_SEARCHED = {
    "model.name": "the code that a run uses must be known before; make a variant for each",
    "balancing.name": "the code that a run uses must be known before; make a variant for each",
    "training.selection_metric": "scores of different metrics cannot be compared",
}


def check_seeds(config: Config) -> None:
    """Keep the seeds that choose settings apart from those that report on them."""
    shared = sorted(set(config.study.seeds) & set(config.tuning.seeds))
    if shared:
        raise EvenfuseError(
            f"tuning.seeds and study.seeds share {shared[0]}: a seed that chose the settings "
            "cannot report on them; give tuning seeds of its own"
        )


def check_names(config: Config) -> None:
    """Hold every name that an entry gives of another entry against those that there are."""
    tables, study = config.tables.values(), config.study
    figures = [figure.variants_shown() or [] for figure in config.figures.values()]
    pairs = [[pair.without, pair.having] for pair in config.comparisons]
    shown = [*(table.variants or [] for table in tables), *figures, *pairs]
    choose_each("source", config.accepted_terms, config.sources)
    choose_each("dataset", study.datasets, config.datasets)
    choose_each("variant", chain(study.variants, *shown), config.variants)
    optimizers = chain(study.optimizers, *(table.optimizers or [] for table in tables))
    choose_each("optimizer", optimizers, config.optimizers)
    choose_each("table", study.tables, config.tables)
    choose_each("figure", study.figures, config.figures)
    for data in config.datasets.values():
        choose_each("source", [data.origin] if data.origin else [], config.sources)
        choose_each("model", data.per_model, parts.names("models"))
        per_model = [part.per_optimizer for part in data.per_model.values()]
        choose_each("optimizer", chain(data.per_optimizer, *per_model), config.optimizers)


def check_model_is_named(config: Config) -> None:
    """See that every variant names its model: what a dataset sets of it depends on that."""
    for name, variant in config.variants.items():
        if "name" not in variant.model:
            where = f"variants.{name}.model.name"
            raise EvenfuseError(f"the setting '{where}' is missing: it names a model")


def check_sections(layer: Layer) -> None:
    """Hold what a layer says of model, balancing, optimizer and training against their classes."""
    for section in SECTIONS:
        if given := getattr(layer.part, section):
            check_section(section, given, f"{layer.where}.{section}", _part_of(layer, section))


def check_grid(layer: Layer) -> None:
    """Hold every value that a grid tries against the class of its section."""
    for setting, values in layer.part.grid.items():
        where = f"{layer.where}.grid"
        section, _, key = setting.partition(".")
        if section not in SECTIONS or not key:
            raise EvenfuseError(unknown_setting(f"{where}.{setting}", setting, SECTIONS))
        if setting in NOT_SEARCHED:
            raise EvenfuseError(f"{where} cannot search {setting}: {NOT_SEARCHED[setting]}")
        for value in values:
            if number_in(value):
                reason = "a grid tries values as they are written"
                raise EvenfuseError(impossible(f"{where}.{setting}", value, reason))
            tried = with_point({}, {key: value})
            check_section(section, tried, f"{where}.{section}", _part_of(layer, section))


def _part_of(layer: Layer, section: str) -> str | None:
    """Return the model or balancer that a layer is about, if it says so."""
    _, of_a_model, after = layer.where.partition(".per_model.")
    if section == "model" and of_a_model:
        return after.split(".")[0]
    named = getattr(layer.part, section).get("name")
    return None if named is None else str(named)


def choose_each(kind: str, names: Iterable[str], known: Mapping[str, Any]) -> None:
    """Hold names against those that there are; raise EvenfuseError for the first unknown one."""
    for name in names:
        choose(kind, name, known)
