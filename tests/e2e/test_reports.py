"""When reports are made, what of, and where they go."""

import contextlib
import os
import signal
import subprocess
import time
from collections import Counter

import pytest
from tracing import GOTRACED, TIMEOUT_S, by_function, ends_of, func_options, ledger_of, read_reports
from test_counts import FUNCTIONS


def test_the_intervals_of_a_run_add_up_to_it(trace, newest):
    result = trace(["--interval", "200ms", "--func", "main.nap"], [newest("sleep")])
    intervals = [report for report in result.reports if report["report"] == "interval"]
    final = by_function(result.reports)["main.nap"]
    assert len(intervals) >= 7
    assert sum(report["calls"] for report in intervals) == final["calls"] == 300
    assert max(report["calls"] for report in intervals) < 100
    buckets = Counter()
    for report in intervals:
        by_function([report], "interval")
        buckets.update({(low, high): count for low, high, count in report["buckets"]})
    assert buckets == {(low, high): count for low, high, count in final["buckets"]}
    assert min(report["min_ns"] for report in intervals if report["calls"]) == final["min_ns"]
    assert max(report["max_ns"] for report in intervals if report["calls"]) == final["max_ns"]


def test_the_intervals_add_up_for_calls_that_do_not_return(trace, newest):
    result = trace(["--interval", "50ms", *func_options(FUNCTIONS["panics"])], [newest("panics")])
    assert result.ends == result.ledger
    for function, ends in result.ledger.items():
        intervals = [r for r in result.reports if r["report"] == "interval" and r["function"] == function]
        assert sum(report["calls"] for report in intervals) == ends["returned"]
        assert sum(report["unwound"] for report in intervals) == ends["unwound"]


def test_calls_made_while_probes_are_taken_away_are_not_counted(tracer, start, newest):
    """That takes longer than the run here, since perf events are detached one after the other."""
    start(newest("loop"), "1000000000", "1")
    functions = ["main.work", "strconv.(*NumError).*", "strconv.Atoi"]
    options = ["--links", "perf", "--interval", "100ms", "--duration", "500ms", *func_options(functions)]
    gotraced = tracer("--binary", newest("loop"), *options)
    assert gotraced.process.wait(TIMEOUT_S) == 0
    reports = [report for report in read_reports(gotraced.output) if report["function"] == "main.work"]
    rates = [report["calls_per_second"] for report in reports if report["report"] == "interval"]
    assert len(rates) >= 4
    # The last interval may be too short to have a rate worth the name.
    assert by_function(reports)["main.work"]["calls_per_second"] < 1.5 * max(rates[:4])


def test_sigusr1_dumps_and_goes_on(tracer, newest):
    gotraced = tracer("--binary", newest("fib"), "--func", "main.fib")
    total = 0
    for _ in range(3):
        done = subprocess.run([newest("fib")], capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
        total += ledger_of(done.stdout)["main.fib"]["returned"]
        assert gotraced.dump(1)["main.fib"]["returned"] == total
    assert ends_of(gotraced.finish())["main.fib"]["returned"] == total


def test_a_duration_ends_the_tracer_with_a_final_report(tracer, newest):
    gotraced = tracer("--duration", "1s", "--binary", newest("fib"), "--func", "main.fib")
    attached = time.monotonic()
    done = subprocess.run([newest("fib")], capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    assert gotraced.process.wait(TIMEOUT_S) == 0
    assert time.monotonic() - attached < 5
    reports = read_reports(gotraced.output)
    assert ends_of(reports) == ledger_of(done.stdout)
    assert 1 <= reports[0]["seconds"] < 1.5


@pytest.mark.parametrize("duration, seconds", [("1", 1), ("1s", 1), ("600ms", 0.6), ("0.01m", 0.6)])
def test_a_duration_may_have_a_unit(tracer, newest, duration, seconds):
    gotraced = tracer("--duration", duration, "--binary", newest("fib"), "--func", "main.fib")
    assert gotraced.process.wait(TIMEOUT_S) == 0
    (report,) = read_reports(gotraced.output)
    assert seconds <= report["seconds"] < seconds + 0.5


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=lambda how: how.name)
def test_a_signal_ends_the_tracer_with_a_final_report(tracer, newest, how):
    gotraced = tracer("--binary", newest("fib"), "--func", "main.fib")
    done = subprocess.run([newest("fib")], capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    assert ends_of(gotraced.finish(how)) == ledger_of(done.stdout)


@pytest.fixture(params=[signal.SIG_DFL, signal.SIG_IGN], ids=["in-the-foreground", "in-the-background"])
def place(request):
    """Shells have what they start in the background ignore SIGINT."""
    before = signal.signal(signal.SIGINT, request.param)
    yield
    signal.signal(signal.SIGINT, before)


def test_a_second_sigint_ends_a_tracer_that_is_stuck(tracer, newest, place):
    """Its final report goes to a pipe that is full and that no one reads."""
    reader, writer = os.pipe()
    try:
        gotraced = tracer(
            "--format", "json", "--binary", newest("fib"), "--func", "main.fib", stdout=writer, output=False
        )
        os.set_blocking(writer, False)
        with pytest.raises(BlockingIOError):
            while True:
                os.write(writer, b"\n")
        os.set_blocking(writer, True)
        gotraced.process.send_signal(signal.SIGINT)
        with pytest.raises(subprocess.TimeoutExpired):
            gotraced.process.wait(0.7)
        # Two at once would be one, were the machine so busy that the first had not been read.
        for _ in range(10):
            gotraced.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                gotraced.process.wait(1)
                break
        assert gotraced.process.poll() == -signal.SIGINT
    finally:
        os.close(reader)
        os.close(writer)


def test_reports_go_to_stdout_without_a_file(tracer, newest):
    gotraced = tracer(
        "--format", "json", "--binary", newest("fib"), "--func", "main.fib", stdout=subprocess.PIPE, output=False
    )
    ledger = ledger_of(subprocess.run([newest("fib")], capture_output=True, text=True, check=True).stdout)
    gotraced.process.send_signal(signal.SIGINT)
    stdout, _ = gotraced.process.communicate(timeout=TIMEOUT_S)
    assert gotraced.process.returncode == 0
    gotraced.output.write_bytes(stdout)
    assert ends_of(read_reports(gotraced.output)) == ledger


def test_a_file_of_reports_takes_the_place_of_stdout(tmp_path, newest):
    output = tmp_path / "reports"
    argv = [GOTRACED, "--output", output, "--format", "json", "--func", "main.fib", "--", newest("fib")]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0
    assert ledger_of(done.stdout) == ends_of(read_reports(output))
    assert len(done.stdout.splitlines()) == 1


def test_reports_name_the_binary(trace, newest):
    (report,) = trace(["--func", "main.fib"], [newest("fib")]).reports
    assert report["binary"] == str(newest("fib"))
    assert report["report"] == "final"


def test_a_command_that_outlasts_the_duration_is_ended(trace, newest):
    options = ["--duration", "600ms", *func_options(FUNCTIONS["inflight"])]
    reader, writer = os.pipe()
    try:
        result = trace(options, [newest("inflight"), "wait"], stdin=reader)
    finally:
        os.close(reader)
        os.close(writer)
    assert result.ends == result.ledger
