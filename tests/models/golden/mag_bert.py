"""Write mag_bert.safetensors: what the gate of MMSA 2.2.1 makes of some tokens.

Run it where MMSA is installed: `python tests/models/golden/mag_bert.py`.
"""

from pathlib import Path
from types import SimpleNamespace

import torch
from MMSA.models.singleTask.BERT_MAG import MAG
from safetensors.torch import save_file

TEXT, AUDIO, VIDEO, BETA = 6, 5, 3, 0.5
PARTS = {
    "gates.video": "W_hv",
    "gates.audio": "W_ha",
    "shifts.video": "W_v",
    "shifts.audio": "W_a",
    "norm": "LayerNorm",
}


def main() -> None:
    torch.manual_seed(0)
    args = SimpleNamespace(
        feature_dims=(TEXT, AUDIO, VIDEO), beta_shift=BETA, dropout_prob=0.0, device="cpu"
    )
    gate = MAG(SimpleNamespace(hidden_size=TEXT), args)
    for parameter in gate.parameters():
        torch.nn.init.normal_(parameter)
    text, audio, video = (torch.randn(4, 7, width) for width in (TEXT, AUDIO, VIDEO))
    audio[:, 0], video[:, 0] = 0, 0
    golden = {"text": text, "audio": audio, "video": video, "beta": torch.tensor(BETA)}
    for ours, theirs in PARTS.items():
        for name, value in getattr(gate, theirs).named_parameters():
            golden[f"gate.{ours}.{name}"] = value.data.clone()
    golden["out"] = gate(text, video, audio).detach()
    save_file(golden, Path(__file__).with_suffix(".safetensors"))


if __name__ == "__main__":
    main()
