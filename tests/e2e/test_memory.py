"""What the kernel holds on to."""

import subprocess
import time

from tracing import TIMEOUT_S, ends_of, ledger_of, map_elements

# See src/trace/sweep.c: so many records are made before those of ended processes are cleared away.
SWEEP_AFTER = 65536


def test_goroutines_of_ended_processes_are_forgotten(tracer, newest):
    each, runs = 20000, 5
    gotraced = tracer("--binary", newest("crowd"), "--func", "main.stand")
    total = 0
    for _ in range(runs):
        done = subprocess.run([newest("crowd"), str(each)], capture_output=True, text=True, timeout=TIMEOUT_S)
        total += ledger_of(done.stdout)["main.stand"]["returned"]
    assert total == each * runs > SWEEP_AFTER
    # That is in the midst of a process, whose own are cleared away only if it has ended by then.
    cleared_away = SWEEP_AFTER // each * each
    end = time.monotonic() + TIMEOUT_S
    while len(map_elements(gotraced, "goroutines")) > total - cleared_away:
        assert time.monotonic() < end, "nothing was cleared away"
        time.sleep(0.2)
    assert ends_of(gotraced.finish())["main.stand"] == {
        "returned": total,
        "unwound": 0,
        "in_flight": 0,
        "unmatched": 0,
    }
