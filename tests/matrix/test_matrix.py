"""Programs of every version of Go, built in every way: each call of each function is counted as what became of it.

The program counts its own calls. Its ledger names the functions as a stack trace of Go 1.21 or newer does; how
gotraced names them in other programs is told by reported_as().
"""

import re
import subprocess
from collections import Counter

import pytest
from building import minor_of
from tracing import ENDS, TIMEOUT_S, check_consistency, func_options, ledger_of

FEWEST_FUNCTIONS = 60

# From Go 1.27 on the wrapper of an embedded interface's method ends in a jump through a register: where to is known
# only when it jumps, and it is refused.
JUMPS_ANYWHERE = "main.(*rental).run"


def reported_as(function, minor, stripped):
    """The name of a generic function in Go 1.18 to 1.20: numbered shapes in the symbols, and dots without them."""
    if minor not in (18, 19, 20):
        return function
    if stripped:
        return re.sub(r"\[.*?\]", "[...]", function)

    def numbered(arguments):
        types = arguments.group()[1:-1].split(",")
        return f"[{','.join(f'{t}_{i}' if t.startswith('go.shape.') else t for i, t in enumerate(types))}]"

    return re.sub(r"\[.*?\]", numbered, function)


def summed(pairs):
    """By function, the ends of its calls; where several functions have one name, of all of them."""
    by_function = {}
    for function, ends in pairs:
        by_function.setdefault(function, Counter()).update(ends)
    return {function: dict(ends) for function, ends in by_function.items()}


def described(ends):
    """The counts that are not zero."""
    if ends is None:
        return "nothing"
    return " ".join(f"{count} {name}" for name, count in ends.items() if count) or "no call"


def ends_by_function(reports):
    for report in reports:
        assert report["report"] == "final"
        check_consistency(report)
        assert report["not_started"] == 0 and report["dropped"] == 0, report["function"]
        yield report["function"], {name: report[key] for key, name in ENDS.items()}


def test_counts_equal_the_ledger(cell, note, go_builds, trace):
    version, mode = cell
    program = go_builds.path("matrix", version, mode)
    minor = minor_of(go_builds.goroot(version))
    alone = subprocess.run([program], capture_output=True, text=True, timeout=TIMEOUT_S)
    assert alone.returncode == 0, alone.stderr
    expected = summed(
        (reported_as(function, minor, "stripped" in mode), ends) for function, ends in ledger_of(alone.stdout).items()
    )

    result = trace(func_options(expected), [program])
    if minor >= 27:
        del expected[JUMPS_ANYWHERE]
        assert f"not traced: {JUMPS_ANYWHERE}: it leaves by a jump through a register" in result.stderr
    assert result.ledger == ledger_of(alone.stdout), "the program does not do the same each time"
    found = summed(ends_by_function(result.reports))
    differing = [
        f"{function}: ledger {described(expected.get(function))}, gotraced {described(found.get(function))}"
        for function in sorted(expected.keys() | found.keys())
        if expected.get(function) != found.get(function)
    ]
    if differing:
        note(f"FAILED {len(differing)}")
        said = "\n".join(differing)
        pytest.fail(f"{len(differing)} of {len(expected)} functions differ:\n{said}\n{result.stderr}", pytrace=False)
    assert len(expected) >= FEWEST_FUNCTIONS
    note(len(expected))
