"""The scripts that --emit writes, for versions of Go that no other test has them run on: 1.15 keeps g in thread-local
storage throughout, and begins its frames in another way."""

import bpftrace
import pytest
from tracing import func_options, gotraced, ledger_of

FUNCTIONS = "main.framed main.leaf main.mediumFrame main.hugeFrame main.(*counter).add main.manyReturns".split()


@pytest.mark.parametrize("suite", bpftrace.SUITES)
@pytest.mark.parametrize("version", ["1.15", "1.24"])
def test_counts_equal_the_ledger(version, suite, go_builds, tmp_path):
    bpftrace.fetch(suite)
    binary, script = go_builds.path("plain", version, "stripped"), tmp_path / "script.bt"
    done = gotraced("--emit", "bpftrace", "--binary", binary, *func_options(FUNCTIONS), "--output", script)
    assert done.returncode == 0, done.stderr
    assert ("thread.fsbase" in script.read_text()) == (version == "1.15")
    stdout, results = bpftrace.run(suite, script, binary)
    ledger = ledger_of(stdout)
    assert results.ends(FUNCTIONS) == bpftrace.expected_of({function: ledger[function] for function in FUNCTIONS})
