"""What may go wrong around gotraced, and that it is told once, harms nothing, and is made good where it can be."""

import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tracing import GOTRACED, by_function, ledger_of, read_reports, wait_until

TRAP = 0xCC  # int3, by which the kernel sees that a probed instruction is reached


def planned_sites(program, *functions):
    """The addresses at which functions are probed."""
    options = [word for function in functions for word in ("--func", function)]
    shown = subprocess.run([GOTRACED, "--binary", program, "--plan", *options], capture_output=True, text=True, check=True)
    return [int(address, 16) for address in re.findall(r"^  (?:entry|return)  +(0x[0-9a-f]+)", shown.stdout, re.MULTILINE)]


def n_traps(pid, sites):
    """At how many of the addresses a process has a trap instead of its own code; it is at a fixed place."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        return sum(os.pread(memory.fileno(), 1, site) == bytes([TRAP]) for site in sites)


def test_one_that_is_killed_leaves_no_probe_behind(tracer, start, newest, links):
    program = newest("load")
    sites = planned_sites(program, "main.hot", "main.warm")
    process = start(program, "4")
    gotraced = tracer("--binary", program, "--links", links, "--func", "main.hot", "--func", "main.warm")
    assert n_traps(process.pid, sites) == len(sites) > 2
    gotraced.process.kill()
    gotraced.process.wait()
    wait_until(lambda: n_traps(process.pid, sites) == 0, "the probes are gone")
    stdout, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and ledger_of(stdout)["main.hot"] > 0
    # And it can be traced as ever.
    gotraced = tracer("--binary", program, "--links", links, "--func", "main.hot")
    ledger = ledger_of(start(program, "1").communicate(timeout=60)[0])
    assert by_function(gotraced.finish())["main.hot"]["calls"] == ledger["main.hot"]


def test_two_tracers_of_one_function_both_count_right(tracer, start, newest, links):
    program = newest("load")
    options = ("--binary", program, "--links", links, "--func", "main.hot", "--func", "main.deep")
    both = [tracer(*options) for _ in range(2)]
    ledger = ledger_of(start(program, "1").communicate(timeout=60)[0])
    for one in both:
        final = by_function(one.finish())
        assert {name: report["calls"] for name, report in final.items()} == {
            name: ledger[name] for name in ("main.hot", "main.deep")
        }
        assert all(report["unmatched"] == report["in_flight"] == 0 for report in final.values())


def test_one_that_comes_and_goes_does_not_disturb_another(tracer, start, newest, links):
    program = newest("load")
    lasting = tracer("--binary", program, "--links", links, "--func", "main.hot")
    process = start(program, "3")
    for _ in range(3):
        tracer("--binary", program, "--links", links, "--func", "main.hot", "--duration", "200ms").process.wait(20)
    ledger = ledger_of(process.communicate(timeout=60)[0])
    hot = by_function(lasting.finish())["main.hot"]
    assert hot["calls"] == ledger["main.hot"] and hot["unmatched"] == hot["in_flight"] == 0


@pytest.fixture
def small_disk(tmp_path):
    """A file system with room for 64 KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def complaints(gotraced):
    return gotraced.messages.read_text().count("cannot write to")


def test_a_full_disk_loses_nothing_but_the_division_into_intervals(tracer, start, newest, small_disk):
    filler, output = small_disk / "filler", small_disk / "reports"
    options = ("--func", "main.hot", "--format", "json", "--interval", "200ms", "--output", output)
    gotraced = tracer("--binary", newest("load"), *options, output=False)
    process = start(newest("load"), "3")
    wait_until(lambda: read_reports(output), "there is a report")
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=1k"], capture_output=True)
    wait_until(lambda: complaints(gotraced) == 1, "gotraced has said that the disk is full")
    time.sleep(1)
    filler.unlink()
    wait_until(lambda: "can be written to again" in gotraced.messages.read_text(), "gotraced can write again")
    ledger = ledger_of(process.communicate(timeout=60)[0])
    gotraced.process.send_signal(signal.SIGINT)
    assert gotraced.process.wait(20) == 0 and complaints(gotraced) == 1
    reports = [json.loads(line) for line in output.read_text().splitlines()]
    intervals = [report for report in reports if report["report"] == "interval"]
    assert sum(report["calls"] for report in intervals) == ledger["main.hot"]
    assert max(report["seconds"] for report in intervals) > 1
    assert by_function(reports)["main.hot"]["calls"] == ledger["main.hot"]


def write_config(folder, program, *output):
    path = folder / "config"
    path.write_text("\n".join(["[target load]", f"binary = {program}", "func = main.hot", "[output]", *output, ""]))
    return path


def test_a_service_whose_output_nobody_reads_any_more_goes_on(tracer, start, newest, tmp_path):
    config = write_config(tmp_path, newest("load"), "interval = 200ms")
    reader, writer = os.pipe()
    gotraced = tracer("--config", config, output=False, stdout=writer)
    os.close(writer)
    os.close(reader)
    start(newest("load"), "1").communicate(timeout=60)
    wait_until(lambda: complaints(gotraced) == 1, "gotraced has said that nobody reads")
    time.sleep(1)
    assert gotraced.process.poll() is None and complaints(gotraced) == 1
    # What was measured cannot be had any more, which is a failure in the end.
    gotraced.process.send_signal(signal.SIGTERM)
    assert gotraced.process.wait(20) == 1


def test_a_reader_that_is_stuck_does_not_keep_it_from_ending(tracer, start, newest, tmp_path):
    config = write_config(tmp_path, newest("load"), "interval = 100ms", "format = json")
    reader, writer = os.pipe()
    gotraced = tracer("--config", config, output=False, stdout=writer)
    os.close(writer)
    process = start(newest("load"), "6")
    # A pipe holds 64 KB.
    wait_until(lambda: "nobody reads it" in gotraced.messages.read_text(), "the pipe is full")
    began = time.monotonic()
    gotraced.process.send_signal(signal.SIGTERM)
    assert gotraced.process.wait(20) == 1 and time.monotonic() - began < 5
    os.close(reader)
    process.kill()


@pytest.mark.parametrize("functions", ["main.hot", "main.*"])
def test_what_a_slow_reader_gets_is_whole(tracer, start, newest, tmp_path, functions):
    """Also where a report is larger than what a pipe takes at once."""
    config = write_config(tmp_path, newest("load"), "interval = 50ms", "format = json")
    config.write_text(config.read_text().replace("main.hot", functions))
    reader, writer = os.pipe()
    gotraced = tracer("--config", config, output=False, stdout=writer)
    os.close(writer)
    process = start(newest("load"), "6")
    wait_until(lambda: "nobody reads it" in gotraced.messages.read_text(), "the pipe is full")
    with os.fdopen(reader) as pipe:
        lines = [pipe.readline() for _ in range(60)]
        ledger = ledger_of(process.communicate(timeout=60)[0])
        gotraced.process.send_signal(signal.SIGTERM)
        lines += pipe.readlines()
    assert gotraced.process.wait(20) == 0
    reports = [json.loads(line) for line in lines]
    intervals = [report for report in reports if report["report"] == "interval" and report["function"] == "main.hot"]
    assert sum(report["calls"] for report in intervals) == ledger["main.hot"]
    assert len({report["start"] for report in intervals}) == len(intervals)


# More than a pipe holds.
ALL = ["--func", "*", "--max-functions", "100000", "--format", "json"]


def read_slowly(pipe):
    """All that comes, by a reader who looks away for more than a second at first, and in between."""
    found = b""
    time.sleep(1.5)
    while chunk := os.read(pipe.fileno(), 1 << 16):
        if not found:
            time.sleep(1.5)
        found += chunk
    return found


@pytest.mark.parametrize("action", ["--list", "--plan"])
def test_a_listing_is_whole_however_slow_its_reader(newest, action):
    argv = [GOTRACED, action, "--binary", newest("load"), *ALL]
    at_once = subprocess.run(argv, capture_output=True, check=True).stdout
    assert len(at_once) > 4 * (1 << 16)
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        assert read_slowly(process.stdout) == at_once
    assert process.returncode == 0


def test_a_last_report_waits_for_a_slow_reader(newest):
    """Somebody who pages through it, say. A service does not wait: systemd would kill it."""
    argv = [GOTRACED, "--binary", newest("load"), *ALL, "--duration", "0.2"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as process:
        reports = [json.loads(line) for line in read_slowly(process.stdout).splitlines()]
    assert process.returncode == 0
    assert len(reports) > 1000 and {report["report"] for report in reports} == {"final"}


def test_one_that_waits_for_a_reader_can_be_ended(start, newest):
    process = start(GOTRACED, "--binary", newest("load"), *ALL, "--duration", "0.2")
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(5)
    process.terminate()
    assert process.wait(5) == -signal.SIGTERM


def test_a_reader_that_takes_little_by_little_does_not_hold_it_up(tracer, start, newest, tmp_path):
    config = write_config(tmp_path, newest("load"), "interval = 50ms", "format = json")
    config.write_text(config.read_text().replace("main.hot", "*"))
    config.write_text(config.read_text() + "[limits]\nmax-functions = 5000\n")
    reader, writer = os.pipe()
    gotraced = tracer("--config", config, output=False, stdout=writer)
    os.close(writer)
    wait_until(lambda: os.read(reader, 1), "there is a report")
    gotraced.process.send_signal(signal.SIGTERM)
    began = time.monotonic()
    while gotraced.process.poll() is None and time.monotonic() - began < 20:
        os.read(reader, 4096)
        time.sleep(0.5)
    os.close(reader)
    assert time.monotonic() - began < 8


def test_an_output_that_cannot_be_opened_anew_stays_what_it_was(tracer, newest, tmp_path):
    folder = tmp_path / "logs"
    folder.mkdir()
    config = write_config(tmp_path, newest("load"), "format = json", f"output = {folder}/reports")
    gotraced = tracer("--config", config, output=False)
    folder.rename(tmp_path / "gone")
    gotraced.process.send_signal(signal.SIGHUP)
    wait_until(lambda: "going on with what it was before" in gotraced.messages.read_text(), "gotraced has said it")
    gotraced.process.send_signal(signal.SIGTERM)
    assert gotraced.process.wait(20) == 0
    assert by_function(read_reports(tmp_path / "gone/reports"))


def resident_kilobytes(process):
    text = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"^VmRSS:\s+(\d+)", text, re.MULTILINE)[1])


def test_memory_stays_flat_under_load(tracer, start, newest, tmp_path, endurance_s):
    """For an hour, where all tests are wanted."""
    config = write_config(tmp_path, newest("deploy"), "interval = 1", "format = json", "output = /dev/null")
    config.write_text(config.read_text().replace("main.hot", "main.work"))
    gotraced = tracer("--config", config, output=False)
    process = start(newest("deploy"))
    time.sleep(endurance_s / 5)
    kilobytes, files = resident_kilobytes(gotraced.process), len(os.listdir(f"/proc/{gotraced.process.pid}/fd"))
    time.sleep(endurance_s * 4 / 5)
    assert resident_kilobytes(gotraced.process) <= kilobytes * 1.02 + 256
    assert len(os.listdir(f"/proc/{gotraced.process.pid}/fd")) == files
    process.communicate("\n", timeout=60)
    gotraced.process.send_signal(signal.SIGTERM)
    assert gotraced.process.wait(20) == 0
