"""evenfuse config: the settings of an arm, each with the file and the layer that it is from."""

from pathlib import Path

import pytest

from evenfuse.errors import EvenfuseError
from tests.conftest import run_command

ROOT = Path(__file__).parents[2]
DEMO, PAPER = "config/hyperparameters/demo.yaml", "config/paper"


@pytest.fixture(autouse=True)
def in_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def rows(*arguments: object) -> dict[str, tuple[str, str]]:
    """Setting -> value and origin, as printed."""
    lines = run_command("config", *arguments).output.splitlines()
    ends = [len(rule) for rule in lines[1].split("  ")]
    starts = [0, ends[0] + 2, ends[0] + ends[1] + 4]
    cut = [[line[start:].split("  ")[0].strip() for start in starts] for line in lines[2:]]
    return {setting: (value, origin) for setting, value, origin in cut}


def test_every_layer_is_named_with_its_file() -> None:
    found = rows("mosi_adam_lf-dnn")
    assert found["modalities"] == (
        "[vectors, audio, video]",
        f"{PAPER}/variants.yaml: variants.lf-dnn",
    )
    assert found["optimizer.algorithm"] == ("adam", f"{PAPER}/optimizers.yaml: optimizers.adam")
    mosi = "config/hyperparameters/mosi.yaml"
    assert found["training.epochs"] == ("50", f"{mosi}: all_runs")
    assert found["model.widths.vectors"] == ("256", f"{mosi}: per_model.lf_dnn")
    assert found["optimizer.text_learning_rate"] == ("5e-05", f"{mosi}: per_optimizer.adam")
    of_both = f"{mosi}: per_model.lf_dnn.per_optimizer.adam"
    assert found["optimizer.learning_rate"] == ("0.001", of_both)
    assert found["signed_log"] == ("[audio]", "config/corpora/mosi.yaml: datasets.mosi")
    assert found["training.loss"] == ("l1", "metrics: sentiment")
    assert found["training.accumulate"] == ("1", "default")
    assert found["optimizer.clip_norm"] == ("null", "default")


def test_a_form_is_named_with_its_variant() -> None:
    found = rows("demo_adam_lf-dnn-bert-gb")
    assert found["balancing.name"] == ("b_fusion", "the form 'gb' of variants.lf-dnn")
    assert found["optimizer.weight_decay"] == ("0.0", "the form 'bert' of variants.lf-dnn")
    assert found["modalities"] == ("[text, audio, video]", "the form 'bert' of variants.lf-dnn")
    assert found["model.name"] == ("lf_dnn", f"{PAPER}/variants.yaml: variants.lf-dnn")
    found = rows("demo_adam_lmf-gb")
    assert found["balancing.learning_rate"] == ("0.1", f"{PAPER}/variants.yaml: variants.lmf-gb")
    assert found["balancing.name"] == ("b_fusion", "the form 'gb' of variants.lmf")


def test_files_that_are_laid_over_take_the_place(tmp_path: Path) -> None:
    mine, more = tmp_path / "mine.yaml", tmp_path / "more.yaml"
    mine.write_text(
        "text_encoder: folder\n"
        "datasets: {demo: {all_runs: {training: {epochs: 3}}}}\n"
        "variants: {gb: {grid: {model.dropout: [0.1, 0.2]}}}"
    )
    more.write_text("datasets: {demo: {per_model: {awf: {training: {patience: 4}}}}}")
    found = rows("demo_sgd_gb", "--config", mine, "--config", more)
    assert found["training.epochs"] == ("3", f"{mine}: all_runs")
    assert found["training.patience"] == ("4", f"{more}: per_model.awf")
    assert found["training.batch_size"] == ("16", f"{DEMO}: all_runs")
    assert found["text_encoder"] == ("folder", f"{mine}: text_encoder")
    assert found["grid of model.dropout"] == ("[0.1, 0.2]", f"{mine}: variants.gb")


@pytest.mark.parametrize(
    ("arm", "told"),
    [
        ("demos_sgd_gb", "unknown dataset 'demos'; choose from: demo, "),
        ("demo_sgdd_gb", "unknown optimizer 'sgdd'; choose from: sgd, adam"),
        ("demo_sgd_gbb", "unknown variant 'gbb'; choose from: gb, "),
        ("demo_sgd", "'demo_sgd' is no arm: write dataset_optimizer_variant, e.g. demo_adam_gb"),
        ("iemocap_sgd_lf-dnn-bert", "unknown modality 'text'; choose from: vectors"),
    ],
)
def test_unknown_names_are_one_sentence(arm: str, told: str) -> None:
    with pytest.raises(EvenfuseError) as caught:
        run_command("config", arm)
    assert str(caught.value).startswith(told)
    assert "\n" not in str(caught.value)
