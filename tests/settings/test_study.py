"""Which arms a study trains, and which of them its tables and figures show."""

from copy import deepcopy
from typing import Any

import pytest
import yaml

from evenfuse.errors import EvenfuseError
from evenfuse.settings.config import Config
from evenfuse.settings.reading import load
from evenfuse.settings.trees import merge

CONFIG = yaml.safe_load("""
study:
  datasets: [words, vectors]
  optimizers: [sgd, adam]
  variants: [gb]
  seeds: [1]
  tables: [ablation, extra, seconds, overall]
  figures: [lines]
datasets:
  words:
    title: Words
    files: {words: w.csd, labels: l.csd, audio: a.csd}
    modalities: [text, audio]
  vectors:
    title: Vectors
    format: mult
    files: {pickle: p.pkl}
    metrics: iemocap
    modalities: [vectors, audio]
optimizers: {sgd: {}, adam: {}}
variants:
  gb: {model: {name: awf}}
  bert: {model: {name: lf_dnn}, modalities: [text, audio]}
  other: {model: {name: lf_dnn}, modalities: [audio]}
  timed: {model: {name: lf_dnn}, modalities: [audio]}
tables:
  ablation: {title: A}
  extra: {title: E, optimizers: [adam], variants: [bert, other]}
  seconds: {title: S, kind: seconds, optimizers: [adam], variants: [timed]}
  overall: {title: O, every_arm: true}
figures:
  lines: {title: L, panels: [[other], [gb, timed]]}
""")
STUDY = [(d, o, "gb") for d in ("words", "vectors") for o in ("sgd", "adam")]
EXTRA = [("words", "adam", "bert"), ("words", "adam", "other"), ("vectors", "adam", "other")]


def config(**changed: Any) -> Config:
    return load(merge(deepcopy(CONFIG), changed))


def test_a_table_without_rows_of_its_own_shows_the_study() -> None:
    assert config().table_arms("ablation") == STUDY


def test_what_a_dataset_cannot_feed_is_left_out() -> None:
    assert config().table_arms("extra") == EXTRA


PICKLE = {
    "title": "Pickle",
    "format": "mmsa",
    "files": {"pickle": "p.pkl"},
    "modalities": ["text", "audio"],
}


@pytest.mark.parametrize(("own", "fed"), [({}, False), ({"word_rows": True}, True)])
def test_tokens_meet_their_words_only_where_data_is_aligned_to_them(own: Any, fed: bool) -> None:
    gated = {"model": {"name": "mag_bert"}, "modalities": ["text", "audio"]}
    made = config(
        study={"datasets": ["words", "pickle"]},
        datasets={"pickle": {**PICKLE, **own}},
        variants={"gated": gated},
        tables={"extra": {"variants": ["gated"]}},
    )
    fed_ones = ["words", *(["pickle"] if fed else [])]
    assert made.table_arms("extra") == [(name, "adam", "gated") for name in fed_ones]
    assert made.run("words", "adam", "gated")
    if fed:
        assert made.run("pickle", "adam", "gated")
        return
    with pytest.raises(EvenfuseError, match=r"mag_bert joins tokens .* 'pickle' is not aligned"):
        made.run("pickle", "adam", "gated")


def test_the_arms_of_tables_of_scores_are_trained_those_of_seconds_are_not() -> None:
    assert config().trained_arms() == STUDY + EXTRA
    assert config().table_arms("overall") == STUDY + EXTRA
    assert [arm[2] for arm in config().table_arms("seconds")] == ["timed", "timed"]


def test_only_tables_of_the_study_add_arms() -> None:
    assert config(study={"tables": ["ablation"]}).trained_arms() == STUDY


def test_a_figure_shows_what_is_trained() -> None:
    assert config().figure_arms("lines") == [*STUDY, *EXTRA[1:]]
    assert config(study={"tables": []}).figure_arms("lines") == STUDY


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"study": {"tables": ["ablatio"]}}, "unknown table 'ablatio'"),
        ({"study": {"figures": ["line"]}}, "unknown figure 'line'"),
        ({"tables": {"extra": {"variants": ["brt"]}}}, "unknown variant 'brt'"),
        ({"tables": {"extra": {"optimizers": ["adm"]}}}, "unknown optimizer 'adm'"),
        ({"figures": {"lines": {"panels": [["gbb"]]}}}, "unknown variant 'gbb'"),
        (
            {"tables": {"extra": {"kind": "minutes"}}},
            "unknown kind of table 'minutes'; choose",
        ),
        ({"tables": {"extra": {"titel": "E"}}}, "'tables.extra.titel'; did you mean 'title'"),
        ({"tables": {"extra": 3}}, "tables.extra"),
        ({"figures": {"lines": {"kind": "line"}}}, "unknown kind of figure 'line'; choose from"),
        ({"figures": {"lines": {"panels": []}}}, "figures.lines.panels"),
        ({"datasets": {"words": {"format": "cds"}}}, "unknown format 'cds'; choose from: csd, "),
        ({"datasets": {"words": {"published_as": "mossi"}}}, "datasets.words.published_as"),
        ({"study": {"missing": {"rates": [0.5, 1.0]}}}, "study.missing.rates.1"),
        ({"study": {"missing": {"rates": [0.5, 0.5]}}}, "it lists the same entry twice"),
        ({"study": {"missing": {"rate": [0.5]}}}, "did you mean 'rates'"),
        ({"variants": {"timed": {"model": {"dropuot": 1}}}}, "did you mean 'dropout'"),
    ],
)
def test_what_cannot_be_is_told(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(EvenfuseError) as caught:
        config(**changed)
    assert told in str(caught.value)
