"""Builds the programs of tests/go with the toolchains that tools/go-toolchain fetches."""

import os
import subprocess
from pathlib import Path

import pytest
from tracing import ROOT

OLDEST_GO = "1.19"
NEWEST_GO = "newest"
OLDEST_MINOR = 15
# No Debian suite has these. Every other version must be there, or its tests fail.
MAY_BE_MISSING = {"1.16", "1.17", "1.18", "1.20"}
BUILD_FLAGS = {
    "plain": [],
    "stripped": ["-ldflags=-s -w"],
    "pie": ["-buildmode=pie"],
    "pie-stripped": ["-buildmode=pie", "-ldflags=-s -w"],
    "unoptimised": ["-gcflags=-N -l"],
    "former": ["-tags=former"],
    "cgo": [],
    "cgo-stripped": ["-ldflags=-s -w"],
    "cgo-pie": ["-buildmode=pie"],
}


def cache_folder():
    """Where tools/go-toolchain keeps its toolchains: what is there outlives a checkout."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("GOTRACED_CACHE") or Path(home) / "gotraced").resolve()


def go_environment(goroot):
    """What a toolchain needs to build, and to run its tools, offline."""
    return {
        "PATH": f"{goroot}/bin:/usr/bin:/bin",
        "GOROOT": goroot,
        # The standard library is not to be compiled anew for each checkout.
        "GOCACHE": str(cache_folder() / "go-build" / version_of(goroot)),
        "GOPATH": str(ROOT / "build/tests/go/path"),
        "GOTOOLCHAIN": "local",
        "GOPROXY": "off",
        "GOFLAGS": "-mod=mod",
        "CGO_ENABLED": "0",
    }


def fetched(tool, *what):
    """The folder that a script of tools/ has fetched something into."""
    done = subprocess.run([ROOT / "tools" / tool, *what], capture_output=True, text=True)
    assert done.returncode == 0, f"tools/{tool} {' '.join(what)}: {done.stderr}"
    return done.stdout.strip()


def toolchain(version):
    """The folder of a toolchain, or nothing, and what there is to say about it."""
    done = subprocess.run([ROOT / "tools/go-toolchain", version], capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else "", done.stderr.strip()


def version_of(goroot):
    """1.24, where the folder is go-1.24."""
    return Path(goroot).name.removeprefix("go-")


def minor_of(goroot):
    return int(version_of(goroot).partition(".")[2])


def source_lines(goroot, program, addresses):
    """What Go's own addr2line says of addresses: FILE:LINE each, "?:0" where it knows none."""
    done = subprocess.run(
        [f"{goroot}/bin/go", "tool", "addr2line", program],
        input="".join(f"{address:#x}\n" for address in addresses),
        env={**go_environment(goroot), "HOME": str(ROOT / "build")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return ["?:0" if line == ":-1" else line for line in done.stdout.splitlines()[1::2]]


def every_version():
    """All versions that gotraced knows, and why those of them that cannot be had are missing."""
    goroot, said = toolchain("newest")
    if not goroot:
        raise pytest.UsageError(f"the newest version of Go cannot be had: {said}")
    versions = [f"1.{minor}" for minor in range(OLDEST_MINOR, minor_of(goroot) + 1)]
    missing = {}
    for version in sorted(MAY_BE_MISSING.intersection(versions)):
        goroot, said = toolchain(version)
        if not goroot:
            missing[version] = said.splitlines()[-1] if said else "no reason given"
    return versions, missing


class GoBuilds:
    """The programs of tests/go, each built once a session at most.

    They are the session's own, since gotraced sees every process of a binary, even those of another session of these
    tests.
    """

    def __init__(self, folder):
        self.folder = folder
        self.goroots = {}
        self.built = {}

    def goroot(self, version):
        """The folder of a toolchain, whose last part names its version: go-1.19."""
        if version not in self.goroots:
            goroot, said = toolchain(version)
            assert goroot, f"tools/go-toolchain {version}: {said}"
            self.goroots[version] = goroot
        return self.goroots[version]

    def path(self, name, version, flavour, arch="amd64"):
        key = (name, version, flavour, arch)
        if key not in self.built:
            self.built[key] = self.build(*key)
        return self.built[key]

    def build(self, name, version, flavour, arch):
        goroot = self.goroot(version)
        out = self.folder / version / flavour / arch / name
        env = go_environment(goroot)
        env["CGO_ENABLED"] = "1" if flavour.startswith("cgo") else "0"
        env["GOARCH"] = arch
        folder = ROOT / "tests/go" / name
        # A program is one file, or a module.
        source = "." if (folder / "go.mod").exists() else "main.go"
        command = [f"{goroot}/bin/go", "build", *BUILD_FLAGS[flavour], "-o", out, source]
        made = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True)
        assert made.returncode == 0, f"go {version} build {name}: {made.stderr}"
        return out
