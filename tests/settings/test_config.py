"""The config as a whole: names, entries laid over one another, and the files that are shipped."""

from copy import deepcopy
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from snakemake.utils import update_config

from evenfuse.errors import EvenfuseError
from evenfuse.settings.config import load
from evenfuse.settings.run import RunSettings
from evenfuse.settings.trees import merge
from evenfuse.settings.tuning import path_of, points, with_point

ROOT = Path(__file__).parents[2]
SMALL = """
study: {datasets: [d], optimizers: [o], variants: [v], seeds: [1]}
datasets:
  d:
    title: D
    files: {words: w.csd, labels: l.csd, audio: a.csd, video: null}
    modalities: [text, audio]
optimizers: {o: {}}
variants: {v: {model: {name: awf}}}
"""
Tree = dict[str, Any]


def read_yaml(name: str) -> Tree:
    return dict(yaml.safe_load((ROOT / "config" / name).read_text(encoding="utf-8")))


@pytest.fixture
def values() -> Tree:
    """The shipped config, to be spoilt."""
    return read_yaml("config.yaml")


@pytest.fixture
def small() -> Tree:
    """A config that sets nothing of a run: every setting has its default."""
    return dict(yaml.safe_load(SMALL))


def sentence(spoilt: Tree) -> str:
    with pytest.raises(EvenfuseError) as caught:
        load(spoilt)
    return str(caught.value)


def put(tree: Tree, path: str, value: Any) -> Tree:
    *above, last = path.split(".")
    reduce(lambda below, key: below.setdefault(key, {}), above, tree)[last] = value
    return tree


def run(tree: Tree) -> RunSettings:
    return load(tree).run("d", "o", "v")


@pytest.mark.parametrize(
    ("path", "told", "meant"),
    [
        ("miror", "miror", "mirror"),
        ("study.seed", "study.seed", "seeds"),
        ("datasets.demo.modalites", "datasets.demo.modalites", "modalities"),
        ("datasets.demo.generate.vidoes", "datasets.demo.generate.vidoes", "videos"),
        ("datasets.demo.runs_with.sgd.modle", "datasets.demo.runs_with.sgd.modle", "model"),
        ("variants.gb.model.hiden_size", "demo_sgd_gb.model.hiden_size", "hidden_size"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(
    values: Tree, path: str, told: str, meant: str
) -> None:
    assert sentence(put(values, path, 1)) == f"unknown setting '{told}'; did you mean '{meant}'?"


@pytest.mark.parametrize(
    ("path", "value", "kind", "meant"),
    [
        ("study.datasets", ["demi"], "dataset", "demo"),
        ("study.optimizers", ["sgd", "adm"], "optimizer", "adam"),
        ("study.variants", ["gb", "no-bg"], "variant", "no-gb"),
        ("variants.gb.model.name", "afw", "model", "awf"),
        ("variants.gb.balancing.name", "b-fusion", "balancing", "b_fusion"),
        ("variants.gb.modalities", ["text", "vidoe"], "modality", "video"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    values: Tree, path: str, value: Any, kind: str, meant: str
) -> None:
    wrong = value[-1] if isinstance(value, list) else value
    told = sentence(put(values, path, value))
    assert told.startswith(f"unknown {kind} '{wrong}': there is ")
    assert told.endswith(f"; did you mean '{meant}'?")


def test_repeats_in_the_study_are_refused(values: Tree) -> None:
    told = sentence(put(values, "study.seeds", [1, 2, 1]))
    assert told == "the setting 'study.seeds' cannot be [1, 2, 1]: an entry stands in it twice"


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("datasets.demo.runs_with.sdg", {}, "unknown optimizer 'sdg'"),
        ("datasets.demo.runs_of.afw", {}, "unknown model 'afw'"),
        ("datasets.demo.runs_of.awf.runs_with.sdg", {}, "unknown optimizer 'sdg'"),
        ("variants.gb.model", {}, "the setting 'demo_sgd_gb.model.name' is missing"),
        ("comparisons", [{"without": "nogb", "having": "gb"}], "variant 'nogb'"),
        ("datasets.demo.signed_log", ["audoi"], "unknown modality 'audoi'"),
        ("datasets.demo.metrics", "sentimental", "unknown metrics 'sentimental'"),
        ("datasets.demo.modalities", ["text", "text"], "stands in it twice"),
        ("datasets.demo.files.words", None, "needs the role 'words' in files"),
        ("datasets.demo.format", "mmsa", "needs the role 'pickle' in files"),
        ("study.seeds", [-1], "study.seeds.0"),
        ("tuning.seeds", [101, 2], "tuning.seeds and study.seeds share 2"),
        ("variants.gb.grid", {"model.dropuot": [0.1]}, "did you mean 'dropout'"),
        ("variants.gb.grid", {"model.name": ["awf", "tfn"]}, "make a variant for each"),
        ("variants.gb.grid", {"model.dropout": [0.1, 2.0]}, "model.dropout' cannot be 2.0"),
        ("variants.gb.grid", {"model.dropout": [0.1, 0.1]}, "stands in it twice"),
        ("variants.gb.grid", {"model.dropout": []}, "variants.gb.grid.model.dropout"),
        ("scratch_encoder.heads", 5, "must divide hidden_size"),
        ("variants.gb.balancing.w_min", float("nan"), "balancing.w_min"),
    ],
)
def test_what_cannot_work_is_refused(values: Tree, path: str, value: Any, told: str) -> None:
    assert told in sentence(put(values, path, value))


@pytest.mark.parametrize("kind", ["datasets", "optimizers", "variants"])
@pytest.mark.parametrize("name", ["no_gb", "No-gb", "no gb", "no.gb", "-", ""])
def test_names_that_would_break_file_names_are_refused(small: Tree, kind: str, name: str) -> None:
    (entry,) = small[kind].values()
    told = sentence({**small, kind: {name: entry}})
    assert told.startswith(f"the setting '{kind}' cannot be ")
    assert told.endswith(f"the name '{name}' may hold a-z, 0-9 and '-' only")


ORDER = [
    "optimizers.o",
    "datasets.d.runs",
    "datasets.d.runs_with.o",
    "datasets.d.runs_of.awf",
    "datasets.d.runs_of.awf.runs_with.o",
    "variants.v",
]


@pytest.mark.parametrize("number", range(1, len(ORDER) + 1))
def test_the_later_entry_wins(small: Tree, number: int) -> None:
    for epochs, path in enumerate(ORDER[:number], start=1):
        put(small, f"{path}.training.epochs", epochs)
    put(small, f"{ORDER[0]}.training.patience", 99)
    training = run(small).training
    assert (training.epochs, training.patience) == (number, 99)


def test_a_variant_may_replace_the_modalities_of_the_dataset(small: Tree) -> None:
    assert run(small).modalities == ["text", "audio"]
    assert run(put(small, "variants.v.modalities", ["audio"])).modalities == ["audio"]
    told = sentence(put(small, "variants.v.modalities", ["video"]))  # its file is null
    assert told.startswith("unknown modality 'video': there is text, audio")


def test_a_run_knows_its_names_and_what_its_dataset_says(small: Tree) -> None:
    put(small, "datasets.d.signed_log", ["audio"])
    settings = run(put(small, "datasets.d.text_encoder", "scratch"))
    assert (settings.dataset, settings.optimizer_name, settings.variant) == ("d", "o", "v")
    assert (settings.seed, settings.signed_log) == (0, ["audio"])
    assert settings.text_encoder == "scratch"
    assert run(put(small, "text_encoder", "folder")).text_encoder == "folder"


def test_merge_goes_key_by_key_and_changes_no_argument() -> None:
    trees: list[Tree] = [{"a": {"x": 1, "y": {"z": 1}}, "b": [1]}, {"a": {"y": {"w": 2}}}, {"b": 3}]
    before = deepcopy(trees)
    merged = merge(*trees)
    assert merged == {"a": {"x": 1, "y": {"z": 1, "w": 2}}, "b": 3}
    assert trees == before
    merged["a"]["y"]["z"] = 5
    assert trees == before


def test_the_shipped_config_resolves_every_arm(values: Tree) -> None:
    config = load(values)
    for dataset, data in config.datasets.items():
        for variant, part in config.variants.items():
            for optimizer in config.optimizers:
                if {*(part.modalities or [])} <= {*data.available_modalities()}:
                    config.run(dataset, optimizer, variant)
                else:
                    assert (dataset, part.modalities) == ("iemocap", ["text", "audio", "video"])


def test_the_ablation_is_with_and_without_b_and_a_fusion(values: Tree) -> None:
    config = load(values)
    runs = {v: config.run("mosi", "adam", v) for v in config.study.variants}
    b_and_a = {v: (run.balancing.name == "b_fusion", run.model.a_fusion) for v, run in runs.items()}
    assert (b_and_a["gb"], b_and_a["concat"]) == ((True, True), (False, False))
    assert (b_and_a["no-gb"], b_and_a["gb-no-att"]) == ((False, True), (True, False))


def test_one_width_can_be_put_over_those_of_a_dataset(values: Tree) -> None:
    put(values, "variants.lf-dnn.model.widths", {"audio": 5})
    widths = load(values).run("mosei", "adam", "lf-dnn").model.widths
    assert widths == {"text": 128, "vectors": 128, "audio": 5, "video": 128}


def test_a_modality_without_a_width_is_told(small: Tree) -> None:
    put(small, "variants.v.model", {"name": "lf_dnn", "widths": {"text": 4}})
    told = sentence(small)
    assert told == "lf_dnn has no width for the modality 'audio': set model.widths.audio"


def test_what_has_no_last_linear_maps_cannot_be_balanced(small: Tree) -> None:
    put(small, "variants.v.modalities", ["audio"])
    put(small, "variants.v.model", {"name": "ef_lstm"})
    assert load(small)
    told = sentence(put(small, "variants.v.balancing", {"name": "b_fusion"}))
    assert told.startswith("d_o_v cannot be balanced: the model ef_lstm has no last linear map")


def test_mosi_without_video_is_laid_over_the_shipped_config(values: Tree) -> None:
    update_config(values, read_yaml("mosi-text-audio.yaml"))
    config = load(values)
    mosi = config.dataset("mosi")
    assert config.study.datasets == ["mosi"]
    assert set(mosi.sources()) == {"words", "labels", "audio"}
    for variant in config.study.variants:
        assert config.run("mosi", "adam", variant).modalities == ["text", "audio"]
    assert config.run("mosi", "adam", "lf-dnn-bert").modalities == ["text", "audio"]


def test_a_grid_is_laid_over_its_arm_and_merged_like_the_rest(small: Tree) -> None:
    put(small, "datasets.d.runs", {"grid": {"model.dropout": [0.1], "optimizer.momentum": [0.5]}})
    put(small, "variants.v.grid", {"model.dropout": [0.2, 0.3]})
    config = load(small)
    assert config.grid("d", "o", "v") == {"model.dropout": [0.2, 0.3], "optimizer.momentum": [0.5]}
    tried = points(config.grid("d", "o", "v"))
    assert tried == [{"model.dropout": d, "optimizer.momentum": 0.5} for d in (0.2, 0.3)]
    assert config.run("d", "o", "v", tried[1]).model.dropout == 0.3
    assert config.run("d", "o", "v").model.dropout == 0.0
    assert not config.uses_winner("d", "o", "v")
    assert load(put(small, "variants.v.use_winner", True)).uses_winner("d", "o", "v")


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
