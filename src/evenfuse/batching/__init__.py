"""Splits as the models see them: ragged tensors, batches and their order."""
