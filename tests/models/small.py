"""Settings that make each model small enough to be trained within seconds."""

WIDTHS = {"text": 10, "vectors": 9, "audio": 7, "video": 8}
SUBNETWORKS = {"widths": WIDTHS, "lstm_size": 8, "dropout": 0.0}
HEAD = {"post_dim": 12, "post_dropout": 0.0}
DROPOUTS = ("self_attention", "embedding", "relu", "residual", "output")
CROSS_MODAL: dict[str, object] = {
    **{"width": 8, "heads": 2, "layers": 2, "self_layers": 1, "kernels": {"audio": 3}},
    **{f"{part}_dropout": 0.0 for part in DROPOUTS},
}

SMALL: dict[str, dict[str, object]] = {
    "awf": {"hidden_size": 12, "post_dim": 8},
    "cm_attn": {**CROSS_MODAL, "rank": 3},
    "ef_lstm": {"hidden_size": 8, "layers": 2, "dropout": 0.0},
    "hgraph_cl": {"width": 8, "heads": 2, "layers": 2, "graph_dropout": 0.0, "dropout": 0.0},
    "lf_dnn": {**SUBNETWORKS, **HEAD},
    "lf_lstm": {"widths": WIDTHS, "dropout": 0.0, **HEAD},
    "lmf": {**SUBNETWORKS, "rank": 3},
    "lmf_mult": {**CROSS_MODAL, "rank": 3},
    "mag_bert": {"dropout": 0.0},
    "misa": {"width": 8, "feed_forward": 16, "attention_dropout": 0.0, "dropout": 0.0},
    "momentum": {**CROSS_MODAL, "input_dropout": {}, "contrast_width": 6, "queue": 20},
    "mult": CROSS_MODAL,
    "self_mm": {
        **{"widths": WIDTHS, "lstm_sizes": WIDTHS, "post_dim": 12},
        **{"head_widths": dict.fromkeys(WIDTHS, 16), "head_dropouts": dict.fromkeys(WIDTHS, 0.0)},
    },
    "tfn": {**SUBNETWORKS, **HEAD},
}
