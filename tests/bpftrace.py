"""Runs scripts in the bpftrace of a Debian suite, and reads what they print."""

import contextlib
import json
import os
import shlex
import signal
import subprocess

from tracing import ROOT, TIMEOUT_S

# 0.17 and 0.23: what gotraced writes is for both.
SUITES = ["bookworm", "trixie"]

# bpftrace attaches the last probe of a script first: once this one is there, all are.
READY = 'interval:ms:50 { printf("ready\\n"); }\n'


def fetch(suite):
    """Has the suite's bpftrace be in the cache, so that no test waits for it."""
    subprocess.run([ROOT / "tools/bpftrace", suite, "--version"], check=True, stdout=subprocess.DEVNULL)


def command_of(script, suite):
    """How the script's first line says that it is run: the environment, and the words before the script's name."""
    first = script.read_text().splitlines()[0]
    env, interpreter = dict(os.environ), shlex.split(first.removeprefix("#!/usr/bin/env -S "))
    while "=" in interpreter[0]:
        name, _, value = interpreter.pop(0).partition("=")
        env[name] = value
    assert interpreter[0] == "bpftrace"
    return env, [ROOT / "tools/bpftrace", suite, *interpreter[1:]]


class Results:
    """The maps that bpftrace prints when it ends, by function."""

    def __init__(self, lines):
        self.maps = {}
        for line in lines:
            read = json.loads(line) if line.startswith("{") else {"type": None}
            if read["type"] in ("map", "stats", "hist"):
                self.maps.update(read["data"])

    def __getitem__(self, name):
        return self.maps.get(f"@{name}", {})

    def ends(self, functions):
        """What became of the calls, as far as it is told, in the form of a ledger."""
        found = {}
        for function in functions:
            calls = self["calls_ns"].get(function, {"count": 0})["count"]
            found[function] = {
                "returned": calls,
                "others": self["entered"].get(function, 0) - calls,
                "unmatched": self["unmatched"].get(function, 0),
            }
            # Each call that returned is in the histogram.
            assert sum(bucket["count"] for bucket in self["us"].get(function, [])) == calls
        return found


def expected_of(ledger):
    """What a script can tell of a ledger: a call that a panic ended looks like one in flight."""
    return {
        function: {
            "returned": ends["returned"],
            "others": ends["unwound"] + ends["in_flight"],
            "unmatched": ends["unmatched"],
        }
        for function, ends in ledger.items()
    }


def run(suite, script, *command, fails=False):
    """Runs a script on a command, from its first instruction on, until that ends: its output, and the results."""
    env, argv = command_of(script, suite)
    # bpftrace misses hits where two threads have them at once.
    env["GOMAXPROCS"] = "1"
    output = script.with_suffix(f".{suite}.json")
    argv += ["-f", "json", "-o", output, "-c", " ".join(map(str, command)), script]
    done = subprocess.run(argv, env=env, capture_output=True, text=True, timeout=2 * TIMEOUT_S)
    assert (done.returncode != 0) == fails, done.stderr
    # 0.17 ends some lines of its own twice, here and in the output.
    stdout = "".join(line for line in done.stdout.splitlines(keepends=True) if line != "\n")
    return stdout, done.stderr if fails else Results(output.read_text().splitlines())


@contextlib.contextmanager
def beside(suite, script):
    """Runs a script beside the test: yields, once all its probes are there, a function that ends it and gives the
    results."""
    env, argv = command_of(script, suite)
    head, _, body = script.read_text().partition("\n")
    script.write_text(f"{head}\n{READY}{body}")
    process = subprocess.Popen(
        [*argv, "-f", "json", script], env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        assert any("ready" in line for line in process.stdout), "bpftrace ended at once"

        def end():
            process.send_signal(signal.SIGINT)
            stdout, _ = process.communicate(timeout=TIMEOUT_S)
            return Results(stdout.splitlines())

        yield end
    finally:
        process.kill()
        process.communicate()
