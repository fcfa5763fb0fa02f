"""What rules are told, from configs that are small or strange."""

import json
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.planning.arms import PlannedArm
from evenfuse.planning.datasets import PlannedDataset, in_one_process
from evenfuse.planning.encoders import hub_name, made_encoder
from evenfuse.planning.machine import computing, event_files, use_own_python
from evenfuse.planning.sources import PlannedFile
from evenfuse.planning.timings import PlannedTiming
from evenfuse.settings.config import Config
from evenfuse.settings.reading import load
from evenfuse.settings.trees import merge

ENTRY = {
    "title": "D",
    "files": {"words": "w.csd", "labels": "l.csd", "audio": "a.csd"},
    "modalities": ["text", "audio"],
    "text_encoder": "scratch",
}
SMALL = {
    "study": {"datasets": ["d"], "optimizers": ["o"], "variants": ["v"], "seeds": [1, 2]},
    "tuning": {"seeds": [7, 8]},
    "datasets": {"d": ENTRY},
    "optimizers": {"o": {}},
    "variants": {"v": {"model": {"name": "awf"}}, "w": {"model": {"name": "lmf"}}},
}


def config(**changes: Any) -> Config:
    return load(merge(SMALL, changes))


def arm(point: str | None = None, **changes: Any) -> PlannedArm:
    return PlannedArm(config(**changes), "d", "o", "v", point)


def dataset(**entry: Any) -> PlannedDataset:
    return PlannedDataset(config(datasets={"d": entry}), "d")


def file(**changes: Any) -> PlannedFile:
    return PlannedFile(config(**changes), "d", "a.csd")


def test_an_arm_has_a_model_and_a_record_per_seed() -> None:
    assert arm().models() == [f"results/runs/d_o_v/seed-{seed}/model" for seed in (1, 2)]
    assert arm().runs() == [f"results/runs/d_o_v/seed-{seed}/run.json" for seed in (1, 2)]


def test_the_settings_of_an_arm_have_no_seed_and_a_run_can_read_them() -> None:
    values = json.loads(arm().settings_json())
    assert (values["dataset"], values["model"]["name"]) == ("d", "awf")
    assert "seed" not in values


def test_an_unknown_arm_is_told_at_once() -> None:
    with pytest.raises(EvenfuseError, match="unknown variant 'vv'"):
        PlannedArm(config(), "d", "o", "vv")


def test_an_encoder_that_a_rule_makes_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert arm().given() == ["--text-encoder=data/vocabulary/d"]
    folder = "data/encoders/google-bert--bert-base-uncased@v1.0"
    fetched = arm(text_encoder="google-bert/bert-base-uncased@v1.0")
    assert (fetched.encoder(), fetched.given()) == ([folder], [f"--text-encoder={folder}"])
    assert hub_name(Path(folder).name) == "google-bert/bert-base-uncased@v1.0"
    Path("bert").mkdir()
    assert arm(text_encoder="bert").given() == []
    assert arm(datasets={"d": {"modalities": ["audio"]}}).given() == []


@pytest.mark.parametrize(
    "name", ["/no/folder", "a--b", "a/b/c", "../up", "a/b@", "a b", "a/../b", "a@b/c", "-a", "é"]
)
def test_what_is_neither_a_folder_nor_a_name_is_told(name: str) -> None:
    with pytest.raises(EvenfuseError, match=f"the text encoder '{name}' is not a BERT folder, nor"):
        made_encoder("d", [arm().settings.model_copy(update={"text_encoder": name})])


def test_only_a_bert_folder_has_a_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "bert"
    folder.mkdir()
    assert arm().pretrained() == arm(text_encoder="some/bert").pretrained() == ""
    audio_alone = arm(text_encoder="bert", datasets={"d": {"modalities": ["audio"]}})
    assert audio_alone.pretrained() == ""
    assert not (tmp_path / ".snakemake").exists()
    digests = set()
    for content in ("one", "two"):
        (folder / "vocab.txt").write_text(content)
        digests.add(arm(text_encoder="bert").pretrained())
    assert len(digests) == 2
    assert len(json.loads((tmp_path / ".snakemake/evenfuse_digests.json").read_text())) == 2


def test_a_grid_has_records_per_point_and_tuning_seed_and_its_winner_is_given() -> None:
    grid = {"variants": {"v": {"grid": {"model.dropout": [0.1, 0.2]}, "use_winner": True}}}
    searched = arm(**grid)
    points = [f"results/tuning/d_o_v/model.dropout~{rate}" for rate in (0.1, 0.2)]
    assert searched.points() == [f"{p}/seed-{s}/run.json" for p in points for s in (7, 8)]
    assert searched.given()[-1] == "--winner=results/tuning/d_o_v.json"
    assert json.loads(searched.grid()) == ["model.dropout"]
    tried = arm("model.dropout~0.2", **grid)
    assert tried.winner() == []
    assert json.loads(tried.settings_json())["model"]["dropout"] == 0.2


def test_an_arm_without_a_grid_has_no_points() -> None:
    with pytest.raises(EvenfuseError, match="d_o_v has no grid to search"):
        arm().points()


def test_a_dataset_that_is_aligned() -> None:
    raw = {role: f"data/raw/d/{role[0]}.csd" for role in ("words", "labels", "audio")}
    planned = dataset(folds="f.json", published={"test": 3}, planted="p.parquet")
    assert planned.raw_files() == {**raw, "folds": "data/raw/d/f.json"}
    assert planned.roles() == [f"{role}={path}" for role, path in raw.items()]
    assert planned.folds() == ["--folds=data/raw/d/f.json"]
    assert planned.published() == ["--published=test=3"]
    assert planned.planted() == [Path("data/raw/d/p.parquet")]
    assert dataset(sdk="CMU_MOSI").folds() == ["--sdk-folds=CMU_MOSI"]


def test_a_dataset_of_ones_own_has_features_beside_its_manifest(tmp_path: Path) -> None:
    (tmp_path / "audio").mkdir()
    entry = {"format": "manifest", "folder": str(tmp_path), "files": {"manifest": "m.csv"}}
    planned = dataset(**entry, modalities=["text", "audio", "video"])
    features = [tmp_path / "audio", tmp_path / "video.csd"]
    assert planned.one_file() == {"file": tmp_path / "m.csv", "features": features}
    wanted = ["--modality=text", "--modality=audio", "--modality=video"]
    assert planned.modalities() == wanted


def test_datasets_in_one_process_make_a_pattern() -> None:
    assert in_one_process(config()) == "none"
    assert in_one_process(config(datasets={"d": {"one_process": True}})) == "d"


def test_a_file_is_looked_for_in_the_mirror_and_at_its_addresses() -> None:
    mirror = "hf://datasets/x/y/a*"
    known = {"addresses": ["http://x/a b"], "size": 5, "sha256": "a" * 64, "unofficial": [mirror]}
    entry = {"homepage": "h", "licence": "l", "files": {"a.csd": known}}
    planned = file(mirror="my folder", sources={"d": entry})
    addresses = ["--address=http://x/a b", f"--unofficial={mirror}"]
    options = ["--folder=my folder", *addresses, "--largest-gb=50", "--terms=l (h)"]
    assert shlex.split(planned.places()) == options
    assert planned.identity() == ["--size=5", f"--sha256={'a' * 64}"]
    assert file(largest_download_gb=0.5).places() == "--largest-gb=0.5"
    assert file().store() == "data/downloads/d"


def test_what_is_to_be_signed_is_told_until_the_config_accepts_it() -> None:
    entry = {"homepage": "h", "licence": "for us", "sign": "a form"}
    sources = {"d": entry, "other": entry}
    limit, terms = "--largest-gb=50", "--terms=for us (h)"
    unsigned = file(sources=sources, accepted_terms=["other"])
    assert shlex.split(unsigned.places()) == [limit, "--unsigned=a form (h)", terms]
    signed = file(sources=sources, accepted_terms=["d"])
    assert shlex.split(signed.places()) == [limit, terms]
    assert shlex.split(PlannedDataset(signed.config, "d").terms()) == [terms]
    assert dataset().terms() == ""
    with pytest.raises(EvenfuseError, match="unknown source 'D'; choose from: d, other"):
        file(sources=sources, accepted_terms=["D"])


def test_the_outlook_of_a_file_says_where_it_will_come_from(tmp_path: Path) -> None:
    entry = {"homepage": "h", "licence": "l"}
    assert file().outlook().startswith("no address is known, give its folder with --config mirror")
    of_sdk = PlannedFile(config(datasets={"d": {"sdk": "CMU_MOSI"}}), "d", "CMU_MOSI_COVAREP.csd")
    assert of_sdk.outlook() == "a download, size unknown"
    assert file(datasets={"d": {"sdk": "CMU_MOSI"}}).outlook().startswith("no address is known")
    there = {**entry, "files": {"a.csd": {"addresses": ["http://x/a"], "size": 12345}}}
    assert file(sources={"d": there}).outlook() == "a download, 12,345 bytes"
    unsigned = {"d": {**there, "sign": "a form"}}
    told = "first sign a form (h), then add the line 'accepted_terms: [d]' to the config"
    assert file(sources=unsigned).outlook() == told
    (tmp_path / "d").mkdir()
    (tmp_path / "d/a.csd").touch()
    mirrored = file(sources=unsigned, mirror=str(tmp_path))
    assert mirrored.outlook() == f"from {tmp_path / 'd'}"


def test_a_generated_file_is_fetched_from_where_it_was_made() -> None:
    generated = {**ENTRY, "generate": {"videos": 8}, "files": {}}
    values = {**SMALL, "datasets": {"d": generated}}
    planned = PlannedFile(load(values), "d", "demo_audio.csd")
    assert planned.generated() == ["data/generated/d/demo_audio.csd"]
    assert planned.places() == "--folder=data/generated/d --largest-gb=50"
    assert planned.outlook() == "from data/generated/d"


def test_a_timing_has_the_models_of_its_table() -> None:
    table = {"title": "T", "variants": ["v", "w"]}
    planned = PlannedTiming(config(tables={"t": table}), "t", "d")
    assert [s["variant"] for s in json.loads(planned.settings_json())] == ["v", "w"]
    assert planned.given() == ["--text-encoder=data/vocabulary/d"]


def test_what_the_machine_has_is_read_by_a_shell_as_it_is_meant() -> None:
    told = config(local_cache="my disk", tensorboard="my events", runs_per_gpu=3)
    assert shlex.split(computing(told)) == ["--runs-per-gpu=3", "--local-cache=my disk"]
    assert shlex.split(event_files(told, "runs/a")) == ["--tensorboard=my events/runs/a"]
    assert event_files(config(), "runs/a") == ""


def test_the_python_of_shell_lines_is_this_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin")
    use_own_python()
    assert os.environ["PATH"] == f"{Path(sys.executable).parent}:/usr/bin"
