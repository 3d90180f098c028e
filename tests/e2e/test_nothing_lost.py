"""No load loses a call: not a full ring buffer, not more calls in flight than was thought, not goroutines that vanish."""

import json
import signal
import subprocess
import time

import pytest
from tracing import TIMEOUT_S, by_function, ends_of, ledger_of, map_elements

STOPPED_S = 5


def run(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def returned(calls):
    return {"returned": calls, "unwound": 0, "in_flight": 0, "unmatched": 0}


def test_calls_made_while_gotraced_is_stopped_are_all_in_the_report(tracer, newest, links):
    calls, goroutines = 600000, 2
    gotraced = tracer("--links", links, "--binary", newest("loop"), "--func", "main.work", "--ring-size", "2M")
    gotraced.process.send_signal(signal.SIGSTOP)
    begin = time.monotonic()
    run(newest("loop"), str(calls), str(goroutines))
    time.sleep(max(0, STOPPED_S - (time.monotonic() - begin)))
    gotraced.process.send_signal(signal.SIGCONT)
    reports = gotraced.finish()
    # As many as the rings do not hold, and check_consistency sees each of them in a bucket.
    assert calls * goroutines * 24 > 2 * 2 * (2 << 20)
    assert ends_of(reports)["main.work"] == returned(calls * goroutines)


@pytest.mark.parametrize("size", ["4K", "64K"])
def test_a_small_ring_buffer_loses_nothing(size, tracer, newest, links):
    calls, goroutines = 30000, 4
    gotraced = tracer("--links", links, "--binary", newest("loop"), "--func", "main.work", "--ring-size", size)
    run(newest("loop"), str(calls), str(goroutines))
    assert gotraced.dump(1)["main.work"] == returned(calls * goroutines)
    gotraced.process.send_signal(signal.SIGSTOP)
    run(newest("loop"), str(calls), str(goroutines))
    gotraced.process.send_signal(signal.SIGCONT)
    assert ends_of(gotraced.finish())["main.work"] == returned(2 * calls * goroutines)


def test_intervals_add_up_when_the_ring_buffer_is_full(tracer, newest):
    calls, goroutines = 50000, 4
    gotraced = tracer(
        "--interval", "100ms", "--binary", newest("loop"), "--func", "main.work", "--ring-size", "4K"
    )
    run(newest("loop"), str(calls), str(goroutines))
    reports = gotraced.finish()
    final = by_function(reports)["main.work"]
    intervals = [report for report in reports if report["report"] == "interval"]
    assert len(intervals) > 5
    for report in intervals:
        by_function([report], "interval")
    assert sum(report["calls"] for report in intervals) == final["calls"] == calls * goroutines
    assert sum(report["calls"] > 0 for report in intervals) > 2
    for extreme, key in ((min, "min_ns"), (max, "max_ns")):
        assert extreme(report[key] for report in intervals if report["calls"]) == final[key]


def test_200000_goroutines_within_a_call_are_all_in_flight(tracer, start, newest):
    goroutines = 200000
    gotraced = tracer("--binary", newest("crowd"), "--func", "main.stand")
    program = start(newest("crowd"), str(goroutines), "wait")
    assert program.stdout.readline() == "standing\n"
    assert gotraced.dump(1)["main.stand"] == {**returned(0), "in_flight": goroutines}
    stdout, _ = program.communicate("\n")
    assert ends_of(gotraced.finish()) == ledger_of(stdout) == {"main.stand": returned(goroutines)}


def test_calls_that_find_the_table_full_are_counted_as_not_started(tracer, start, newest):
    goroutines, room = 5000, 1000
    gotraced = tracer("--binary", newest("crowd"), "--func", "main.stand", "--max-in-flight", str(room))
    run(newest("crowd"), str(goroutines))
    # The table gets free again, also of goroutines that are idle.
    run(newest("crowd"), str(room))
    report = by_function(gotraced.finish())["main.stand"]
    assert report["calls"] + report["not_started"] == goroutines + room
    assert goroutines - 2 * room < report["not_started"] <= goroutines - room
    assert report["in_flight"] == report["unwound"] == 0
    assert report["unmatched"] == report["not_started"]


def test_calls_nested_deeper_than_the_table_has_room_for_are_not_started(trace, newest):
    result = trace(["--func", "main.descend", "--max-in-flight", "16"], [newest("grow")])
    report = by_function(result.reports)["main.descend"]
    assert report["not_started"] > 0
    assert report["calls"] + report["not_started"] == result.ledger["main.descend"]["returned"]
    assert report["in_flight"] == report["unwound"] == 0


def test_a_million_goroutines_that_vanish_leave_nothing_behind(tracer, newest):
    goroutines = 1000000
    gotraced = tracer("--binary", newest("short"), "--func", "main.exit", "--func", "main.fault")
    ledger = run(newest("short"), str(goroutines))
    assert ledger["main.exit"]["unwound"] + ledger["main.fault"]["unwound"] > 5 * goroutines
    assert gotraced.dump(2) == ledger
    records = map_elements(gotraced, "goroutines")
    # One for each runtime.g, which are used again, and no frame in any.
    assert 0 < len(records) < goroutines / 100
    assert sum(record["value"]["n_frames"] for record in records) == 0
    assert map_elements(gotraced, "pages") == []
    assert ends_of(gotraced.finish()) == ledger


def test_idle_gotraced_hardly_wakes(tracer, newest):
    gotraced = tracer("--binary", newest("loop"), "--func", "main.work")
    run(newest("loop"), "10000")
    time.sleep(1.5)

    def looked_at():
        with open(f"/proc/{gotraced.process.pid}/status") as status:
            wakes = next(int(line.split()[1]) for line in status if line.startswith("voluntary_ctxt_switches"))
        with open(f"/proc/{gotraced.process.pid}/stat") as stat:
            ticks = sum(map(int, stat.read().rsplit(")")[-1].split()[11:13]))
        return wakes, ticks

    before = looked_at()
    time.sleep(5)
    after = looked_at()
    assert after[0] - before[0] < 2 * 5
    # Hundredths of a second: user and system.
    assert after[1] - before[1] <= 1


def test_processes_that_end_in_traced_calls_do_not_fill_a_small_table(tracer, newest):
    """Each leaves a call in flight behind, for which the table has room until it is cleared away."""
    room, runs = 16, 200
    gotraced = tracer("--binary", newest("exit3"), "--func", "main.main", "--max-in-flight", str(room))
    for i in range(runs):
        subprocess.run([newest("exit3")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        # As often as gotraced looks.
        if i % 10 == 0:
            time.sleep(0.25)
    report = by_function(gotraced.finish())["main.main"]
    assert report["in_flight"] + report["not_started"] == runs
    assert report["in_flight"] > 2 * room
