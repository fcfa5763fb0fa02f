"""The files of the config: which they are, how they are read, that all shipped ones are right."""

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from snakemake.utils import update_config

from evenfuse.errors import EvenfuseError
from evenfuse.settings.reading import config_files, load, load_workflow, read, read_files
from evenfuse.settings.trees import merge, values_in
from tests.settings.spoilt import CONFIG, SMALL, put, shipped

OVERLAYS = [
    "paper.yaml",
    "pickles.yaml",
    "mosi-text-audio.yaml",
    "mosi-models.yaml",
    "balancers.yaml",
    "tuning.yaml",
    "missing.yaml",
]
FILES = sorted(CONFIG.glob("**/*.yaml"))


def test_every_file_of_the_folder_is_read_or_laid_over() -> None:
    assert {*config_files(CONFIG), *(CONFIG / name for name in OVERLAYS)} == set(FILES)
    assert config_files(CONFIG)[-1] == CONFIG / "config.yaml"


def test_the_study_and_the_machine_fit_on_a_page() -> None:
    assert len((CONFIG / "config.yaml").read_text().splitlines()) <= 60


def test_no_two_files_say_the_same_thing() -> None:
    given = [set(values_in(tree)) for tree in read_files(config_files(CONFIG)).values()]
    assert sum(map(len, given)) == len(set().union(*given))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_shipped_study_is_right(overlay: str) -> None:
    assert load(shipped(overlay)).trained_arms()


def test_the_study_of_the_paper_is_its_four_corpora() -> None:
    config = load(shipped("paper.yaml"))
    assert config.study.datasets == ["mosi", "mosei", "sims", "iemocap"]
    assert len(config.trained_arms()) == 117
    assert len(config.study.seeds) == 5


def test_pickles_take_the_place_of_the_sdk() -> None:
    config = load(shipped("pickles.yaml"))
    for name in ("mosi", "mosei"):
        assert config.dataset(name).sources() == {"pickle": "unaligned_50.pkl"}


def test_mosi_without_video() -> None:
    config = load(shipped("mosi-text-audio.yaml"))
    assert config.study.datasets == ["mosi"]
    assert set(config.dataset("mosi").sources()) == {"words", "labels", "audio"}
    for variant in (*config.study.variants, *config.tables["momentum"].variants, "lf-dnn-bert"):
        assert config.run("mosi", "adam", variant).modalities == ["text", "audio"]


def test_all_models_on_mosi_without_video() -> None:
    config = load(shipped("mosi-text-audio.yaml", "mosi-models.yaml"))
    arms = config.trained_arms()
    assert len(arms) == len({arm.name for arm in arms}) == 25
    single = {"mosi_adam_lf-dnn-audio": ["audio"], "mosi_adam_lf-dnn-bert-text": ["text"]}
    for arm in arms:
        run = config.run(*arm)
        assert run.modalities == single.get(arm.name, ["text", "audio"])
        assert run.training.epochs <= 8


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_snakemake_and_we_lay_files_over_one_another_alike(
    overlay: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(CONFIG.parent)
    files = [CONFIG / "config.yaml", CONFIG / overlay]
    values = yaml.safe_load(files[0].read_text())
    update_config(values, yaml.safe_load(files[1].read_text()))
    assert load_workflow(values, files) == load(shipped(overlay))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(CONFIG)))
def test_an_editor_finds_the_schema_and_nothing_wrong(file: Path) -> None:
    first, *_ = file.read_text().splitlines()
    schema = file.parent / first.removeprefix("# yaml-language-server: $schema=")
    assert schema.resolve() == CONFIG / "schema.json"
    jsonschema.validate(yaml.safe_load(file.read_text()), json.loads(schema.read_text()))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("optimizers.sgd.optimizer.lerning_rate", 0.1),
        ("datasets.mosi.per_model.awf.model.rank", 3),
        ("datasets.mosi.per_model.lmf.model.rank", "three"),
        ("datasets.mosi.per_model.lmf.training.epochs", -1),
        ("variants.gb.model", {"name": "awf", "lstm_size": 3}),
        ("variants.gb.balancing", {"name": "none", "learning_rate": 1.0}),
    ],
)
def test_an_editor_marks_what_is_wrong(path: str, value: object) -> None:
    schema = json.loads((CONFIG / "schema.json").read_text())
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(put({}, path, value), schema)


@pytest.mark.parametrize("text", ["a: {b: 1, c: 2,\n  b: 3}", "b: 1\na: 2\nb: 3"])
def test_a_key_twice_is_told_with_its_lines(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(text)
    last = 1 + text.count("\n")
    told = f"{file} has the key 'b' twice, in lines 1 and {last}: remove one"
    with pytest.raises(EvenfuseError) as caught:
        read([file])
    assert str(caught.value) == told
    with pytest.raises(EvenfuseError) as caught:
        load_workflow({}, [str(file)])
    assert str(caught.value) == told


def test_the_same_key_in_two_entries_and_anchors_are_no_repeats(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text("a: &a {b: 1}\nc: {<<: *a, d: 2}\ne: {b: 3}")
    assert read_files([file]) == {file: {"a": {"b": 1}, "c": {"b": 1, "d": 2}, "e": {"b": 3}}}


def test_a_later_file_is_laid_over_the_former(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_text(SMALL)
    (tmp_path / "mine.yaml").write_text("study: {seeds: [7]}\nmirror: folder")
    config = read([tmp_path / "small.yaml", tmp_path / "mine.yaml"])
    assert (config.study.seeds, config.mirror, config.study.datasets) == ([7], "folder", ["d"])


def test_files_in_the_folders_are_found_by_themselves(tmp_path: Path) -> None:
    (tmp_path / "corpora").mkdir()
    (tmp_path / "corpora/mine.yaml").write_text("datasets: {mine: {title: Mine}}")
    assert [file.name for file in config_files(tmp_path)] == ["mine.yaml", "config.yaml"]
    assert merge(*read_files(config_files(tmp_path)[:1]).values())["datasets"]["mine"]
