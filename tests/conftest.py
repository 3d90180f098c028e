"""Fixtures: the Go programs of tests/go, built with several toolchains, and ways to run gotraced on them.

The tests run as root, on the kernel of the machine. GOTRACED names the program under test, by default
build/release/gotraced.
"""

import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from tracing import GOTRACED, ROOT, Tracer, run

OLDEST_GO = "1.19"
NEWEST_GO = "newest"
BUILD_FLAGS = {
    "plain": [],
    "stripped": ["-ldflags=-s -w"],
    "pie": ["-buildmode=pie"],
    "pie-stripped": ["-buildmode=pie", "-ldflags=-s -w"],
    "unoptimised": ["-gcflags=-N -l"],
    "cgo": [],
    "cgo-stripped": ["-ldflags=-s -w"],
    "cgo-pie": ["-buildmode=pie"],
}


def cache_folder():
    """Where tools/go-toolchain keeps its toolchains: what is there outlives a checkout."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("GOTRACED_CACHE") or Path(home) / "gotraced").resolve()


def kinds_of_link():
    """Kernels before 6.6 have no uprobe_multi links."""
    release = tuple(int(part) for part in platform.release().split(".")[:2])
    return ["multi", "perf"] if release >= (6, 6) else ["perf"]


def pytest_sessionstart(session):
    if os.geteuid() != 0:
        pytest.exit("these tests trace real programs: run them as root", returncode=1)
    if not os.access(GOTRACED, os.X_OK):
        pytest.exit(f"{GOTRACED} is not there: build it, or name it in GOTRACED", returncode=1)


class GoBuilds:
    """The programs of tests/go, each built once a session at most.

    What is traced is a copy of the session's own, since gotraced sees every process of a binary, even
    those of another session of these tests.
    """

    def __init__(self, copies):
        self.copies = copies
        self.goroots = {}
        self.built = {}

    def goroot(self, version):
        """The folder of a toolchain, whose last part names its version: go-1.19."""
        if version not in self.goroots:
            found = subprocess.run([ROOT / "tools/go-toolchain", version], capture_output=True, text=True)
            assert found.returncode == 0, f"tools/go-toolchain {version}: {found.stderr}"
            self.goroots[version] = found.stdout.strip()
        return self.goroots[version]

    def path(self, name, version, flavour, arch="amd64"):
        key = (name, version, flavour, arch)
        if key not in self.built:
            copy = self.copies / version / flavour / arch / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            self.built[key] = shutil.copy(self.build(*key), copy)
        return self.built[key]

    def build(self, name, version, flavour, arch):
        goroot = self.goroot(version)
        out = ROOT / "build/tests/go" / version / flavour / arch / name
        env = {
            "PATH": f"{goroot}/bin:/usr/bin:/bin",
            "GOROOT": goroot,
            # The standard library is not to be compiled anew for each checkout.
            "GOCACHE": str(cache_folder() / "go-build" / Path(goroot).name.removeprefix("go-")),
            "GOPATH": str(ROOT / "build/tests/go" / version / "path"),
            "GOTOOLCHAIN": "local",
            "GOPROXY": "off",
            "GOFLAGS": "-mod=mod",
            "CGO_ENABLED": "1" if flavour.startswith("cgo") else "0",
            "GOARCH": arch,
        }
        folder = ROOT / "tests/go" / name
        # A program is one file, or a module.
        source = "." if (folder / "go.mod").exists() else "main.go"
        command = [f"{goroot}/bin/go", "build", *BUILD_FLAGS[flavour], "-o", out, source]
        made = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
        assert made.returncode == 0, f"go {version} build {name}: {made.stderr}"
        return out


@pytest.fixture(scope="session")
def go_builds():
    folder = ROOT / "build/tests/go"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="session-", dir=folder) as copies:
        yield GoBuilds(Path(copies))


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
def trace(tmp_path):
    """trace(options, command) runs gotraced on a command until both have ended."""
    return lambda options, command, **kwargs: run(tmp_path, options, command, **kwargs)


@pytest.fixture
def tracer(tmp_path):
    """tracer(options) starts gotraced and returns once it has attached its probes."""
    started = []

    def start(*options, **kwargs):
        one = Tracer(tmp_path / f"tracer-{len(started)}", options, **kwargs)
        started.append(one)
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


def pytest_addoption(parser):
    parser.addoption("--rebase", action="store_true", help="write what is found to the files of golden output")
    parser.addoption("--all-versions", action="store_true", help="have the matrix made with every version of Go")
