"""--by: the calls of a function told apart by a value, each of them counted with the value that it had."""

import signal
import socket
import subprocess
from collections import Counter

import pytest
from scraping import OPENMETRICS, scrape
from terminal import Terminal
from tracing import GOTRACED, TIMEOUT_S, by_function, func_options, gotraced, ledger_of, wait_until

MOST_VALUES = 20
ROOM = 250


def run(program, *arguments):
    argv = [program, *map(str, arguments)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
    return ledger_of(done.stdout)


def check_split(report):
    """Asserts what is true of every report, and returns the calls of each value."""
    split = report["by"]
    shares = [*split["values"], *(split[key] for key in ("others", "unknown") if split[key])]
    assert sum(share["calls"] for share in shares) == report["calls"]
    for share in shares:
        times = [share[key] for key in ("min_ns", "p50_ns", "p90_ns", "p99_ns", "max_ns")]
        assert share["calls"] > 0 and times == sorted(times)
        assert share["sum_ns"] // share["calls"] == share["mean_ns"]
        assert report["min_ns"] <= share["min_ns"] and share["max_ns"] <= report["max_ns"]
    if shares:
        assert sum(share["sum_ns"] for share in shares) // report["calls"] == report["mean_ns"]
    sums = [share["sum_ns"] for share in split["values"]]
    assert sums == sorted(sums, reverse=True) and len(sums) <= MOST_VALUES
    assert (split["others"] is None) == (split["other_values"] == 0 and not split["is_full"])
    calls = {share["value"]: share["calls"] for share in split["values"]}
    assert len(calls) == len(sums), "a value is there twice"
    return calls


@pytest.mark.parametrize(
    "function, by",
    [
        ("main.handle", "key"),
        ("main.handle", "n"),
        ("main.handle", "ok"),
        ("main.handle", "ret1"),
        ("main.byPointer", "key"),
        ("main.byPointer", "*key"),
    ],
)
def test_calls_of_each_value_equal_the_ledger(function, by, trace, go_builds, go):
    result = trace(["--func", function, "--by", by], [go_builds.path("keys", go, "plain"), "200"])
    (report,) = result.reports
    assert report["by"]["expression"] == by and report["by"]["unknown"] is None
    assert check_split(report) == result.ledger[function][by]


def test_a_stripped_program_is_told_where_the_value_is(trace, go_builds):
    """A string in two registers, as Go 1.17 and newer pass it."""
    program = go_builds.path("keys", "newest", "stripped")
    (report,) = trace(["--func", "main.handle", "--by", "rax+rbx:string"], [program]).reports
    assert check_split(report) == run(program)["main.handle"]["key"]


def test_of_many_values_those_have_figures_that_took_the_most_time(trace, newest):
    result = trace(["--func", "main.slow", "--by", "n"], [newest("keys")])
    (report,) = result.reports
    found = check_split(report)
    # They take 3 ms each, and all the others next to nothing.
    assert set(list(found)[:10]) == {str(n) for n in range(90, 100)}
    assert len(found) == MOST_VALUES and set(found.values()) == {1}
    split = report["by"]
    assert split["other_values"] == split["others"]["calls"] == 80 and not split["is_full"]


def test_values_beyond_the_room_for_them_are_others(trace, newest):
    result = trace(["--func", "main.many", "--by", "n"], [newest("keys")])
    (report,) = result.reports
    assert report["calls"] == 900 and sum(check_split(report).values()) == 3 * MOST_VALUES
    split = report["by"]
    assert split["is_full"] and split["other_values"] == ROOM - MOST_VALUES
    assert split["others"]["calls"] == 900 - 3 * MOST_VALUES
    done = gotraced("--func", "main.many", "--by", "n", "--", newest("keys"))
    assert "(more than 230 other values)" in done.stdout and "  by n\n" in done.stdout


def test_conditions_and_printed_calls_go_with_it(trace, newest):
    options = ["--calls", "--slower-than", "1ms", "--where", "n >= 85", "--func", "main.slow", "--by", "n"]
    result = trace(options, [newest("keys")])
    report = by_function(result.reports)["main.slow"]
    assert check_split(report) == {str(n): 1 for n in range(85, 100)} and report["filtered"] == 85
    printed = [call for call in result.reports if call["report"] == "call"]
    assert [call["parameters"]["n"] for call in printed if call["parameters"]["n"] >= 90] == list(range(90, 100))


def test_intervals_add_up_and_sigusr2_begins_anew(tracer, newest):
    options = ["--interval", "100ms", "--binary", newest("keys"), "--func", "main.handle"]
    one = tracer(*options, "--by", "key")
    ledgers = [run(newest("keys"), 300)["main.handle"]["key"] for _ in range(3)]
    one.process.send_signal(signal.SIGUSR2)
    wait_until(lambda: one.reports("dump"), "SIGUSR2 has been answered")
    (dump,) = one.reports("dump")
    total = {key: sum(ledger[key] for ledger in ledgers) for key in ledgers[0]}
    assert check_split(dump) == total
    after = run(newest("keys"), 70)["main.handle"]["key"]
    reports = one.finish()
    assert check_split(by_function(reports)["main.handle"]) == after
    intervals = [report for report in reports if report["report"] == "interval"]
    # That which SIGUSR2 ended is told of by the dump alone.
    added = Counter()
    for report in intervals:
        if report["start"] >= dump["end"]:
            added.update(check_split(report))
    assert added == after


def test_cumulative_reports_have_all_so_far(tracer, newest):
    one = tracer("--interval", "50ms", "--cumulative", "--binary", newest("keys"), "--func", "main.handle", "--by", "ok")
    total = Counter()
    for _ in range(2):
        total.update(run(newest("keys"), 150)["main.handle"]["ok"])
        n = total.total()
        wait_until(lambda: any(report["calls"] == n for report in one.reports("cumulative")), "all of them are reported")
        assert check_split(one.reports("cumulative")[-1]) == total
    assert check_split(by_function(one.finish())["main.handle"]) == total


def test_calls_that_find_the_ring_buffer_full_are_counted_without_a_value(tracer, newest):
    calls, goroutines = 20000, 4
    one = tracer("--binary", newest("loop"), "--func", "main.work", "--by", "n", "--ring-size", "4K")
    one.process.send_signal(signal.SIGSTOP)
    subprocess.run([newest("loop"), str(calls), str(goroutines)], check=True, timeout=TIMEOUT_S, capture_output=True)
    one.process.send_signal(signal.SIGCONT)
    (report,) = one.finish()
    assert report["calls"] == calls * goroutines
    assert sum(check_split(report).values()) > 0
    assert report["by"]["unknown"]["calls"] > calls


def test_several_functions_need_the_value_each(newest):
    options = func_options(["main.handle", "main.unkeyed"])
    done = gotraced(*options, "--by", "key", "--", newest("keys"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "main.unkeyed has no 'key'; its parameters: none; its results: ret0 int" in done.stderr


def test_an_expression_that_is_none_is_refused(newest):
    done = gotraced("--func", "main.handle", "--by", "key..", "--", newest("keys"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "--by" in done.stderr and "key.." in done.stderr


# As metrics, by a configuration.


@pytest.fixture
def address():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def configured(tracer, newest, tmp_path, address):
    """configured(functions, by) starts a gotraced that serves metrics."""

    def start(functions, by):
        lines = [
            "[target keys]",
            f"binary = {newest('keys')}",
            *(f"func = {function}" for function in functions),
            "[calls]",
            f"by = {by}",
            "[output]",
            f"listen = {address}",
        ]
        path = tmp_path / "gotraced.conf"
        path.write_text("\n".join(lines) + "\n")
        return tracer("--config", path)

    return start


def series_of(samples, metric, function):
    """The samples of a metric by the label "by"."""
    found = [(dict(labels), value) for (name, labels), value in samples.items() if name == metric]
    return {labels["by"]: value for labels, value in found if labels["function"] == function and "le" not in labels}


def inside(value):
    """A label, from the text of a string."""
    return value[1:-1] if value not in ('"other"',) else value


@pytest.mark.parametrize("accept", [None, OPENMETRICS.partition(";")[0]], ids=["plain", "openmetrics"])
def test_metrics_have_a_series_for_each_value(accept, configured, newest, address):
    configured(["main.handle"], "key")
    ledger = run(newest("keys"), 200)["main.handle"]["key"]
    counts = series_of(scrape(address, accept), "gotraced_call_duration_seconds_count", "main.handle")
    assert counts.pop("other") == 0
    escaped = {inside(key).replace("\\", "\\\\").replace('"', '\\"'): calls for key, calls in ledger.items()}
    assert counts == escaped


def test_series_of_metrics_add_up_and_stay(configured, newest, address):
    one = configured(["main.slow", "main.many"], "n")
    seen = set()
    for times in (1, 2):
        run(newest("keys"))
        samples = scrape(address)
        for function, calls in (("main.slow", 100), ("main.many", 900)):
            counts = series_of(samples, "gotraced_call_duration_seconds_count", function)
            assert set(counts) == {"other", *map(str, range(MOST_VALUES))}
            assert sum(counts.values()) == times * calls
            assert counts["7"] == times * calls / (100 if function == "main.slow" else 300)
            buckets = [value for (name, labels), value in samples.items() if ("le", "+Inf") in labels and ("function", function) in labels]
            assert sum(buckets) == times * calls
        seen.add(frozenset(name for name in samples if dict(name[1]).get("by")))
    assert len(seen) == 1
    one.process.send_signal(signal.SIGUSR2)

    def is_empty():
        counts = series_of(scrape(address), "gotraced_call_duration_seconds_count", "main.many")
        return set(counts.values()) == {0} and len(counts) == 1 + MOST_VALUES

    wait_until(is_empty, "SIGUSR2 has been answered")


# On the live screen.


@pytest.fixture
def terminal(tmp_path):
    one = Terminal(tmp_path)
    yield one
    one.kill()


def test_the_live_screen_is_as_it_is_without_and_the_report_has_the_values(terminal, newest, start):
    load = start(newest("load"), str(10 * TIMEOUT_S))
    argv = [GOTRACED, "--live", "--pid", load.pid, *func_options(["main.outer", "main.warm"]), "--by", "rax:int"]
    terminal.run(*argv)
    terminal.await_so(lambda: any(line.lstrip(" >").startswith("main.outer ") for line in terminal.lines()), "a row")
    assert terminal.is_alternate() and "by rax:int" not in terminal.text()
    terminal.press("q")
    terminal.await_text("by rax:int")
    assert terminal.ask("echo status-$ended").count("status-0") == 1
