"""Variants that follow from others by a rule."""

from typing import Any

import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.settings.config import Config
from evenfuse.settings.reading import load
from tests.settings.spoilt import Tree, put, sentence, shipped, small

# what every shipped variant is: title, modalities, model, balancer, Adam's weight decay on CMU-MOSI
VARIANTS = """
gb              | B- and A-fusion (proposed)    |                     | awf      | b_fusion | 0.0
no-gb           | A-fusion only                 |                     | awf      | none     | 0.0
gb-no-att       | B-fusion only                 |                     | awf      | b_fusion | 0.0
gb-grid         | B- and A-fusion (proposed), searched |              | awf      | b_fusion | 0.0
concat          | neither                       |                     | awf      | none     | 0.0
lf-dnn          | LF-DNN                        | vectors audio video | lf_dnn   | none     | 0.01
lf-dnn-gb       | LF-DNN with B-fusion          | vectors audio video | lf_dnn   | b_fusion | 0.01
lf-dnn-bert     | LF-DNN (BERT)                 | text audio video    | lf_dnn   | none     | 0.0
lf-dnn-bert-gb  | LF-DNN (BERT) with B-fusion   | text audio video    | lf_dnn   | b_fusion | 0.0
lf-dnn-text     | LF-DNN, text only             | vectors             | lf_dnn   | none     | 0.01
lf-dnn-audio    | LF-DNN, audio only            | audio               | lf_dnn   | none     | 0.01
lf-dnn-video    | LF-DNN, video only            | video               | lf_dnn   | none     | 0.01
lf-lstm         | LF-LSTM                       | vectors audio video | lf_lstm  | none     | 0.01
lf-lstm-gb      | LF-LSTM with B-fusion         | vectors audio video | lf_lstm  | b_fusion | 0.01
lf-lstm-bert    | LF-LSTM (BERT)                | text audio video    | lf_lstm  | none     | 0.0
lf-lstm-bert-gb | LF-LSTM (BERT) with B-fusion  | text audio video    | lf_lstm  | b_fusion | 0.0
lf-lstm-text    | LF-LSTM, text only            | vectors             | lf_lstm  | none     | 0.01
lf-lstm-audio   | LF-LSTM, audio only           | audio               | lf_lstm  | none     | 0.01
lf-lstm-video   | LF-LSTM, video only           | video               | lf_lstm  | none     | 0.01
ef-lstm         | EF-LSTM                       | vectors audio video | ef_lstm  | none     | 0.005
tfn             | TFN                           | vectors audio video | tfn      | none     | 0.0
tfn-gb          | TFN with B-fusion             | vectors audio video | tfn      | b_fusion | 0.0
tfn-bert        | TFN (BERT)                    | text audio video    | tfn      | none     | 0.0
tfn-text        | TFN, text only                | vectors             | tfn      | none     | 0.0
tfn-audio       | TFN, audio only               | audio               | tfn      | none     | 0.0
tfn-video       | TFN, video only               | video               | tfn      | none     | 0.0
lmf             | LMF                           | vectors audio video | lmf      | none     | 0.005
lmf-gb          | LMF with B-fusion             | vectors audio video | lmf      | b_fusion | 0.005
lmf-bert        | LMF (BERT)                    | text audio video    | lmf      | none     | 0.0
lmf-text        | LMF, text only                | vectors             | lmf      | none     | 0.005
lmf-audio       | LMF, audio only               | audio               | lmf      | none     | 0.005
lmf-video       | LMF, video only               | video               | lmf      | none     | 0.005
mult            | MulT                          | vectors audio video | mult     | none     | 0.005
mult-bert       | MulT (BERT)                   | text audio video    | mult     | none     | 0.0
lmf-mult        | LMF-MulT                      | vectors audio video | lmf_mult | none     | 0.005
lmf-mult-bert   | LMF-MulT (BERT)               | text audio video    | lmf_mult | none     | 0.0
cm-attn         | Fusion-Based-CM-Attn-MulT     | vectors audio video | cm_attn  | none     | 0.005
cm-attn-bert    | Fusion-Based-CM-Attn-MulT (BERT) | text audio video | cm_attn  | none     | 0.0
misa            | MISA                          | text audio video    | misa     | none     | 0.0
mag-bert        | MAG-BERT                      | text audio video    | mag_bert | none     | 0.0
hgraph-cl       | HGraph-CL                     | text audio video    | hgraph_cl | none    | 0.001
misa-authors    | MISA (authors' weights)       | text audio video    | misa     | none     | 0.0
self-mm         | Self-MM                       | text audio video    | self_mm  | none     | 2.5e-4
self-mm-gb      | Self-MM with B-fusion         | text audio video    | self_mm  | b_fusion | 2.5e-4
self-mm-human   | Self-MM, human labels         | text audio video    | self_mm  | none     | 2.5e-4
ogm               | A-fusion with OGM-GE            || awf      | ogm      | 0.0
ags               | A-fusion with AGS               || awf      | ags      | 0.0
agm               | A-fusion with AGM               || awf      | agm      | 0.0
unimodal          | A-fusion with unimodal losses   || awf      | unimodal | 0.0
grad-norm         | A-fusion with GradNorm          || awf      | grad_norm | 0.0
gradient-blending | A-fusion with gradient blending || awf      | gradient_blending | 0.0
mm-pareto         | A-fusion with MMPareto          || awf      | mm_pareto | 0.0
momentum | Momentum distillation | text audio video | momentum | none | 0.0
momentum-vectors|Momentum distillation (word vectors)|vectors audio video | momentum | none | 0.0
momentum-no-distil | Momentum without soft targets | text audio video | momentum | none | 0.0
momentum-no-polarity | Momentum without polarity | text audio video | momentum | none | 0.0
momentum-no-gate | Momentum without gate | text audio video | momentum | none | 0.0
momentum-no-coattn | Momentum without co-attention | text audio video | momentum | none | 0.0
momentum-student | Momentum, student alone | text audio video | momentum | none | 0.0
"""
ROWS = [[cell.strip() for cell in row.split("|")] for row in VARIANTS.strip().splitlines()]


@pytest.fixture(scope="module")
def config() -> Config:
    return load(shipped())


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_every_shipped_variant_is_what_it_says(config: Config, row: list[str]) -> None:
    name, title, modalities, model, balancer, decay = row
    variant, arm = config.variants[name], config.run("mosi", "adam", name)
    assert variant.title == title
    assert arm.modalities == (modalities or "text audio video").split()
    assert (arm.model.name, arm.balancing.name) == (model, balancer)
    assert arm.optimizer.weight_decay == float(decay)


def test_no_other_variant_is_shipped(config: Config) -> None:
    assert set(config.variants) == {row[0] for row in ROWS}


def test_the_fusion_weights_of_lmf_are_slower(config: Config) -> None:
    rates = {
        name: config.run("demo", "sgd", name).balancing.model_dump()["learning_rate"]
        for name in ("lf-dnn-gb", "tfn-gb", "lmf-gb")
    }
    assert rates == {"lf-dnn-gb": 1.0, "tfn-gb": 1.0, "lmf-gb": 0.1}


def test_the_ablation_is_with_and_without_b_and_a_fusion(config: Config) -> None:
    arms = {name: config.run("mosi", "adam", name) for name in config.study.variants}
    b_and_a = {
        name: (arm.balancing.name == "b_fusion", arm.model.model_dump()["a_fusion"])
        for name, arm in arms.items()
    }
    assert (b_and_a["gb"], b_and_a["concat"]) == ((True, True), (False, False))
    assert (b_and_a["no-gb"], b_and_a["gb-no-att"]) == ((False, True), (True, False))


def formed(forms: list[str], **entry: Any) -> Tree:
    values = put(small(), "datasets.d.files.vectors", "v.csd")
    made = {"model": {"name": "lf_dnn"}, "modalities": ["vectors", "audio"], **entry}
    return put(values, "variants.mine", {**made, "forms": forms})


def test_a_form_of_an_own_variant_has_its_settings() -> None:
    values = formed(["bert-gb"], training={"epochs": 3}, title="Mine", published="theirs")
    variant = load(values).variants["mine-bert-gb"]
    assert (variant.title, variant.in_paper()) == ("Mine (BERT) with B-fusion",) * 2
    assert variant.training == {"epochs": 3}
    assert load(formed(["gb"])).variants["mine-gb"].title == "mine with B-fusion"


@pytest.mark.parametrize("first", [True, False])
def test_an_entry_is_laid_over_the_form_of_its_name(first: bool) -> None:
    values = formed(["bert"])
    own = {"title": "Other", "optimizer": {"learning_rate": 0.5}}
    before, after = ({"mine-bert": own}, {}) if first else ({}, {"mine-bert": own})
    values["variants"] = {**before, **values["variants"], **after}
    variant = load(values).variants["mine-bert"]
    assert (variant.title, variant.modalities) == ("Other", ["text", "audio"])
    assert variant.optimizer == {"weight_decay": 0.0, "learning_rate": 0.5}


def test_text_alone_is_read_as_its_variant_reads_it() -> None:
    assert load(formed(["text"])).variants["mine-text"].modalities == ["vectors"]
    values = formed(["text"], modalities=["text", "audio"])
    assert load(values).variants["mine-text"].modalities == ["text"]


def test_early_fusion_has_no_form_with_bert() -> None:
    config = load(put(shipped(), "variants.ef-lstm.forms", ["bert"]))
    with pytest.raises(EvenfuseError) as caught:
        config.run("mosi", "adam", "ef-lstm-bert")
    told = "ef_lstm joins the modalities word by word, and the tokens of 'text' are no words"
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_form_without_modalities_is_refused() -> None:
    told = sentence(formed(["video"]))
    assert told.startswith("the variant 'mine' has the form 'video', but no modalities")
