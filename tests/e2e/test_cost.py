"""What tracing costs is known, told, and kept within limits."""

import json
import re
import subprocess

import pytest
from tracing import TIMEOUT_S, by_function, ends_of, wait_until


def run(*argv):
    return subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)


def test_the_cost_of_a_call_is_near_what_a_loop_of_calls_takes(links, trace, newest):
    """Of the order of it: the machine is shared, and the loop and the calibration run at different times."""
    result = trace(["--links", links, "--func", "main.work"], [newest("loop"), "100000"])
    (report,) = result.reports
    ns_per_call = float(re.search(r'"ns_per_call":([\d.]+)', result.stdout)[1])
    assert ns_per_call / 4 < report["cost_ns"] < ns_per_call * 4
    assert report["bias_ns"] < report["cost_ns"]
    # A function that does nothing takes little more than the bias.
    assert report["near_bias"] is True
    assert report["bias_ns"] / 4 < report["p50_ns"] < report["bias_ns"] * 4


def test_a_slow_function_is_not_marked(trace, newest):
    (report,) = trace(["--func", "main.nap"], [newest("sleep")]).reports
    assert report["near_bias"] is False and report["cost_ns"] > 0


def test_calls_within_traced_calls_are_counted(trace, newest):
    """Each call of fib is within all those that led to it."""
    calls, within = [1, 1], [0, 0]
    for n in range(2, 21):
        calls.append(calls[n - 1] + calls[n - 2] + 1)
        within.append(within[n - 1] + within[n - 2] + calls[n] - 1)
    (report,) = trace(["--func", "main.fib"], [newest("fib")]).reports
    assert report["calls"] == calls[20] == 21891
    assert report["calls_within"] == within[20]
    assert report["cost_within_ns"] == pytest.approx(report["calls_within"] * report["cost_ns"], rel=0.01)


def test_nothing_is_said_of_the_cost_without_calibration(trace, newest):
    result = trace(["--no-calibrate", "--func", "main.fib"], [newest("fib")])
    (report,) = result.reports
    assert report["cost_ns"] is report["bias_ns"] is report["cost_within_ns"] is report["near_bias"] is None
    assert result.ends == result.ledger


def test_calibration_is_not_in_the_figures(tracer, newest):
    """Though gotraced traces itself for it, and all processes are traced."""
    gotraced = tracer("--binary", newest("fib"), "--func", "main.fib")
    assert ends_of(gotraced.finish())["main.fib"] == {"returned": 0, "unwound": 0, "in_flight": 0, "unmatched": 0}


def test_above_the_limit_the_dearest_function_is_detached(tracer, start, newest, links):
    gotraced = tracer(
        *("--links", links, "--max-overhead", "5", "--interval", "500ms", "--binary", newest("load")),
        *("--func", "main.hot", "--func", "main.main"),
    )
    program = start(newest("load"), "5")
    wait_until(lambda: "detached main.hot" in gotraced.messages.read_text(), "the hot function is detached")
    ledger = json.loads(program.communicate()[0])
    reports = gotraced.finish()
    said = gotraced.messages.read_text()
    assert said.count("detached ") == 1 and "--max-overhead" in said
    final = by_function(reports)
    assert final["main.main"]["calls"] == 1 and final["main.main"]["state"] == "traced"
    hot = final["main.hot"]
    assert hot["state"] == "over-budget" and 0 < hot["calls"] < ledger["main.hot"]
    assert 0.5 < hot["seconds"] < final["main.main"]["seconds"]
    assert hot["unwound"] == hot["unmatched"] == hot["not_started"] == 0 and hot["in_flight"] <= 4
    # It is not attached again when there is time for it.
    last = [report for report in reports if report["report"] == "interval" and report["function"] == "main.hot"][-1]
    assert last["state"] == "over-budget" and last["calls"] == 0 and last["seconds"] == last["calls_per_second"] == 0


def test_a_program_without_traced_functions_does_not_stand_in_the_way(tracer, newest, go_builds):
    """Of the first one no function can be traced; what is detached is the second's."""
    gotraced = tracer(
        *("--max-overhead", "5", "--binary", newest("untraceable"), "--func", "main.endless"),
        *("--binary", newest("load"), "--func", "main.hot", "--func", "main.outer"),
    )
    ledger = json.loads(run(newest("load"), "4").stdout)
    reports = by_function(gotraced.finish())
    assert "detached main.hot" in gotraced.messages.read_text()
    assert reports["main.hot"]["calls"] < ledger["main.hot"]
    assert reports["main.outer"]["calls"] == ledger["main.outer"] and reports["main.outer"]["unmatched"] == 0


def test_no_call_of_another_function_is_lost_when_one_is_detached(tracer, newest, links):
    """The program is in the midst of calls of all of them, on several goroutines."""
    others = ["main.warm", "main.outer", "main.deep"]
    gotraced = tracer(
        *("--links", links, "--max-overhead", "40", "--binary", newest("load"), "--func", "main.hot"),
        *(word for name in (*others, "main.leave") for word in ("--func", name)),
    )
    ledger = json.loads(run(newest("load"), "5").stdout)
    counted = ends_of(gotraced.finish())
    assert gotraced.messages.read_text().count("detached ") == 1
    assert "detached main.hot" in gotraced.messages.read_text()
    for name in others:
        assert counted[name] == {"returned": ledger[name], "unwound": 0, "in_flight": 0, "unmatched": 0}
    # What goroutines end in is still seen.
    assert counted["main.leave"] == {"returned": 0, "unwound": 4, "in_flight": 0, "unmatched": 0}


def test_a_warning_is_given_where_there_is_no_limit(tracer, newest):
    gotraced = tracer("--binary", newest("load"), "--func", "main.hot")
    ledger = json.loads(run(newest("load"), "4").stdout)
    report = by_function(gotraced.finish())["main.hot"]
    assert report["calls"] == ledger["main.hot"] and report["state"] == "traced"
    assert gotraced.messages.read_text().count("--max-overhead") == 1
