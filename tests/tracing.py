"""Runs gotraced and reads its reports."""

import json
import math
import os
import signal
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GOTRACED = Path(os.environ.get("GOTRACED", ROOT / "build/release/gotraced")).absolute()
TIMEOUT_S = 60

# The four counts of a report, by the name that the ledger of a traced program gives them.
ENDS = {"calls": "returned", "unwound": "unwound", "in_flight": "in_flight", "unmatched": "unmatched"}

PERCENTILES = {"p50_ns": "0.5", "p90_ns": "0.9", "p99_ns": "0.99", "p999_ns": "0.999"}


def func_options(functions):
    return [word for function in functions for word in ("--func", function)]


def gotraced(*options, prefix=(), **kwargs):
    """gotraced, run until it ends by itself."""
    kwargs = {"stdin": subprocess.DEVNULL, "capture_output": True, "text": True, **kwargs}
    return subprocess.run([*prefix, GOTRACED, *map(str, options)], timeout=TIMEOUT_S, **kwargs)


def ledger_of(stdout):
    """The ledger that a program of tests/go prints as its last line, or nothing else in that line."""
    return json.loads(stdout.splitlines()[-1])


def read_reports(path):
    """The complete lines of a file of reports, as they are so far."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().splitlines(keepends=True) if line.endswith("\n")]


def by_function(reports, kind="final"):
    """The reports of a kind by function, of which there is one each."""
    found = {}
    for report in reports:
        if report["report"] == kind:
            assert report["function"] not in found, f"two {kind} reports on {report['function']}"
            check_consistency(report)
            found[report["function"]] = report
    return found


def ends_of(reports, kind="final"):
    """What the reports of a kind say of how calls ended, in the form of a ledger."""
    ends = {}
    for function, report in by_function(reports, kind).items():
        assert report["not_started"] == 0 and report["dropped"] == 0
        ends[function] = {name: report[key] for key, name in ENDS.items()}
    return ends


def check_consistency(report):
    """Asserts what is true of every single report."""
    calls, buckets = report["calls"], report["buckets"]
    assert sum(count for _, _, count in buckets) == calls
    assert all(count > 0 for _, _, count in buckets)
    for low, high, _ in buckets:
        assert 0 <= low <= high
        assert high - low <= max(1, 0.032 * low), f"the bucket from {low} to {high} ns is too wide"
    for (_, high, _), (low, _, _) in zip(buckets, buckets[1:]):
        assert high <= low
    assert report["seconds"] > 0
    assert math.isclose(report["calls_per_second"], calls / report["seconds"], rel_tol=0.01, abs_tol=0.1)
    statistics = [report[key] for key in ("min_ns", *PERCENTILES, "max_ns")]
    if calls == 0:
        assert statistics == [None] * len(statistics) and report["mean_ns"] is None
        return
    assert statistics == sorted(statistics)
    assert report["min_ns"] <= report["mean_ns"] <= report["max_ns"]
    assert buckets[0][0] <= report["min_ns"] <= buckets[0][1]
    assert buckets[-1][0] <= report["max_ns"] <= buckets[-1][1]
    for key, share in PERCENTILES.items():
        low, high = bucket_of_share(buckets, calls, share)
        assert low <= report[key] <= high, f"{key} is not in the bucket that it falls in"


def bucket_of_share(buckets, calls, share):
    """The bucket of the first call, from the shortest, at or below which that share of the calls is."""
    digits = len(share.split(".")[1])
    rank = max(1, -(-calls * int(share.split(".")[1]) // 10**digits))
    for low, high, count in buckets:
        rank -= count
        if rank <= 0:
            return low, high
    raise AssertionError("fewer calls in the buckets than in all")


def wait_until(is_so, what):
    end = time.monotonic() + TIMEOUT_S
    while not is_so():
        assert time.monotonic() < end, f"still not so after {TIMEOUT_S} s: {what}"
        time.sleep(0.01)


class Result:
    """What a run of gotraced with a command came to."""

    def __init__(self, status, stdout, stderr, reports):
        self.status = status
        self.stdout = stdout
        self.stderr = stderr
        self.reports = reports

    @property
    def ledger(self):
        return ledger_of(self.stdout)

    @property
    def ends(self):
        return ends_of(self.reports)


def run(folder, options, command, stdin=""):
    """Runs gotraced on a command, with JSON reports, and asserts that it succeeds.

    stdin is a text or a file descriptor.
    """
    output = folder / "reports"
    argv = [GOTRACED, "--format", "json", "--output", output, *options, "--", *command]
    source = {"input": stdin} if isinstance(stdin, str) else {"stdin": stdin}
    done = subprocess.run(argv, **source, capture_output=True, text=True, timeout=TIMEOUT_S)
    assert done.returncode == 0, done.stderr
    return Result(done.returncode, done.stdout, done.stderr, read_reports(output))


class Tracer:
    """A gotraced that runs beside the test, with JSON reports to a file unless told otherwise."""

    def __init__(self, folder, options, stdout=subprocess.DEVNULL, output=True, prefix=()):
        folder.mkdir()
        self.output = folder / "reports"
        self.messages = folder / "messages"
        argv = [*prefix, GOTRACED, *options]
        if output:
            argv += ["--format", "json", "--output", self.output]
        with open(self.messages, "w") as stderr:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr)

    def await_probes(self):
        def attached():
            said = self.messages.read_text()
            assert self.process.poll() is None, f"gotraced ended at once: {said}"
            return any(line.startswith("gotraced: tracing") for line in said.splitlines())

        wait_until(attached, "gotraced has attached its probes")

    def reports(self, kind):
        """The reports of a kind that are there now."""
        return [report for report in read_reports(self.output) if report["report"] == kind]

    def dump(self, functions):
        """Has all of the reports so far dumped, and returns what they say of how calls ended."""
        before = len(self.reports("dump"))
        self.process.send_signal(signal.SIGUSR1)
        wait_until(lambda: len(self.reports("dump")) >= before + functions, "SIGUSR1 has been answered")
        return ends_of(self.reports("dump")[before:], "dump")

    def finish(self, how=signal.SIGINT):
        """Ends gotraced, asserts that it succeeds, and returns its reports."""
        self.process.send_signal(how)
        assert self.process.wait(TIMEOUT_S) == 0, self.messages.read_text()
        return read_reports(self.output)

    def kill(self):
        self.process.kill()
        self.process.wait()


def bpftool(*argv):
    return json.loads(subprocess.run(["bpftool", "-j", *argv], capture_output=True, check=True).stdout)


def map_elements(tracer, name):
    """What is in a map that a Tracer has made; bpftool cannot format an element that goes while it dumps the map."""
    infos = (info.read_text() for info in Path(f"/proc/{tracer.process.pid}/fdinfo").iterdir())
    ids = {line.split()[1] for info in infos for line in info.splitlines() if line.startswith("map_id:")}
    (one,) = (of for of in ids if bpftool("map", "show", "id", of).get("name") == name)
    return [element["formatted"] for element in bpftool("map", "dump", "id", one) if "formatted" in element]
