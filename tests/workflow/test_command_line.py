"""What people type: dry runs, lint, lists of rules."""

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.workflow.conftest import Project


def test_lint_has_nothing_to_say(fresh: Project) -> None:
    result = fresh.snakemake("--lint")
    assert "Congratulations" in result.stdout + result.stderr


def test_every_rule_says_what_it_does(fresh: Project) -> None:
    lines = fresh.snakemake("--list-rules").stdout.splitlines()
    rules = [line for line in lines if line and not line.startswith("Using")]
    assert len(rules) >= 10
    assert all("(" in rule and rule.endswith(".)") for rule in rules), rules


def planned(output: str) -> tuple[set[str], int]:
    """The arms whose results a dry run would write, and its number of jobs that train."""
    (number,) = set(re.findall(r"^train_seeds +(\d+)$", output, re.M))  # printed twice
    return set(re.findall(r"results/(demo_\w+_[\w-]+)\.json", output)), int(number)


def test_dry_run_of_the_default_study(fresh: Project) -> None:
    result = fresh.snakemake("-n", "all")
    assert result.returncode == 0
    arms, trainings = planned(result.stdout)
    variants = ("gb", "no-gb", "gb-no-att", "concat", "lf-dnn-text")
    assert {f"demo_adam_{variant}" for variant in variants} <= arms
    assert {f"demo_sgd_{variant}" for variant in variants[:4]} <= arms
    assert trainings == len(arms)  # each is trained once, whatever shows it


def test_plain_snakemake_means_all(fresh: Project) -> None:
    assert planned(fresh.snakemake("-n").stdout) == planned(fresh.snakemake("-n", "all").stdout)


def test_a_single_result_needs_only_its_arm(fresh: Project) -> None:
    result = fresh.snakemake("-n", "results/demo_sgd_gb.json")
    assert re.search(r"^train_seeds +1$", result.stdout, re.M)
    assert "demo_adam" not in result.stdout


def test_every_arm_has_event_files_of_its_own_if_any_are_wanted(fresh: Project) -> None:
    wanted = ["results/demo_sgd_gb.json", "results/demo_adam_gb.json"]
    result = fresh.snakemake("-n", "-p", "--config", "tensorboard=my events", "--", *wanted)
    for arm in ("demo_sgd_gb", "demo_adam_gb"):
        assert f"'--tensorboard=my events/runs/{arm}' --checkpoints" in result.stdout
    assert "--tensorboard" not in fresh.snakemake("-n", "-p", *wanted).stdout


def test_snakemake_works_from_an_environment_that_is_not_activated(
    fresh: Project, tmp_path: Path
) -> None:
    blank = tmp_path / "my environment"
    blank.symlink_to(sys.prefix)
    result = subprocess.run(
        [blank / "bin/python", "-m", "snakemake", "--cores", "1", "data/raw/demo/demo_words.csd"],
        cwd=fresh.folder,
        env={**os.environ, "PATH": os.defpath, "PYTHONPATH": str(fresh.folder / "src")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert (fresh.folder / "data/raw/demo/demo_words.csd").exists()
