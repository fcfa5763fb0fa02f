"""Whatever is wrong with an entry is told when the config is loaded, also if nothing uses it."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from evenfuse.settings.reading import load
from tests.settings.spoilt import Tree, put, sentence, shipped, small

NAN = float("nan")
CANNOT_SEARCH = "variants.lmf.grid cannot search"


@pytest.fixture
def values() -> Tree:
    """The shipped config; its study uses the dataset demo and the variants gb, no-gb, ..."""
    return shipped()


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("miror", "mirror"),
        ("study.seed", "seeds"),
        ("datasets.demo.modalites", "modalities"),
        ("datasets.demo.generate.vidoes", "videos"),
        ("datasets.sims.per_optimizer.sgd.modle", "model"),
        ("datasets.mosi.per_model.awf.model.hiden_size", "hidden_size"),
        ("datasets.mosi.per_model.awf.per_optimizer.sgd.optimizer.lerning_rate", "learning_rate"),
        ("optimizers.adam.optimizer.momentun", "momentum"),
        ("variants.gb.model.hiden_size", "hidden_size"),
        ("variants.lmf-gb.balancing.wmin", "w_min"),
        ("variants.lmf-audio.training.patiense", "patience"),
        ("variants.lmf-audio.grid.model.dropuot", "dropout"),
        ("sources.sims.files.unaligned_39.sha", "sha256"),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest(values: Tree, path: str, meant: str) -> None:
    told = sentence(put(values, path, [1] if ".grid." in path else 1))
    assert told == f"unknown setting '{path}'; did you mean '{meant}'?"


@pytest.mark.parametrize(
    ("path", "value", "kind", "meant"),
    [
        ("study.datasets", ["demi"], "dataset", "demo"),
        ("study.optimizers", ["sgd", "adm"], "optimizer", "adam"),
        ("study.variants", ["gb", "no-bg"], "variant", "no-gb"),
        ("variants.lmf.model.name", "lmff", "model", "lmf"),
        ("variants.lmf.balancing.name", "b-fusion", "balancer", "b_fusion"),
        ("variants.ef-lstm.modalities", ["text", "vidoe"], "modality", "video"),
        ("variants.lmf.forms", ["bg"], "form", "gb"),
        ("datasets.sims.signed_log", ["audoi"], "modality", "audio"),
        ("datasets.sims.all_runs.modalities", ["audoi"], "modality", "audio"),
        ("datasets.sims.metrics", "simms", "family of metrics", "sims"),
        ("datasets.sims.origin", "mosii", "source", "mosi"),
        ("datasets.sims.per_model.lmff", {}, "model", "lmf"),
        ("datasets.sims.per_optimizer.sdg", {}, "optimizer", "sgd"),
        ("datasets.sims.per_model.lmf.per_optimizer.sdg", {}, "optimizer", "sgd"),
        ("comparisons", [{"without": "nogb", "having": "gb"}], "variant", "no-gb"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(
    values: Tree, path: str, value: Any, kind: str, meant: str
) -> None:
    told = sentence(put(values, path, value))
    assert told.startswith(f"unknown {kind} '")
    assert told.endswith(f"; did you mean '{meant}'?")


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        (
            "study.seeds",
            [1, 2, 1],
            "study.seeds' cannot be [1, 2, 1]: it lists the same entry twice",
        ),
        ("study.seeds", [-1], "study.seeds.0' cannot be -1"),
        ("study.seeds", [2**32], "study.seeds.0' cannot be 4294967296: input should be less than"),
        ("tuning.seeds", [2**32], "tuning.seeds.0' cannot be"),
        ("datasets.demo.generate.seed", 2**32, "datasets.demo.generate.seed' cannot be"),
        ("tuning.seeds", [101, 2], "tuning.seeds and study.seeds share 2"),
        ("scratch_encoder.heads", 5, "must divide hidden_size"),
        ("datasets.sims.modalities", ["text", "text"], "it lists the same entry twice"),
        ("datasets.sims.all_runs.modalities", ["text", "text"], "it lists the same entry twice"),
        (
            "datasets.sims.all_runs.modalities",
            [],
            "datasets.sims.all_runs.modalities' cannot be []",
        ),
        ("datasets.mosi.files.words", None, "needs the role 'words' in files"),
        ("datasets.demo.format", "mmsa", "needs the role 'pickle' in files"),
        ("datasets.demo.files", 3, "datasets.demo.files' cannot be 3"),
        ("variants", 3, "the setting 'variants' cannot be 3"),
        ("variants.lmf", 3, "the setting 'variants.lmf' cannot be 3"),
        ("variants.lmf-gb", None, "the setting 'variants.lmf-gb' cannot be None"),
        ("variants.lmf.forms", "gb", "the setting 'variants.lmf.forms' cannot be 'gb'"),
        ("variants.lmf.forms", ["gb", "gb"], "it lists the same entry twice"),
        ("variants.lmf.model", {}, "the setting 'variants.lmf.model.name' is missing"),
    ],
)
def test_what_no_entry_can_be_is_refused(values: Tree, path: str, value: Any, told: str) -> None:
    assert told in sentence(put(values, path, value))


@pytest.mark.parametrize("rate", [NAN, float("inf"), -0.1, "fast"])
@pytest.mark.parametrize(
    "layer",
    [
        "optimizers.adam",
        "datasets.sims.all_runs",
        "datasets.sims.per_optimizer.sgd",
        "datasets.sims.per_model.tfn",
        "datasets.sims.per_model.tfn.per_optimizer.adam",
        "variants.tfn-video",
    ],
)
def test_rates_are_positive_numbers_in_every_layer(values: Tree, layer: str, rate: Any) -> None:
    path = f"{layer}.optimizer.learning_rate"
    assert sentence(put(values, path, rate)).startswith(
        f"the setting '{path}' cannot be {rate!r}: "
    )


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("variants.lmf-gb.balancing.w_min", NAN),
        ("variants.lmf-gb.balancing.learning_rate", -1.0),
        ("datasets.sims.per_model.tfn.model.limit", 0.0),
        ("datasets.sims.per_model.tfn.training.epochs", 0),
        ("datasets.sims.all_runs.balancing.r_max", 0.5),
        ("datasets.sims.all_runs.model.dropout", 1.5),
        ("optimizers.sgd.training.loss", "l3"),
    ],
)
def test_an_impossible_value_is_named_with_its_place(values: Tree, path: str, value: Any) -> None:
    assert sentence(put(values, path, value)).startswith(
        f"the setting '{path}' cannot be {value!r}"
    )


@pytest.mark.parametrize(
    ("grid", "told"),
    [
        ({"model.name": ["lmf", "tfn"]}, f"{CANNOT_SEARCH} model.name: the code that a run uses"),
        ({"balancing.name": ["none"]}, "make a variant for each"),
        (
            {"training.selection_metric": ["mae", "corr"]},
            f"{CANNOT_SEARCH} training.selection_metr",
        ),
        ({"model.dropout": [0.1, 2.0]}, "variants.lmf.grid.model.dropout' cannot be 2.0"),
        ({"model.dropout": [0.1, 0.1]}, "it lists the same entry twice"),
        ({"model.dropout": []}, "variants.lmf.grid.model.dropout"),
        ({"model.hidden_size": [8]}, "unknown setting 'variants.lmf.grid.model.hidden_size'"),
        ({"dropout": [0.1]}, "unknown setting 'variants.lmf.grid.dropout'; known here: model,"),
        ({"optimizer.learning_rate": [NAN]}, "grid.optimizer.learning_rate' cannot be nan"),
        ({"model.widths": [{"text": 4}]}, "a grid tries single numbers, words, true or false"),
    ],
)
def test_a_grid_tries_only_what_can_be_set(values: Tree, grid: Tree, told: str) -> None:
    assert told in sentence(put(values, "variants.lmf.grid", grid))


def test_a_number_that_yaml_reads_as_text_is_told_how_to_write_it(values: Tree) -> None:
    grid = yaml.safe_load("{optimizer.learning_rate: [1e-5]}")
    told = sentence(put(values, "variants.lmf.grid", grid))
    assert "'variants.lmf.grid.optimizer.learning_rate' cannot be '1e-5'" in told
    assert told.endswith("; YAML reads 1e-5 as text, write 1.0e-05")
    told = sentence(put(shipped(), "datasets.mosi.all_runs.training.batch_size", "1e2"))
    assert told.endswith("; YAML reads 1e2 as text, write 100.0")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"datasets.demo.metrics": "iemocap"}, "the labels are sentiment"),
        ({"datasets.sims.metrics": "iemocap"}, "'datasets.sims.metrics' cannot be 'iemocap'"),
        ({"datasets.iemocap.metrics": "sentiment"}, "labels are neutral, happy, sad, angry"),
        ({"datasets.mosi.metrics": "iemocap"}, "the labels are sentiment"),
        (
            {"datasets.sims.published_as": "iemocap"},
            "metrics are of sentiment, the labels are neutral, happy, sad, angry",
        ),
        (
            {"datasets.iemocap.all_runs.training.loss": "l1"},
            "datasets.iemocap.all_runs.training.loss' cannot be 'l1': choose from: bce",
        ),
        (
            {"datasets.sims.per_model.tfn.training.selection_metric": "acc7"},
            "cannot be 'acc7': choose from: acc2,",
        ),
        (
            {"optimizers.adam.training.selection_metric": "maee"},
            "cannot be 'maee': choose from: acc2_non0,",
        ),
        ({"variants.gb.training.loss": "bce"}, "unknown loss 'bce'; choose from: l1, mse"),
        ({"variants.gb.training.selection_metric": "acc2"}, "unknown selection_metric 'acc2'"),
    ],
)
def test_metrics_losses_and_labels_fit(values: Tree, changes: Tree, told: str) -> None:
    for path, value in changes.items():
        put(values, path, value)
    assert told in sentence(values)


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("files", {"words": "my.csd"}, "makes demo_words.csd for the role 'words', not 'my.csd'"),
        ("files", {"text": "my.csd"}, "makes no file for the role 'text'"),
        ("folds", "my.json", "makes demo_folds.json for 'folds', not 'my.json'"),
        ("planted", "my.parquet", "makes demo_planted.parquet for 'planted'"),
    ],
)
def test_the_generator_decides_the_names_of_its_files(
    values: Tree, path: str, value: Any, told: str
) -> None:
    assert told in sentence(put(values, f"datasets.demo.{path}", value))


def test_a_generated_file_can_be_left_out(values: Tree) -> None:
    put(values, "datasets.demo.files", {"vectors": None})
    values["study"]["tables"] = []
    assert "vectors" not in load(values).dataset("demo").available_modalities()


def test_a_model_that_fits_no_arm_is_told_though_no_arm_is_asked_for(values: Tree) -> None:
    put(values, "datasets.sims.per_model.mult", {"model": {"heads": 7}})
    told = sentence(values)
    assert told.startswith("the setting 'sims_sgd_mult.model' cannot be ")
    assert told.endswith("heads must divide width")


def test_settings_of_a_balancer_need_its_name(values: Tree) -> None:
    told = sentence(put(values, "variants.lmf.balancing", {"learning_rate": 0.5}))
    assert told.startswith("unknown setting 'demo_sgd_lmf.balancing.learning_rate'")


def test_what_works_with_one_model_alone_may_be_said_of_all_runs() -> None:
    values = put(small(), "variants.other", {"model": {"name": "lf_dnn"}})
    values["datasets"]["e"] = deepcopy(values["datasets"]["d"])
    put(values, "datasets.d.all_runs.model.a_fusion", False)
    config = load(values)
    assert config.run("d", "o", "v").model.model_dump()["a_fusion"] is False
    put(values, "study.variants", ["v", "other"])
    assert sentence(values).startswith("unknown setting 'd_o_other.model.a_fusion'")


def test_combinations_that_cannot_work_are_told_when_they_are_asked_for(values: Tree) -> None:
    assert load(values)
    put(values, "study.datasets", ["iemocap"])
    put(values, "study.variants", ["lf-dnn-bert"])
    assert sentence(values).startswith("unknown modality 'text'; choose from: vectors")


@pytest.mark.parametrize("kind", ["datasets", "optimizers", "variants"])
@pytest.mark.parametrize("name", ["no_gb", "No-gb", "no gb", "no.gb", "-", ""])
def test_names_that_would_break_file_names_are_refused(kind: str, name: str) -> None:
    values = small()
    (entry,) = values[kind].values()
    told = sentence({**values, kind: {name: entry}})
    assert told.startswith(f"the setting '{kind}' cannot be ")
    assert told.endswith(f"the name '{name}' may hold a-z, 0-9 and '-' only")


def test_a_modality_without_a_width_is_told() -> None:
    values = put(small(), "variants.v.model", {"name": "lf_dnn", "widths": {"text": 4}})
    told = "lf_dnn has no width for the modality 'audio': set model.widths.audio"
    assert sentence(values) == told


def test_what_has_no_last_linear_maps_cannot_be_balanced() -> None:
    values = put(small(), "variants.v.modalities", ["vectors", "audio"])
    put(values, "datasets.d.files.vectors", "v.csd")
    put(values, "variants.v.model", {"name": "ef_lstm"})
    assert load(values)
    told = sentence(put(values, "variants.v.balancing", {"name": "b_fusion"}))
    assert told.startswith("d_o_v cannot be balanced: the model ef_lstm has no last linear map")
