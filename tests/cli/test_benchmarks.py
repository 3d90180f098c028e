"""The benchmarks can be started. What they measure is no test: this machine may be busy."""

import subprocess

import pytest
from tracing import ROOT, TIMEOUT_S

BENCHMARKS = ["overhead", "parts", "bias", "emulation", "drain", "scale", "startup"]


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_says_what_it_measures(name):
    done = subprocess.run([ROOT / "bench" / name, "--help"], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0 and done.stdout.startswith("usage: "), done.stderr
