"""Histogram logs, read by HdrHistogram's own program for them, against the values that they were written from."""

import csv
import json
import math
import os
import random
import signal
import subprocess
import time

import pytest
from tracing import ROOT, TIMEOUT_S

WRITER = ROOT / "build/release/tests/hlog/write_hlog"
# Debian's libhdrhistogram-java.
JAR = "/usr/share/java/hdrhistogram.jar"
UTF8 = {**os.environ, "LC_ALL": "C.UTF-8"}

SECOND_NS = 10**9
AT_NS = 1_700_000_000 * SECOND_NS
# How far HdrHistogram's values may be off: its own buckets, and half of one of ours.
HDR_PRECISION = 1 / 128
PRECISION = HDR_PRECISION + 1 / 64


def randomly(n, median_ns, spread, seed):
    generator = random.Random(seed)
    return [int(generator.lognormvariate(math.log(median_ns), spread)) for _ in range(n)]


# By tag, as the reader is to see it: the function's name and the values of each interval.
LOGGED = {
    "main.handle": ("main.handle", [randomly(5000, 250_000, 1.5, seed) for seed in range(4)]),
    "main.F[int_string]": ("main.F[int,string]", [randomly(1000, 10**9, 3, 5), randomly(1000, 40, 0.5, 6)]),
    "net/http.(*conn).serve": ("net/http.(*conn).serve", [[1], [2], [3], [123_456_789_012]]),
    "main.größe·f": ("main.größe·f", [[0, 0, 63, 64, 65], [], [127, 128, 255, 256, 257]]),
    "struct_{_a_b_}": ("struct {\ta\u2028b\n}", [[3600 * SECOND_NS] * 70_000]),
    "main.idle": ("main.idle", [[], []]),
    "main.forever": ("main.forever", [[2**48 - 1, 5], [2**48, 2**60], [2**63 - 1]]),
}


@pytest.fixture(scope="module")
def log(tmp_path_factory):
    """Intervals of a second each, beginning half a second after the log; those of all tags run side by side."""
    lines = []
    for name, intervals in LOGGED.values():
        for i, values in enumerate(intervals):
            start_ns = AT_NS + SECOND_NS // 2 + i * SECOND_NS
            lines.append({"tag": name, "start_ns": start_ns, "length_ns": SECOND_NS, "values": values})
    lines.sort(key=lambda line: line["start_ns"])
    text = json.dumps({"at_ns": AT_NS, "lines": lines})
    path = tmp_path_factory.mktemp("hlog") / "calls.hlog"
    with open(path, "w") as file:
        subprocess.run([WRITER], input=text, text=True, stdout=file, timeout=TIMEOUT_S, check=True)
    return path


def processed(log, *options):
    """What the processor of histogram logs prints."""
    argv = ["java", "-Dfile.encoding=UTF-8", "-cp", JAR, "org.HdrHistogram.HistogramLogProcessor", "-i", log, *options]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=TIMEOUT_S, env=UTF8)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


def rows(lines):
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


def read(log, tmp_path, tag):
    """The intervals of a tag, and its percentiles over all of them. Values are in ns."""
    output = tmp_path / "read"
    processed(log, "-csv", "-tag", tag, "-outputValueUnitRatio", "1", "-o", output)
    return rows(output.read_text().splitlines()), rows((tmp_path / "read.hgrm").read_text().splitlines())


def is_near(found, value, precision):
    """HdrHistogram says the highest value of a bucket."""
    return math.isclose(float(found), value, rel_tol=precision, abs_tol=0.5)


def test_the_tags_are_those_of_the_functions(log):
    _, *tags = processed(log, "-listtags").splitlines()
    assert set(tags) == set(LOGGED)


@pytest.mark.parametrize("tag", LOGGED)
def test_each_interval_has_its_time_its_count_and_its_maximum(log, tmp_path, tag):
    intervals, _ = read(log, tmp_path, tag)
    logged = LOGGED[tag][1]
    assert [int(row["Int_Count"]) for row in intervals] == [len(values) for values in logged]
    for i, (row, values) in enumerate(zip(intervals, logged)):
        # The processor gives the end of an interval, in seconds since the log's start.
        assert float(row["Timestamp"]) == i + 1.5
        assert is_near(row["Int_Max"], max(values, default=0), HDR_PRECISION)


@pytest.mark.parametrize("tag", LOGGED)
def test_the_percentiles_are_those_of_the_values(log, tmp_path, tag):
    _, percentiles = read(log, tmp_path, tag)
    values = sorted(value for values in LOGGED[tag][1] for value in values)
    if not values:
        assert percentiles == []
        return
    assert int(percentiles[-1]["TotalCount"]) == len(values)
    assert is_near(percentiles[0]["Value"], values[0], HDR_PRECISION)
    assert is_near(percentiles[-1]["Value"], values[-1], HDR_PRECISION)
    for row in percentiles:
        rank = math.ceil(float(row["Percentile"]) * len(values) - 1e-6)
        assert is_near(row["Value"], values[max(rank, 1) - 1], PRECISION), row


def test_the_maximum_is_also_written_in_plain(log):
    """In ms, for those who read the log without HdrHistogram."""
    for line in log.read_text().splitlines():
        if line.startswith("Tag=net/http.(*conn).serve,1700000003.500,"):
            assert line.split(",")[2:4] == ["1.000", "123456.789"]
            return
    pytest.fail("that line is not there")


def test_a_log_of_a_traced_program_adds_up_to_its_calls(tracer, start, newest, tmp_path):
    """Dumps in between, and the last report, hold no call a second time."""
    program, log = newest("load"), tmp_path / "calls.hlog"
    options = ("--func", "main.hot", "--func", "main.warm", "--interval", "300ms", "--format", "hlog", "--output", log)
    gotraced = tracer("--binary", program, *options, output=False)
    process = start(program, "2")
    for _ in range(3):
        time.sleep(0.4)
        gotraced.process.send_signal(signal.SIGUSR1)
    ledger = json.loads(process.communicate(timeout=TIMEOUT_S)[0])
    gotraced.process.send_signal(signal.SIGINT)
    assert gotraced.process.wait(TIMEOUT_S) == 0
    for function in ("main.hot", "main.warm"):
        intervals, percentiles = read(log, tmp_path, f"{program}:{function}")
        assert int(percentiles[-1]["TotalCount"]) == ledger[function]
        assert len(intervals) > 5 and sum(int(row["Int_Count"]) for row in intervals) == ledger[function]


def test_a_pipe_gets_the_head_of_the_log_once(tracer, start, newest):
    reader, writer = os.pipe()
    options = ("--binary", newest("load"), "--func", "main.hot", "--interval", "200ms", "--format", "hlog")
    gotraced = tracer(*options, output=False, stdout=writer)
    os.close(writer)
    start(newest("load"), "1").communicate(timeout=TIMEOUT_S)
    gotraced.process.send_signal(signal.SIGINT)
    assert gotraced.process.wait(TIMEOUT_S) == 0
    with os.fdopen(reader) as pipe:
        lines = pipe.read().splitlines()
    assert sum(line.startswith("#[StartTime") for line in lines) == 1 and len(lines) > 5
