"""Programs whose files come and go while they are traced."""

import os
import shutil
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest
from building import NEWEST_GO
from tracing import TIMEOUT_S, gotraced as run_gotraced, by_function, ledger_of, wait_until

REDEPLOYS = 50


class Deployment:
    """A path at which builds of the program take each other's place, as a package manager replaces files."""

    def __init__(self, folder, builds):
        folder.mkdir()
        self.path = folder / "server"
        self.builds = builds
        self.running = []
        self.calls = Counter()

    def put(self, build):
        fresh = self.path.with_suffix(".new")
        shutil.copy(self.builds[build], fresh)
        os.rename(fresh, self.path)

    def start(self):
        pipe = subprocess.PIPE
        self.running.append(subprocess.Popen([self.path], stdin=pipe, stdout=pipe, text=True))

    def stop_oldest(self):
        process = self.running.pop(0)
        stdout, _ = process.communicate("\n", timeout=TIMEOUT_S)
        for function, ends in ledger_of(stdout).items():
            self.calls[function] += ends["returned"]

    def stop(self):
        while self.running:
            self.stop_oldest()
        return dict(self.calls)


@pytest.fixture
def deployment(tmp_path, go_builds):
    """Of the program without and with a function that is gone, of one more made by another Go, and of what is no program."""
    rubbish = tmp_path / "rubbish"
    rubbish.write_text("#!/bin/sh\n")
    one = Deployment(
        tmp_path / "deployed",
        {
            "present": go_builds.path("deploy", NEWEST_GO, "plain"),
            "stripped": go_builds.path("deploy", "1.19", "stripped"),
            "former": go_builds.path("deploy", NEWEST_GO, "former"),
            "rubbish": rubbish,
        },
    )
    yield one
    for process in one.running:
        process.kill()
        process.communicate()


@pytest.fixture
def follow(tracer, deployment):
    """follow(options) is a tracer of the path, beside which nothing need lie yet."""
    return lambda *options, **kwargs: tracer("--binary", deployment.path, *options, **kwargs)


def said(gotraced, what, times=1):
    wait_until(lambda: gotraced.messages.read_text().count(what) >= times, f"gotraced has said {what!r} {times} times")


def assert_counted(reports, calls):
    """Asserts that of each function that was traced all calls were counted, and of one at least there were any."""
    counted = {function: report["calls"] for function, report in by_function(reports).items()}
    assert counted == {function: calls.get(function, 0) for function in counted} and any(counted.values())


def assert_nothing_unaccounted(reports):
    for report in by_function(reports).values():
        assert report["unmatched"] == report["in_flight"] == report["unwound"] == report["not_started"] == 0


def test_another_build_is_traced_beside_the_former(follow, deployment, links):
    deployment.put("former")
    gotraced = follow("--links", links, "--func", "main.work", "--func", "main.gone")
    deployment.start()
    before = time.monotonic()
    deployment.put("stripped")
    said(gotraced, "is another build now")
    assert time.monotonic() - before < 2
    said(gotraced, "main.gone is not in this build")
    deployment.start()
    time.sleep(0.3)
    calls = deployment.stop()
    reports = gotraced.finish()
    assert_counted(reports, calls)
    assert_nothing_unaccounted(reports)
    assert {report["changes"] for report in reports} == {1}
    assert all(report["changed"] for report in reports)


def test_what_no_process_runs_any_more_is_let_go(follow, deployment):
    deployment.put("former")
    gotraced = follow("--func", "main.work", "--func", "main.gone")
    deployment.start()
    deployment.put("present")
    said(gotraced, "is another build now")
    assert "no process runs the former build" not in gotraced.messages.read_text()
    calls = deployment.stop()
    said(gotraced, "no process runs the former build")
    final = by_function(gotraced.finish())
    assert final["main.gone"]["state"] == "gone" and final["main.gone"]["calls"] == calls["main.gone"] == 1
    assert final["main.work"]["state"] == "traced" and final["main.work"]["calls"] == calls["main.work"]


def test_a_program_and_a_function_are_waited_for(follow, deployment):
    gotraced = follow("--wait", "--func", "main.work", "--func", "main.gone", await_probes=False)
    said(gotraced, "waiting for")
    deployment.put("present")
    said(gotraced, "waiting for a build that has it")
    said(gotraced, "gotraced: tracing 1 function")
    deployment.start()
    deployment.put("former")
    said(gotraced, "gotraced: tracing 2 functions")
    deployment.start()
    time.sleep(0.2)
    calls = deployment.stop()
    assert_counted(gotraced.finish(), calls)


def test_without_wait_what_is_not_there_is_an_error(deployment):
    done = run_gotraced("--binary", deployment.path, "--func", "main.work")
    assert done.returncode == 1 and str(deployment.path) in done.stderr


def test_a_program_that_is_gone_is_traced_on_and_waited_for(follow, deployment):
    deployment.put("present")
    gotraced = follow("--func", "main.work")
    deployment.start()
    deployment.path.unlink()
    said(gotraced, "is gone")
    time.sleep(0.2)
    deployment.put("stripped")
    said(gotraced, "gotraced: tracing 1 function", 2)
    deployment.start()
    time.sleep(0.2)
    calls = deployment.stop()
    reports = gotraced.finish()
    assert_counted(reports, calls)
    assert_nothing_unaccounted(reports)


def test_what_is_no_go_program_is_told_once(follow, deployment):
    deployment.put("present")
    gotraced = follow("--func", "main.work")
    deployment.start()
    deployment.put("rubbish")
    said(gotraced, str(deployment.path) + " ")
    time.sleep(3)
    messages = gotraced.messages.read_text()
    assert sum("ELF" in line for line in messages.splitlines()) == 1, messages
    deployment.put("stripped")
    said(gotraced, "is another build now")
    calls = deployment.stop()
    assert_counted(gotraced.finish(), calls)


def test_a_program_that_is_written_into_is_left_at_once(follow, deployment):
    """Probes at the places of the old code would be in the midst of the new."""
    deployment.put("present")
    gotraced = follow("--func", "main.work")
    with open(deployment.builds["stripped"], "rb") as source, open(deployment.path, "r+b") as target:
        target.truncate(0)
        target.flush()
        said(gotraced, "was written into")
        shutil.copyfileobj(source, target)
    said(gotraced, "gotraced: tracing 1 function", 2)
    deployment.start()
    time.sleep(0.2)
    calls = deployment.stop()
    assert_counted(gotraced.finish(), calls)


def test_a_link_to_another_folder_is_followed(tracer, deployment, tmp_path):
    """As deployments do that keep each build in a folder of its own."""
    releases = [tmp_path / name for name in ("release-1", "release-2")]
    for release, build in zip(releases, ("present", "stripped")):
        release.mkdir()
        shutil.copy(deployment.builds[build], release / "server")
    current = tmp_path / "current"
    current.symlink_to(releases[0])
    deployment.path = current / "server"
    gotraced = tracer("--binary", deployment.path, "--func", "main.work")
    deployment.start()
    fresh = tmp_path / "fresh"
    fresh.symlink_to(releases[1])
    os.rename(fresh, current)
    said(gotraced, "is another build now")
    deployment.start()
    time.sleep(0.2)
    calls = deployment.stop()
    assert_counted(gotraced.finish(), calls)


def test_a_glob_means_files_that_come_later_too(tracer, deployment, tmp_path):
    folder = tmp_path / "versions"
    folder.mkdir()
    shutil.copy(deployment.builds["present"], folder / "server-1")
    gotraced = tracer("--binary", folder / "server-*", "--func", "main.work")
    shutil.copy(deployment.builds["stripped"], folder / "server-2")
    said(gotraced, "gotraced: tracing 1 function", 2)
    for name in ("server-1", "server-2"):
        deployment.path = folder / name
        deployment.start()
    time.sleep(0.2)
    calls = deployment.stop()
    (report,) = (report for report in gotraced.finish() if report["report"] == "final")
    assert report["calls"] == calls["main.work"]


def open_files(pid):
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


def resident_kilobytes(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])


def test_fifty_redeploys_leak_nothing_and_lose_no_call(follow, deployment):
    deployment.put("present")
    gotraced = follow("--func", "main.work", "--func", "main.gone", "--wait")
    deployment.start()
    pid = gotraced.process.pid
    files, kilobytes = [], []
    for i in range(1, REDEPLOYS + 1):
        deployment.put(("present", "stripped", "former")[i % 3])
        said(gotraced, "is another build now", i)
        said(gotraced, "gotraced: tracing", i + 1)
        deployment.start()
        # Two builds run at a time, so that each is replaced while it does.
        deployment.stop_oldest()
        if i % 10 == 0:
            said(gotraced, "no process runs the former build", i)
            files.append(open_files(pid))
            kilobytes.append(resident_kilobytes(pid))
    calls = deployment.stop()
    reports = gotraced.finish()
    assert_counted(reports, calls)
    assert_nothing_unaccounted(reports)
    assert files[-1] <= files[0], files
    assert kilobytes[-1] <= kilobytes[0] * 1.05 + 1024, kilobytes


def test_functions_that_are_gone_make_room_for_others(follow, deployment):
    """They are reported for the last time then."""
    deployment.put("former")
    options = [word for function in ("work", "gone", "fresh") for word in ("--func", f"main.{function}")]
    gotraced = follow("--wait", "--max-functions", "2", *options)
    deployment.start()
    calls = deployment.stop()
    deployment.put("present")
    said(gotraced, "no process runs the former build")
    said(gotraced, "gotraced: tracing 2 functions", 2)
    deployment.start()
    for function, n in deployment.stop().items():
        calls[function] = n
    reports = gotraced.finish()
    assert reports[0]["function"] == "main.gone" and len(reports) == 3
    assert_counted(reports, calls)


def test_a_folder_full_of_files_does_not_hold_it_up(tracer, deployment, tmp_path):
    """What others can put there is looked at up to a number, and told once."""
    folder = tmp_path / "versions"
    folder.mkdir()
    shutil.copy(deployment.builds["present"], folder / "server")
    for i in range(3000):
        (folder / f"server-{i}").touch()
    gotraced = tracer("--binary", folder / "server*", "--func", "main.work")
    assert gotraced.messages.read_text().count("more files than the 256") == 1
    before = time.monotonic()
    gotraced.dump(1)
    assert time.monotonic() - before < 2
    assert len(gotraced.messages.read_text().splitlines()) < 40
    gotraced.finish()


def test_a_name_cannot_pass_for_a_message(tracer, deployment, tmp_path):
    folder = tmp_path / "versions"
    folder.mkdir()
    shutil.copy(deployment.builds["present"], folder / "server")
    (folder / "server-\ngotraced: all is well\x1b[2J").write_text("no program")
    gotraced = tracer("--binary", folder / "server*", "--func", "main.work")
    said = gotraced.messages.read_text()
    assert "server-?gotraced: all is well?[2J" in said and "\ngotraced: all is well" not in said
    gotraced.finish()
