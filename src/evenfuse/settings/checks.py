"""What is checked of a whole config when it is loaded: every entry, whether it is used or not.

Types and keys of single entries are checked by their classes; here is what holds between them.
Combinations of dataset, optimizer and variant that cannot work are told where they are asked for.
"""

from collections.abc import Iterable, Iterator
from itertools import chain

from evenfuse import parts
from evenfuse.errors import EvenfuseError, choose, nearest
from evenfuse.settings.config import Config
from evenfuse.settings.dataset import PUBLISHED_LABELS, Dataset
from evenfuse.settings.layers import Layer
from evenfuse.settings.sections import PARTS, SECTIONS, check_section
from evenfuse.settings.strict import impossible, unknown_setting
from evenfuse.settings.trees import Tree, merge
from evenfuse.settings.tuning import points, with_point


def check(config: Config) -> None:
    """Raise EvenfuseError for the first thing that is wrong."""
    check_seeds(config)
    check_names(config)
    for layer in config.every_layer():
        check_sections(layer)
        check_grid(layer)
    for variant in config.variants:
        check_model_is_named(config, variant)
    for dataset in config.datasets:
        check_labels(config, dataset)
    check_modalities(config)
    check_training(config)
    check_whole_parts(config)
    check_arms(config)


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
    panels = [row for figure in config.figures.values() for row in figure.panels]
    pairs = [[pair.without, pair.having] for pair in config.comparisons]
    shown = [*(table.variants or [] for table in tables), *panels, *pairs]
    _choose_each("dataset", study.datasets, config.datasets)
    _choose_each("variant", chain(study.variants, *shown), config.variants)
    optimizers = chain(study.optimizers, *(table.optimizers or [] for table in tables))
    _choose_each("optimizer", optimizers, config.optimizers)
    _choose_each("table", study.tables, config.tables)
    _choose_each("figure", study.figures, config.figures)
    for data in config.datasets.values():
        _choose_each("source", [data.origin] if data.origin else [], config.sources)
        _choose_each("model", data.per_model, parts.names("models"))
        per_model = [part.per_optimizer for part in data.per_model.values()]
        _choose_each("optimizer", chain(data.per_optimizer, *per_model), config.optimizers)


def check_sections(layer: Layer) -> None:
    """Hold what a layer says of model, balancing, optimizer and training against their classes."""
    for section in SECTIONS:
        if given := getattr(layer.part, section):
            check_section(section, given, f"{layer.where}.{section}", _part_of(layer, section))


def check_grid(layer: Layer) -> None:
    """Hold every value to try against the class of its section, and refuse what is no number."""
    for setting, values in layer.part.grid.items():
        section, _, key = setting.partition(".")
        if section not in SECTIONS or not key:
            raise EvenfuseError(unknown_setting(f"{layer.where}.grid.{setting}", setting, SECTIONS))
        if setting in ("model.name", "balancing.name"):
            # whose code a run depends on must be known before it is trained
            reason = "make a variant for each"
            raise EvenfuseError(f"{layer.where}.grid: {setting} is no setting to search; {reason}")
        if setting == "training.selection_metric":
            reason = "scores of different metrics cannot be compared"
            raise EvenfuseError(f"{layer.where}.grid: {setting} is no setting to search: {reason}")
        for value in values:
            tried = with_point({}, {key: value})
            check_section(section, tried, f"{layer.where}.grid.{section}", _part_of(layer, section))


def check_model_is_named(config: Config, variant: str) -> None:
    """A variant names its model: which settings a dataset has for it depends on that."""
    if "name" not in config.variants[variant].model:
        raise EvenfuseError(
            f"the setting 'variants.{variant}.model.name' is missing: it names a model"
        )


def check_labels(config: Config, dataset: str) -> None:
    """Hold a dataset's metrics against its labels, as far as these are known."""
    data = config.datasets[dataset]
    for labels in (data.label_columns(), PUBLISHED_LABELS.get(data.published_as or "", ())):
        if not _fit(data, labels):
            raise EvenfuseError(
                f"the setting 'datasets.{dataset}.metrics' cannot be '{data.metrics}', which is "
                f"of {', '.join(data.family().columns)}: the labels are {', '.join(labels)}"
            )


def check_modalities(config: Config) -> None:
    """Hold every modality that is named against what the datasets have."""
    anywhere: Tree = {}
    for name, data in config.datasets.items():
        here = data.available_modalities()
        anywhere |= here
        _choose_each("modality", [*data.modalities, *data.signed_log], here)
        for layer in _of_dataset(config, name):
            _choose_each("modality", layer.part.modalities or [], here)
    for layer in config.every_layer():
        _choose_each("modality", layer.part.modalities or [], anywhere)


def check_training(config: Config) -> None:
    """Hold every loss and every metric that selects the epoch against families of metrics.

    That of the dataset where a dataset says it, else those of all datasets.
    """
    families = {name: [data.family()] for name, data in config.datasets.items()}
    every = list(chain(*families.values()))
    for layer in config.every_layer():
        if given := layer.part.training:
            _, dataset, *_ = layer.where.split(".")
            own = families[dataset] if layer.where.startswith("datasets.") else every
            _check_choice(layer, "loss", given, chain(*(family.losses for family in own)))
            metrics = chain(*(family.metrics for family in own))
            _check_choice(layer, "selection_metric", given, metrics)


def _check_choice(layer: Layer, key: str, given: Tree, names: Iterable[str]) -> None:
    known = dict.fromkeys(names)
    if key in given and given[key] not in known:
        reason = f"choose from: {', '.join(known)}{nearest(str(given[key]), known)}"
        raise EvenfuseError(impossible(f"{layer.where}.training.{key}", given[key], reason))


def check_whole_parts(config: Config) -> None:
    """Read the model and the balancer of all possible arms, when every layer has given its part."""
    seen: set[str] = set()
    for arm in config.possible_arms():
        layers = config.layers(arm)
        for section, kind in PARTS.items():
            whole = merge(*(getattr(layer.part, section) for layer in layers))
            if (text := f"{section} {whole}") not in seen:
                seen.add(text)
                default = {"name": "none"} if section == "balancing" else {}
                parts.parse_part(kind, {**default, **whole}, f"{arm.name}.{section}")


def check_arms(config: Config) -> None:
    """Resolve every arm that is asked for, with all points of its grid."""
    shown = [arm for name in config.study.tables for arm in config.table_arms(name)]
    for arm in dict.fromkeys([*config.trained_arms(), *shown]):
        for point in ({}, *points(config.grid(*arm))):
            config.run(*arm, point)


def _choose_each(kind: str, names: Iterable[str], known: Tree) -> None:
    for name in names:
        choose(kind, name, known)


def _of_dataset(config: Config, name: str) -> Iterator[Layer]:
    above = f"datasets.{name}."
    return (layer for layer in config.every_layer() if layer.where.startswith(above))


def _part_of(layer: Layer, section: str) -> str | None:
    """Return the model or balancer that a layer is about, if it says so."""
    _, of_a_model, after = layer.where.partition(".per_model.")
    if section == "model" and of_a_model:
        return after.split(".")[0]
    named = getattr(layer.part, section).get("name")
    return None if named is None else str(named)


def _fit(data: Dataset, labels: tuple[str, ...]) -> bool:
    return all(one == other for one, other in zip(data.family().columns, labels, strict=False))
