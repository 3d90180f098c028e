"""What the kernel holds on to."""

import subprocess

from tracing import TIMEOUT_S, ends_of, ledger_of, map_elements, wait_until

# See src/trace/sweep.c: so many records are made before those of ended processes are cleared away.
SWEEP_AFTER = 65536


def variable(gotraced, name):
    """A global variable of the BPF programs."""
    (values,) = map_elements(gotraced, "gotraced.bss")
    (found,) = (value[name] for value in values["value"][".bss"] if name in value)
    return found


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
    # To dump the map itself takes long, the longer while elements go.
    wait_until(lambda: variable(gotraced, "n_goroutines_forgotten") >= cleared_away, "records were cleared away")
    left = variable(gotraced, "n_goroutines_noted") - variable(gotraced, "n_goroutines_forgotten")
    assert len(map_elements(gotraced, "goroutines")) == left < total - cleared_away + each
    assert ends_of(gotraced.finish())["main.stand"] == {
        "returned": total,
        "unwound": 0,
        "in_flight": 0,
        "unmatched": 0,
    }
