"""The stacks that calls are made from: what gotraced says of them is what the program itself sees."""

import os
import signal
import subprocess
from collections import Counter

import pytest
from building import minor_of
from stacks import TRACED, as_printed, check_stacks, expected_stack
from tracing import TIMEOUT_S, by_function, func_options, gotraced, ledger_of, wait_until

UNKNOWN = "[stack not known]"


@pytest.mark.parametrize("flavour", ["plain", "pie", "unoptimised", "stripped", "cgo"])
def test_callers_are_those_that_the_program_sees(flavour, trace, go_builds, go):
    n = check_stacks(trace, go_builds.path("callers", go, flavour), minor_of(go_builds.goroot(go)))
    assert n > 500


def test_text_has_a_line_for_each_caller(newest):
    done = gotraced("--calls", "--stack", "--func", "main.recursing", "--", newest("callers"))
    assert done.returncode == 0, done.stderr
    assert "    main.recursions  " in done.stdout
    recursive = [line for line in done.stdout.splitlines() if line.startswith("    main.recursing  ")]
    assert len(recursive) > 100 and len({line.rpartition(":")[2] for line in recursive}) == 1


# Calls by their stacks, in a file.


def read_folded(path):
    """The number in each line, by the functions from the outermost on."""
    lines = [line.rpartition(" ") for line in path.read_text().splitlines()]
    folded = {tuple(stack.split(";")): int(number) for stack, _, number in lines}
    assert len(folded) == len(lines), "a stack has several lines"
    return folded


class Folded:
    """The files of --stacks."""

    def __init__(self, path):
        self.path = path
        self.options = ["--stacks", path]

    def calls(self):
        return read_folded(self.path.with_name(self.path.name + ".calls"))

    def times(self):
        return read_folded(self.path)

    def check_totals(self, reports):
        """Each function's lines are all of its calls, and all of their time."""
        calls, times = self.calls(), self.times()
        assert calls.keys() == times.keys()
        totals = {function: [0, 0] for function in by_function(reports)}
        for stack, n in calls.items():
            totals[stack[-1]][0] += n
            totals[stack[-1]][1] += times[stack]
        for function, report in by_function(reports).items():
            n, sum_ns = totals[function]
            assert n == report["calls"]
            assert (sum_ns // n if n else None) == report["mean_ns"]


@pytest.fixture
def folded(tmp_path):
    return Folded(tmp_path / "stacks.folded")


def expected_folded(stdout, minor):
    """From the ledger: how often each stack is there, functions abbreviated as the runtime prints them."""
    return Counter(
        (*(function for function, _, _ in reversed(expected_stack(call["stack"]))), call["function"])
        for call in ledger_of(stdout)
    )


def abbreviated(folded, minor):
    found = Counter()
    for stack, n in folded.items():
        found[tuple(as_printed(function, minor) for function in stack)] += n
    return found


@pytest.mark.parametrize("flavour", ["plain", "stripped"])
def test_calls_of_each_stack_are_counted(flavour, trace, go_builds, go, folded):
    minor = minor_of(go_builds.goroot(go))
    result = trace([*folded.options, *func_options(TRACED)], [go_builds.path("callers", go, flavour)])
    assert abbreviated(folded.calls(), minor) == expected_folded(result.stdout, minor)
    folded.check_totals(result.reports)
    assert all(report["report"] == "final" for report in result.reports)


def test_stacks_are_of_all_calls_however_few_are_printed(trace, newest, folded):
    options = ["--calls", "--slower-than", "1h", *folded.options, *func_options(TRACED)]
    result = trace(options, [newest("callers")])
    assert all(report["report"] == "final" for report in result.reports)
    assert sum(folded.calls().values()) == len(ledger_of(result.stdout))
    folded.check_totals(result.reports)


def test_conditions_and_printed_calls_leave_stacks_as_they_are(trace, newest, folded):
    options = ["--calls", "--max-lines", "3", "--where", "n >= 100", *folded.options, "--func", "main.recursing"]
    result = trace(options, [newest("callers")])
    assert sum(folded.calls().values()) == 101
    assert sum(report["report"] == "call" for report in result.reports) <= 3 * TIMEOUT_S
    folded.check_totals(result.reports)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT, None], ids=["SIGTERM", "SIGINT", "duration"])
def test_the_file_is_complete_however_gotraced_ends(end, tracer, start, newest, folded):
    start(newest("load"), str(TIMEOUT_S))
    functions = ["main.outer", "main.warm", "main.deep"]
    options = ["--binary", newest("load"), *func_options(functions), *folded.options]
    if end:
        one = tracer(*options, "--interval", "100ms")
        wait_until(lambda: sum(report["calls"] for report in one.reports("interval")) > 100, "there are calls")
    else:
        one = tracer(*options, "--duration", "700ms")
        assert one.process.wait(TIMEOUT_S) == 0
    reports = one.finish(end) if end else one.reports("final")
    folded.check_totals(reports)
    assert len(folded.calls()) >= len(functions)


def test_sigusr2_begins_stacks_anew(tracer, newest, folded):
    one = tracer("--binary", newest("fib"), "--func", "main.fib", *folded.options)
    subprocess.run([newest("fib")], capture_output=True, check=True, timeout=TIMEOUT_S)
    one.process.send_signal(signal.SIGUSR2)
    wait_until(lambda: one.reports("dump"), "SIGUSR2 has been answered")
    (dump,) = one.reports("dump")
    assert dump["calls"] == 21891
    assert one.dump(1)["main.fib"]["returned"] == 0
    subprocess.run([newest("fib")], capture_output=True, check=True, timeout=TIMEOUT_S)
    folded.check_totals(one.finish())
    assert sum(folded.calls().values()) == 21891


@pytest.mark.parametrize("options", [[], ["--calls", "--max-lines", "1"]], ids=["alone", "calls"])
def test_calls_that_find_the_ring_buffer_full_are_folded_by_function(options, tracer, newest, folded):
    calls, goroutines = 20000, 4
    one = tracer("--binary", newest("loop"), "--func", "main.work", "--ring-size", "4K", *folded.options, *options)
    one.process.send_signal(signal.SIGSTOP)
    subprocess.run([newest("loop"), str(calls), str(goroutines)], capture_output=True, check=True, timeout=TIMEOUT_S)
    one.process.send_signal(signal.SIGCONT)
    reports = one.finish()
    found = folded.calls()
    assert sum(found.values()) == calls * goroutines
    folded.check_totals([report for report in reports if report["report"] == "final"])
    unknown = found.pop((UNKNOWN, "main.work"))
    assert f"the stacks of {unknown} calls are not known" in one.messages.read_text()
    # The others are known, or have found a ring that was drained meanwhile.
    assert found and all(stack == ("main.main.func1", "main.work") for stack in found)
    assert unknown > calls
    dropped = sum(report["dropped"] for report in reports if report["report"] == "omitted")
    assert dropped == (unknown if options else 0)


def test_a_file_that_cannot_be_written_to_is_refused_before_anything_is_traced(newest, tmp_path):
    path = tmp_path / "none" / "stacks"
    done = gotraced("--func", "main.fib", "--stacks", path, "--", newest("fib"))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"cannot write stacks to {path}: No such file or directory" in done.stderr
    assert "tracing" not in done.stderr
    (tmp_path / "stacks.calls").mkdir()
    done = gotraced("--func", "main.fib", "--stacks", tmp_path / "stacks", "--", newest("fib"))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"cannot write stacks to {tmp_path / 'stacks.calls'}: Is a directory" in done.stderr


def test_a_full_disk_is_a_failure(newest, tmp_path):
    os.symlink("/dev/full", tmp_path / "stacks")
    done = gotraced("--func", "main.fib", "--stacks", tmp_path / "stacks", "--", newest("fib"))
    assert done.returncode == 1
    assert f"cannot write the stacks to {tmp_path / 'stacks'}: No space left on device" in done.stderr
    assert "calls 21891 " in done.stdout
