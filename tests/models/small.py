"""Settings that make each model small enough to be trained within seconds."""

WIDTHS = {"text": 10, "vectors": 9, "audio": 7, "video": 8}
SUBNETWORKS = {"widths": WIDTHS, "lstm_size": 8, "dropout": 0.0}
HEAD = {"post_dim": 12, "post_dropout": 0.0}

SMALL: dict[str, dict[str, object]] = {
    "awf": {"hidden_size": 12, "post_dim": 8},
    "ef_lstm": {"hidden_size": 8, "layers": 2, "dropout": 0.0},
    "lf_dnn": {**SUBNETWORKS, **HEAD},
    "lf_lstm": {"widths": WIDTHS, "dropout": 0.0, **HEAD},
    "lmf": {**SUBNETWORKS, "rank": 3},
    "tfn": {**SUBNETWORKS, **HEAD},
}
