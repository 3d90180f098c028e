"""Fixtures: the Go programs of tests/go, built with several toolchains, and ways to run gotraced on them.

The tests run as root, on the kernel of the machine. GOTRACED names the program under test, by default
build/release/gotraced.
"""

import os
import platform
import subprocess
import tempfile
from pathlib import Path

import pytest
from building import NEWEST_GO, OLDEST_GO, GoBuilds
from tracing import GOTRACED, ROOT, TIMEOUT_S, Tracer, run

def kinds_of_link():
    """Kernels before 6.6 have no uprobe_multi links."""
    release = tuple(int(part) for part in platform.release().split(".")[:2])
    return ["multi", "perf"] if release >= (6, 6) else ["perf"]


def pytest_sessionstart(session):
    if os.geteuid() != 0:
        pytest.exit("these tests trace real programs: run them as root", returncode=1)
    if not os.access(GOTRACED, os.X_OK):
        pytest.exit(f"{GOTRACED} is not there: build it, or name it in GOTRACED", returncode=1)


@pytest.fixture(scope="session")
def go_builds():
    folder = ROOT / "build/tests/go"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="session-", dir=folder) as own:
        yield GoBuilds(Path(own))


@pytest.fixture(params=[OLDEST_GO, NEWEST_GO], ids=lambda version: f"go{version}")
def go(request):
    return request.param


@pytest.fixture(params=["plain", "stripped"])
def flavour(request):
    return request.param


@pytest.fixture(params=kinds_of_link())
def links(request):
    return request.param


@pytest.fixture
def build(go_builds, go, flavour):
    """build(name) is a program of tests/go, in every combination of toolchain and flavour."""
    return lambda name: go_builds.path(name, go, flavour)


@pytest.fixture
def newest(go_builds):
    """newest(name) is a program of tests/go in one combination, where the others would add nothing."""
    return lambda name: go_builds.path(name, NEWEST_GO, "plain")


@pytest.fixture
def look():
    """look(name, program, ...) has one of the programs of tests/readers look at a Go program, and is what it prints."""

    def look_at(name, *arguments, addresses=()):
        # One that is built with sanitizers finds more.
        reader = ROOT / "build/debug/tests/readers" / name
        if not reader.exists():
            reader = ROOT / "build/release/tests/readers" / name
        given = "".join(f"{address}\n" for address in addresses)
        done = subprocess.run([reader, *arguments], input=given, capture_output=True, text=True, timeout=TIMEOUT_S)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return look_at


@pytest.fixture
def trace(tmp_path):
    """trace(options, command) runs gotraced on a command until both have ended."""
    return lambda options, command, **kwargs: run(tmp_path, options, command, **kwargs)


@pytest.fixture
def tracer(tmp_path):
    """tracer(options) starts gotraced and returns once it has attached its probes, unless told otherwise."""
    started = []

    def start(*options, await_probes=True, **kwargs):
        one = Tracer(tmp_path / f"tracer-{len(started)}", options, **kwargs)
        started.append(one)
        if await_probes:
            one.await_probes()
        return one

    yield start
    for one in started:
        one.kill()


@pytest.fixture
def start():
    """start(argv) runs a program with pipes for its input and its outputs."""
    started = []

    def start_one(*argv):
        pipe = subprocess.PIPE
        one = subprocess.Popen(argv, stdin=pipe, stdout=pipe, stderr=pipe, text=True, bufsize=1)
        started.append(one)
        return one

    yield start_one
    for one in started:
        one.kill()
        one.communicate()


@pytest.fixture
def endurance_s(request):
    """How long what is to last for ever is watched."""
    return 3600 if request.config.getoption("--all") else 15


def pytest_addoption(parser):
    parser.addoption("--rebase", action="store_true", help="write what is found to the files of golden output")
    parser.addoption("--all", action="store_true", help="have the matrix made with every version of Go, and watch for an hour what is to last")
