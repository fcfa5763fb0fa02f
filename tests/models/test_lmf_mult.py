"""LMF-MulT and Fusion-Based-CM-Attn-MulT: their sizes, and what attends to what."""

import torch

from evenfuse.models import cm_attn, lmf_mult
from evenfuse.settings.models.cm_attn import Settings
from tests.models.conftest import Make
from tests.models.parts import count, frames
from tests.models.test_mult import head, transformer

WIDTHS = {"text": 300, "audio": 74, "video": 35}
CONVOLUTIONS = sum(WIDTHS.values()) * 30
FUSION = 3 * 4 * 31 * 30 + 4 + 30  # three modalities' factors of rank 4, its weights, a shift


def test_parameter_count_of_lmf_mult() -> None:
    # published as .86 M on CMU-MOSEI, where MulT has 1.07 M
    expected = CONVOLUTIONS + FUSION + 6 * transformer(30, 5) + transformer(90, 5) + head(90)
    model = lmf_mult.Model(Settings(name="lmf_mult"), frames(WIDTHS), 1)
    assert count(model) == expected == 866_675


def test_parameter_count_of_cm_attn() -> None:
    expected = CONVOLUTIONS + FUSION + 6 * transformer(30, 5) + head(90)
    model = cm_attn.Model(Settings(name="cm_attn"), frames(WIDTHS), 1)
    assert count(model) == expected == 375_095


def test_the_fused_signal_is_as_long_as_the_shortest_modality(make: Make) -> None:
    model, corpus, _ = make("lmf_mult", ["vectors", "audio", "video"])
    seen = []
    model.memory.register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0]))
    batch = corpus.batch(torch.arange(6))
    model(batch)
    # the convolution of audio spans 3 steps
    lengths = [n - 2 * (name == "audio") for name, n in batch.lengths.items()]
    assert seen[0].lengths.tolist() == torch.stack(lengths).amin(dim=0).clamp(min=1).tolist()
    assert seen[0].states.shape[2] == 3 * 8
