"""Programs of every version of Go: each value of each call is told as the program itself knows it."""

import subprocess

import ledger
import pytest
from building import minor_of
from tracing import TIMEOUT_S, func_options

FEWEST_SIGNATURES = 95


def test_values_equal_the_ledger(values_cell, go_builds, trace):
    version, mode = values_cell
    program = go_builds.path("ledger", version, mode)
    minor = minor_of(go_builds.goroot(version))
    alone = subprocess.run([program, "values"], capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    functions = {call["function"] for call in ledger.read_ledger(alone.stdout)}
    assert len(functions) >= FEWEST_SIGNATURES

    options = ["--calls", "--max-lines", "1000000", "--no-calibrate", *func_options(ledger.patterns_of(functions))]
    result = trace(options, [program, "values"])
    calls = ledger.read_ledger(result.stdout)
    assert len(calls) == len(ledger.read_ledger(alone.stdout)), "the program does not do the same each time"
    expected = ledger.by_call(calls, lambda call: ledger.call_as_reported(call, minor, mode != "unoptimised"))
    found = ledger.by_call(ledger.in_order(result.reports), ledger.members_of)
    differing = ledger.differences(expected, found)
    if differing:
        said = "\n".join(differing[:100])
        pytest.fail(f"{len(differing)} values differ:\n{said}\n{result.stderr}", pytrace=False)
