"""What can be balanced, and what has nothing to balance."""

import pytest

from evenfuse.errors import EvenfuseError
from evenfuse.settings.reading import load
from tests.settings.spoilt import put, sentence, small


@pytest.mark.parametrize("balancer", ["b_fusion", "ogm"])
def test_one_modality_with_a_balancer_is_left_out_and_refused_by_name(
    balancer: str, capsys: pytest.CaptureFixture[str]
) -> None:
    values = put(small(), "datasets.d.modalities", ["audio"])
    put(values, "variants.w", {"model": {"name": "awf"}, "balancing": {"name": balancer}})
    put(values, "study.variants", ["v", "w"])
    put(values, "study.tables", ["t"])
    put(values, "tables.t", {"title": "T", "variants": ["w"]})
    config = load(values)
    told = "evenfuse: note: d_o_w is left out: it has one modality, and so nothing to balance\n"
    assert capsys.readouterr().err == told
    assert [arm.name for arm in config.trained_arms()] == ["d_o_v"]
    assert config.table_arms("t") == []
    with pytest.raises(EvenfuseError, match=f"d_o_w has nothing to balance: {balancer} is for two"):
        config.run("d", "o", "w")
    told = sentence(put(values, "study.variants", ["w"]))
    assert told.startswith("the study has nothing to train: each of its arms has one modality")


def test_two_modalities_are_balanced() -> None:
    values = put(small(), "variants.v.balancing", {"name": "b_fusion"})
    assert [arm.name for arm in load(values).trained_arms()] == ["d_o_v"]


def test_a_modality_without_a_last_linear_map_cannot_be_balanced() -> None:
    values = put(small(), "variants.v.model", {"name": "self_mm"})
    assert load(values)
    told = sentence(put(values, "variants.v.balancing", {"name": "b_fusion"}))
    assert told == (
        "d_o_v cannot be balanced: self_mm has no last linear map for the modality 'text'; set "
        "model.widths.text, or its balancing.name to none"
    )
    put(values, "variants.v.model.widths", {"text": 8, "audio": 4})
    assert load(values)
