"""Write computational sequences (.csd) as the CMU-MultimodalSDK does."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from evenfuse.files import write_aside

# the SDK prompts for any of these that a file lacks
METADATA = (
    "root name",
    "computational sequence description",
    "computational sequence version",
    "alignment compatible",
    "dataset name",
    "dataset version",
    "creator",
    "contact",
    "featureset bib citation",
    "dataset bib citation",
)

Track = tuple[NDArray[np.float64], NDArray[Any]]


def write_csd(path: Path, name: str, dataset: str, videos: Mapping[str, Track]) -> None:
    """Write one file; a video has intervals (frame, 2) in seconds and features (frame, feature)."""
    metadata = dict.fromkeys(METADATA, "generated")
    metadata |= {"root name": name, "dataset name": dataset, "alignment compatible": "yes"}
    with write_aside(path) as aside, h5py.File(aside, "w") as file:
        for video, (intervals, features) in videos.items():
            group = file.create_group(f"{name}/data/{video}")
            group["intervals"] = intervals
            group["features"] = features
        for key, value in metadata.items():
            file[f"{name}/metadata/{key}"] = np.array([value.encode()], dtype=object)
