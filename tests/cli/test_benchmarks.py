"""The benchmarks can be started. What they measure is no test: this machine may be busy."""

import os
import subprocess

import pytest
from tracing import ROOT, TIMEOUT_S

# bench/report takes no options: it runs them.
PROGRAMS = [path for path in (ROOT / "bench").iterdir() if path.is_file() and os.access(path, os.X_OK)]
BENCHMARKS = sorted(path.name for path in PROGRAMS if path.name != "report")


@pytest.mark.parametrize("name", BENCHMARKS)
def test_it_says_what_it_measures(name):
    done = subprocess.run([ROOT / "bench" / name, "--help"], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0 and done.stdout.startswith("usage: "), done.stderr
