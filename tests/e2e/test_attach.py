"""Which processes are traced, and by what means."""

import os
import re
import subprocess
import time

from tracing import TIMEOUT_S, check_consistency, ends_of, func_options, ledger_of, read_reports, wait_until
from test_counts import FUNCTIONS


def test_pid_restricts_tracing_to_one_of_two_instances(tracer, start, newest, links):
    binary, functions = newest("before"), FUNCTIONS["before"]
    traced, other = start(binary), start(binary)
    assert traced.stdout.readline() == other.stdout.readline() == "ready\n"
    gotraced = tracer("--links", links, "--binary", binary, "--pid", str(traced.pid), *func_options(functions))
    assert other.communicate("go\n")[0].startswith("done\n")
    counted_of_other = gotraced.dump(len(functions))
    assert {count for ends in counted_of_other.values() for count in ends.values()} == {0}
    ledger = ledger_of(traced.communicate("go\n")[0])
    assert ends_of(gotraced.finish()) == ledger


def test_pid_can_be_given_several_times(tracer, start, newest):
    binary, functions = newest("before"), FUNCTIONS["before"]
    programs = [start(binary) for _ in range(3)]
    for program in programs:
        assert program.stdout.readline() == "ready\n"
    pids = [word for program in programs[:2] for word in ("--pid", str(program.pid))]
    gotraced = tracer("--binary", binary, *pids, *func_options(functions))
    ledgers = [ledger_of(program.communicate("go\n")[0]) for program in programs]
    assert ends_of(gotraced.finish()) == sum_of(ledgers[:2])


def test_the_binary_is_that_of_the_pid_unless_it_is_named(tracer, start, newest):
    functions = FUNCTIONS["before"]
    program = start(newest("before"))
    assert program.stdout.readline() == "ready\n"
    gotraced = tracer("--pid", str(program.pid), *func_options(functions))
    ledger = ledger_of(program.communicate("go\n")[0])
    assert ends_of(gotraced.finish()) == ledger


def sum_of(ledgers):
    return {
        function: {name: sum(ledger[function][name] for ledger in ledgers) for name in ends}
        for function, ends in ledgers[0].items()
    }


def test_all_instances_are_counted_without_a_pid(tracer, start, newest, links):
    """Some at once and some one after the other, all of them started while gotraced runs."""
    binary, functions = newest("goexit"), FUNCTIONS["goexit"]
    gotraced = tracer("--links", links, "--binary", binary, *func_options(functions))
    at_once = [start(binary) for _ in range(3)]
    ledgers = [ledger_of(program.communicate()[0]) for program in at_once]
    for _ in range(3):
        done = subprocess.run([binary], capture_output=True, text=True, check=True, timeout=TIMEOUT_S)
        ledgers.append(ledger_of(done.stdout))
    assert ends_of(gotraced.finish()) == sum_of(ledgers)


def test_all_processes_of_a_command_are_counted(trace, newest):
    binary = newest("fib")
    script = '"$0" >/dev/null & "$0" >/dev/null; wait; exec "$0"'
    result = trace(["--binary", binary, "--func", "main.fib"], ["sh", "-c", script, binary])
    assert result.ends == sum_of([result.ledger] * 3)


def test_calls_of_a_process_that_was_killed_are_in_flight(tracer, start, newest):
    functions = FUNCTIONS["inflight"]
    gotraced = tracer("--binary", newest("inflight"), *func_options(functions))
    program = start(newest("inflight"), "wait")
    ledger = ledger_of(program.stdout.readline())
    program.kill()
    program.wait()
    # A new process, whose goroutine structs may be at the same addresses, changes nothing of that.
    subprocess.run([newest("inflight")], stdout=subprocess.DEVNULL, check=True, timeout=TIMEOUT_S)
    assert ends_of(gotraced.finish()) == sum_of([ledger, ledger])


def test_links_are_of_the_kind_that_was_asked_for(tracer, newest, links):
    functions = FUNCTIONS["hop"]
    gotraced = tracer("--links", links, "--binary", newest("hop"), *func_options(functions))
    folder = f"/proc/{gotraced.process.pid}/fd"
    events = [fd for fd in os.listdir(folder) if "perf_event" in os.readlink(f"{folder}/{fd}")]
    gotraced.finish()
    if links == "perf":
        # One for each entry, and one at least for each function's returns.
        assert len(events) >= 2 * len(functions)
    else:
        assert events == []


def test_no_more_calls_are_unmatched_or_in_flight_than_goroutines_make(tracer, start, newest, links):
    """They call the function all the time, also while probes are attached and detached."""
    goroutines = 3
    start(newest("loop"), "1000000000", str(goroutines))
    gotraced = tracer("--links", links, "--duration", "300ms", "--binary", newest("loop"), "--func", "main.work")
    assert gotraced.process.wait(TIMEOUT_S) == 0
    (report,) = read_reports(gotraced.output)
    check_consistency(report)
    assert report["calls"] > 1000
    assert report["unmatched"] <= goroutines
    assert report["in_flight"] <= goroutines
    assert report["unwound"] == report["not_started"] == report["dropped"] == 0


def test_many_perf_events_go_in_the_background(tracer, newest):
    """The kernel takes a tenth of a second for each; nobody has to wait for it."""
    functions = ["main.work", "fmt.(*fmt).*"]
    gotraced = tracer("--links", "perf", "--binary", newest("loop"), *func_options(functions))
    subprocess.run([newest("loop"), "1000", "1"], stdout=subprocess.DEVNULL, check=True, timeout=TIMEOUT_S)
    begin = time.monotonic()
    assert ends_of(gotraced.finish())["main.work"]["returned"] == 1000
    assert time.monotonic() - begin < 2
    pid = int(re.search(r"process (\d+) takes the (\d+) of them away", gotraced.messages.read_text())[1])
    wait_until(lambda: not os.path.exists(f"/proc/{pid}"), "the probes are gone")
    assert time.monotonic() - begin > 2
