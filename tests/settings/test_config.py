"""The config as a whole: layers that are laid over one another, grids, names, titles."""

from copy import deepcopy
from typing import Any

import pytest

from evenfuse.settings.arms import ArmKey
from evenfuse.settings.reading import load
from evenfuse.settings.run import ArmSettings, parse_run
from evenfuse.settings.trees import holds, merge, values_in
from evenfuse.settings.tuning import path_of, points, with_point
from tests.settings.spoilt import Tree, put, sentence, shipped, small


def run(tree: Tree) -> ArmSettings:
    return load(tree).run("d", "o", "v")


ORDER = [
    "optimizers.o",
    "datasets.d.all_runs",
    "datasets.d.per_optimizer.o",
    "datasets.d.per_model.awf",
    "datasets.d.per_model.awf.per_optimizer.o",
    "variants.v",
]


@pytest.mark.parametrize("number", range(1, len(ORDER) + 1))
def test_the_later_entry_wins(number: int) -> None:
    values = small()
    for epochs, path in enumerate(ORDER[:number], start=1):
        put(values, f"{path}.training.epochs", epochs)
    put(values, f"{ORDER[0]}.training.patience", 99)
    training = run(values).training
    assert (training.epochs, training.patience) == (number, 99)


def test_a_variant_may_replace_the_modalities_of_the_dataset() -> None:
    assert run(small()).modalities == ["text", "audio"]
    assert run(put(small(), "variants.v.modalities", ["audio"])).modalities == ["audio"]
    told = sentence(put(small(), "variants.v.modalities", ["video"]))  # its file is null
    assert told.startswith("unknown modality 'video'; choose from: text, audio")


def test_an_arm_knows_its_names_and_what_its_dataset_says_and_no_seed() -> None:
    values = put(small(), "datasets.d.signed_log", ["audio"])
    settings = run(put(values, "datasets.d.text_encoder", "scratch"))
    assert (settings.dataset, settings.optimizer_name, settings.variant) == ("d", "o", "v")
    assert settings.signed_log == ["audio"]
    assert settings.text_encoder == "scratch"
    assert "seed" not in settings.model_dump()
    assert run(put(values, "text_encoder", "folder")).text_encoder == "folder"


def test_a_run_is_an_arm_and_a_seed() -> None:
    arm = run(small())
    one = parse_run({**arm.model_dump(), "seed": 3}, "run")
    assert (one.seed, one.arm()) == (3, arm)


def test_the_metrics_decide_loss_and_selection_unless_they_are_set() -> None:
    chosen = {}
    for name in ("mosi", "iemocap", "demo"):
        training = load(shipped()).run(name, "adam", "gb").training
        chosen[name] = (training.loss, training.selection_metric)
    assert chosen == {
        "mosi": ("l1", "mae"),
        "iemocap": ("bce", "balanced_acc"),
        "demo": ("mse", "mae"),
    }
    values = put(shipped(), "variants.gb.training.selection_metric", "corr")
    assert load(values).run("mosi", "adam", "gb").training.selection_metric == "corr"


def test_merge_goes_key_by_key_and_changes_no_argument() -> None:
    trees: list[Tree] = [{"a": {"x": 1, "y": {"z": 1}}, "b": [1]}, {"a": {"y": {"w": 2}}}, {"b": 3}]
    before = deepcopy(trees)
    merged = merge(*trees)
    assert merged == {"a": {"x": 1, "y": {"z": 1, "w": 2}}, "b": 3}
    assert trees == before
    merged["a"]["y"]["z"] = 5
    assert trees == before


def test_values_in_a_tree_have_places() -> None:
    tree: Tree = {"a": {"x": 1, "y": {"z.w": [2]}}, "b": {}}
    assert values_in(tree) == {("a", "x"): 1, ("a", "y", "z.w"): [2]}
    assert holds(tree, ("a", "y")) and holds(tree, ("b",))
    assert not holds(tree, ("a", "z")) and not holds(tree, ("a", "x", "y"))


def test_one_width_can_be_put_over_those_of_a_dataset() -> None:
    values = put(shipped(), "variants.lf-dnn.model.widths", {"audio": 5})
    widths = load(values).run("mosei", "adam", "lf-dnn").model.model_dump()["widths"]
    assert widths == {"text": 128, "vectors": 128, "audio": 5, "video": 128}


@pytest.mark.parametrize(
    ("model", "key", "own"),
    [("lf_dnn", "widths", 7), ("mult", "kernels", 3), ("mult", "attention_dropout", 0.5)],
)
def test_vectors_are_like_the_text_unless_they_are_given(model: str, key: str, own: float) -> None:
    def vectors(**given: float) -> Any:
        values = put(small(), "variants.v.model", {"name": model, key: {"audio": own, **given}})
        return run(values).model.model_dump()[key].get("vectors")

    text = own / 2 if own < 1 else own + 1
    assert vectors(text=text) == text
    assert vectors(text=text, vectors=own) == own


def test_a_grid_is_laid_over_its_arm_and_merged_like_the_rest() -> None:
    grid = {"model.dropout": [0.1], "optimizer.momentum": [0.5]}
    values = put(small(), "datasets.d.all_runs", {"grid": grid})
    put(values, "variants.v.grid", {"model.dropout": [0.2, 0.3]})
    config = load(values)
    assert config.grid("d", "o", "v") == {"model.dropout": [0.2, 0.3], "optimizer.momentum": [0.5]}
    tried = points(config.grid("d", "o", "v"))
    assert tried == [{"model.dropout": d, "optimizer.momentum": 0.5} for d in (0.2, 0.3)]
    dropout = [config.run("d", "o", "v", p).model.model_dump()["dropout"] for p in (tried[1], None)]
    assert dropout == [0.3, 0.0]
    assert not config.uses_winner("d", "o", "v")
    assert load(put(values, "variants.v.use_winner", True)).uses_winner("d", "o", "v")


def test_points_have_folders_of_their_own_that_no_shell_changes() -> None:
    grid = {"optimizer.learning_rate": [1e-5, 0.1], "model.name": ["a b/c'$"]}
    assert [path_of(point) for point in points(grid)] == [
        "optimizer.learning_rate~1e-05/model.name~a%20b%2Fc%27%24",
        "optimizer.learning_rate~0.1/model.name~a%20b%2Fc%27%24",
    ]


def test_the_winner_of_a_grid_takes_the_place_of_the_setting() -> None:
    winner = {"model.dropout": 0.2, "optimizer.momentum": 0.5}
    tree = {"model": {"dropout": 0.0, "name": "awf"}}
    expected = {"model": {"dropout": 0.2, "name": "awf"}, "optimizer": {"momentum": 0.5}}
    assert with_point(tree, winner) == expected
    assert with_point(tree, {}) == tree


def test_titles_and_what_the_paper_calls_them() -> None:
    values = put(small(), "optimizers.o.title", "Plain")
    put(values, "variants.v.title", "The method")
    put(values, "variants.other", {"model": {"name": "awf"}})
    put(values, "variants.new", {"model": {"name": "awf"}, "title": "New", "published": None})
    put(values, "variants.old", {"model": {"name": "awf"}, "title": "Ours", "published": "theirs"})
    put(values, "datasets.d.published_as", "mosi")
    put(values, "comparisons", [{"without": "old", "having": "new"}])
    titles = load(values).titles().model_dump()
    assert titles == {
        "datasets": {"d": "D"},
        "optimizers": {"o": "Plain"},
        "variants": {"v": "The method", "other": "other", "new": "New", "old": "Ours"},
        "published_datasets": {"d": "mosi"},
        "published_variants": {"v": "The method", "other": None, "new": None, "old": "theirs"},
        "comparisons": [{"without": "old", "having": "new"}],
    }


def test_an_arm_has_a_name_of_three_parts() -> None:
    key = ArmKey("demo", "adam", "no-gb")
    assert key.name == "demo_adam_no-gb"
    assert ArmKey.read(key.name) == key
