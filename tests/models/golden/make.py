"""Make the golden files: MMSA 2.2.1's models, small, with what they predict of random inputs.

From the root of the repository, in a virtual environment of its own (MMSA asks for packages that
it does not need here, so pip is told to leave them out)::

    pip install torch==2.13.0 transformers==5.23.0 numpy pandas scikit-learn safetensors tqdm
    pip install easydict nvidia-ml-py
    pip install --no-deps MMSA==2.2.1
    python tests/models/golden/make.py

Each file holds `weights.*` by MMSA's names, `inputs.*` and `outputs.*`. All is drawn from the seed
below; the same versions make the same files. The tests need the files alone, and no MMSA.
"""

from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from transformers import BertConfig, BertModel

SEED = 0
HERE = Path(__file__).parent
ALL = {"train_mode": "regression"}
LATE = {
    **{"feature_dims": (11, 5, 7), "hidden_dims": (12, 3, 8), "text_out": 6, "rank": 4},
    **{"post_fusion_dim": 10, "dropouts": (0.0, 0.0, 0.0, 0.0)},
}
EARLY = {
    **{"feature_dims": (11, 5, 7), "hidden_dims": 12, "seq_lens": 6},
    **{"num_layers": 3, "dropout": 0.0},
}
MULT = {
    **{f"{part}_dropout": 0.0 for part in ("attn", "relu", "embed", "res", "output", "text")},
    **{"attn_dropout_a": 0.0, "attn_dropout_v": 0.0, "nlevels": 2, "use_bert": False},
    **{"conv1d_kernel_size_l": 5, "conv1d_kernel_size_a": 1, "conv1d_kernel_size_v": 3},
    **{"feature_dims": [12, 5, 7], "dst_feature_dim_nheads": [6, 2]},
}
MISA = {
    **{"feature_dims": (768, 5, 7), "hidden_size": 4, "dropout": 0.0, "rnncell": "lstm"},
    **{"use_bert": True, "use_finetune": False, "use_cmd_sim": True, "transformers": "bert"},
}

Made = tuple[dict[str, Tensor], dict[str, Tensor], dict[str, Tensor]]  # weights, inputs, outputs


def build(name: str, **settings: Any) -> nn.Module:
    """Return MMSA's model of this name."""
    module = import_module(f"MMSA.models.singleTask.{name}")
    model: nn.Module = getattr(module, name)(SimpleNamespace(**ALL, **settings))
    return model


def weights_of(model: nn.Module) -> dict[str, Tensor]:
    return {name: value.clone() for name, value in model.state_dict().items()}


def louder(model: nn.Module) -> nn.Module:
    """Triple the weights it starts with: predictions far from one another."""
    for parameter in model.parameters():
        parameter.data *= 3 if parameter.requires_grad else 1
    return model


def late(name: str) -> Made:
    """A model of averaged frames, inside and outside of training; the averages are its inputs."""
    model = louder(build(name, **LATE))
    for norm in (model.audio_subnet.norm, model.video_subnet.norm):
        norm.running_mean.normal_()
        norm.running_var.uniform_(0.5, 1.5)
    weights = weights_of(model)
    inputs = {
        **{"vectors": torch.randn(5, 6, 11), "audio": torch.randn(5, 9, 5)},
        "video": torch.randn(5, 4, 7),
    }
    means = [inputs[part].mean(dim=1, keepdim=True) for part in ("audio", "video")]
    outputs = {
        "outside": model.eval()(inputs["vectors"], *means)["M"],
        "training": model.train()(inputs["vectors"], *means)["M"],
    }
    return weights, inputs, outputs


def ef_lstm() -> Made:
    """Early fusion; its batch norm, which needs segments of one length, does nothing."""
    model = louder(build("EF_LSTM", **EARLY)).eval()
    model.norm.weight.data.fill_(1.0)
    model.norm.eps = 0.0
    inputs = {
        **{"vectors": torch.randn(5, 6, 11), "audio": torch.randn(5, 6, 5)},
        "video": torch.randn(5, 6, 7),
    }
    return weights_of(model), inputs, {"outside": model(*inputs.values())["M"]}


def mult() -> Made:
    """MulT with and without a causal mask, with and without the positions that it leaves out."""
    package = "MMSA.models.subNets.transformers_encoder.position_embedding"
    embedding = import_module(package).SinusoidalPositionalEmbedding
    model = build("MULT", attn_mask=True, **MULT)
    for parameter in model.parameters():
        nn.init.normal_(parameter, std=0.4)
    weights = weights_of(model)
    inputs = {
        **{"text": torch.randn(4, 9, 12), "audio": torch.randn(4, 31, 5)},
        "video": torch.randn(4, 17, 7),
    }
    outputs = {}
    for causal in (True, False):
        model = build("MULT", attn_mask=causal, **MULT).eval()
        model.load_state_dict(weights)
        outputs[f"causal_{causal}.positions_False"] = model(*inputs.values())["M"]
        for name, part in model.named_children():
            if name.startswith("trans"):
                part.embed_positions = embedding(part.embed_dim)
        outputs[f"causal_{causal}.positions_True"] = model(*inputs.values())["M"]
    return weights, inputs, outputs


def misa() -> Made:
    """MISA with its losses; the states of its BERT, a random one, are the inputs of its text.

    It cuts audio and video at the tokens' number, so all three have the same lengths here.
    """
    with TemporaryDirectory() as folder:
        sizes = {"hidden_size": 768, "num_hidden_layers": 1, "intermediate_size": 8}
        BertModel(BertConfig(vocab_size=20, **sizes)).save_pretrained(folder)
        words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
        (Path(folder) / "vocab.txt").write_text("\n".join(words))
        model = louder(build("MISA", pretrained=folder, **MISA)).eval()
    lengths = torch.tensor([5, 3, 2, 5])
    mask = (torch.arange(5) < lengths[:, None]).long()
    tokens = torch.stack([torch.randint(5, 20, (4, 5)) * mask, mask, torch.zeros_like(mask)], 1)
    frames = {"audio": torch.randn(4, 5, 5), "video": torch.randn(4, 5, 7)}
    states: list[Tensor] = []
    model.bertmodel.register_forward_hook(lambda *args: states.append(args[2]))
    prediction, labels = model(tokens, *frames.values())["M"], torch.randn(4, 1)
    inputs = {"text": states[0], **frames, "labels": labels, "lengths": lengths}
    weights = {k: v for k, v in weights_of(model).items() if not k.startswith("bertmodel.")}
    return weights, inputs, {"outside": prediction, **misa_losses(model, prediction, labels)}


def misa_losses(model: nn.Module, prediction: Tensor, labels: Tensor) -> dict[str, Tensor]:
    """Return what MMSA's trainer of MISA adds up, each without its weight."""
    module = import_module("MMSA.trains.singleTask.MISA")
    trainer = module.MISA(SimpleNamespace(dataset_name="mosi", use_cmd_sim=True, **ALL))
    trainer.model = SimpleNamespace(Model=model)
    return {
        "task": trainer.criterion(prediction, labels),
        "similarity": trainer.get_cmd_loss(),
        "difference": trainer.get_diff_loss(),
        "reconstruction": trainer.get_recon_loss(),
    }


MODELS: dict[str, Callable[[], Made]] = {
    "lf_dnn": lambda: late("LF_DNN"),
    "tfn": lambda: late("TFN"),
    "lmf": lambda: late("LMF"),
    "ef_lstm": ef_lstm,
    "mult": mult,
    "misa": misa,
}


def main() -> None:
    """Write one file per model, beside this one."""
    packages = ("MMSA", "torch", "transformers")
    made_with = {"made with": ", ".join(f"{name} {version(name)}" for name in packages)}
    for name, make in MODELS.items():
        torch.manual_seed(SEED)
        rooms = zip(("weights", "inputs", "outputs"), make(), strict=True)
        tensors = {
            f"{room}.{key}": value.detach().contiguous()
            for room, named in rooms
            for key, value in named.items()
        }
        save_file(tensors, HERE / f"{name}.safetensors", made_with)


if __name__ == "__main__":
    main()
