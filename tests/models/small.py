"""Settings that make each model small enough to be trained within seconds."""

SMALL: dict[str, dict[str, object]] = {
    "awf": {"hidden_size": 12, "post_dim": 8},
}
