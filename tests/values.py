"""Each value of each call is told as the program ledger of tests/go knows it."""

import subprocess

import ledger
import pytest
from building import minor_of
from tracing import TIMEOUT_S, func_options

FEWEST_SIGNATURES = {"values": 95, "interfaces": 4}


def check_values(program, version, trace, go_builds, scenario="values", options=(), may_be_removed=True):
    """may_be_removed: by the optimiser, as the program itself says."""
    minor = minor_of(go_builds.goroot(version))
    alone = subprocess.run([program, scenario], capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    functions = {call["function"] for call in ledger.read_ledger(alone.stdout)}
    assert len(functions) >= FEWEST_SIGNATURES[scenario]

    options = [*options, "--calls", "--max-lines", "1000000", "--no-calibrate", *func_options(ledger.patterns_of(functions))]
    result = trace(options, [program, scenario])
    calls = ledger.read_ledger(result.stdout)
    assert len(calls) == len(ledger.read_ledger(alone.stdout)), "the program does not do the same each time"
    expected = ledger.by_call(calls, lambda call: ledger.call_as_reported(call, minor, may_be_removed))
    found = ledger.by_call(ledger.in_order(result.reports), ledger.members_of)
    differing = ledger.differences(expected, found)
    if differing:
        said = "\n".join(differing[:100])
        pytest.fail(f"{len(differing)} values differ:\n{said}\n{result.stderr}", pytrace=False)
