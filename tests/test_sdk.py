"""Addresses and folds are the SDK's own, without importing it."""

import subprocess
import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from mmsdk.mmdatasdk import cmu_mosei, cmu_mosi, pom

from evenfuse import sdk
from evenfuse.errors import EvenfuseError
from evenfuse.settings.splits import SPLITS

DATASETS = {"CMU_MOSI": cmu_mosi, "CMU_MOSEI": cmu_mosei, "POM": pom}
each = pytest.mark.parametrize(("name", "module"), DATASETS.items(), ids=DATASETS)


@each
def test_addresses_are_those_of_the_sdk(name: str, module: ModuleType) -> None:
    tables = (module.raw, module.highlevel, module.labels)
    urls = {url for table in tables for url in table.values()}
    addresses = sdk.addresses(name)
    assert urls <= set(addresses.values())
    assert all(url.endswith(f"/{file}") for file, url in addresses.items())


def test_addresses_of_mosi_are_all_of_the_sdk_and_no_more() -> None:
    tables = (cmu_mosi.raw, cmu_mosi.highlevel, cmu_mosi.labels)
    addresses = sdk.addresses("CMU_MOSI")
    assert set(addresses.values()) == {url for table in tables for url in table.values()}
    assert addresses["CMU_MOSI_COVAREP.csd"] == cmu_mosi.highlevel["COVAREP"]


@each
def test_folds_are_those_of_the_sdk(name: str, module: ModuleType) -> None:
    theirs = module.standard_folds
    assert sdk.folds(name) == {
        "train": theirs.standard_train_fold,
        "valid": theirs.standard_valid_fold,
        "test": theirs.standard_test_fold,
    }


def test_folds_of_mosi_have_the_published_sizes_and_no_video_twice() -> None:
    folds = sdk.folds("CMU_MOSI")
    assert [len(folds[split]) for split in SPLITS] == [52, 10, 31]
    assert len({video for videos in folds.values() for video in videos}) == 93


def test_neither_the_sdk_nor_torch_is_imported() -> None:
    code = (
        "import sys; from evenfuse import sdk; "
        "sdk.addresses('CMU_MOSI'), sdk.folds('CMU_MOSI'); "
        "print(*{'torch', 'mmsdk.mmdatasdk'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    assert result.stdout == "\n"


def test_a_dataset_without_folds_is_refused() -> None:
    with pytest.raises(EvenfuseError, match="the SDK has no folds for 'SocialIQ'"):
        sdk.folds("SocialIQ")


@pytest.mark.parametrize("ask", [sdk.addresses, sdk.folds])
def test_an_unknown_dataset_is_answered_with_the_nearest(
    ask: Callable[[str], object],
) -> None:
    with pytest.raises(EvenfuseError) as caught:
        ask("CMU_MOSSI")
    assert str(caught.value) == "the SDK has no dataset 'CMU_MOSSI'; did you mean 'CMU_MOSI'?"
