"""Multimodal sentiment analysis from raw data to tables that can be believed."""

__version__ = "0.1.0"
