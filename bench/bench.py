"""What the benchmarks share: building, running, and telling what machine they ran on."""

import os
import pathlib
import platform
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parent.parent
BUILD = TOP / "build" / "bench"
GOTRACED = BUILD / "gotraced"


def build():
    """gotraced and the bench's own programs, with optimisation."""
    BUILD.mkdir(parents=True, exist_ok=True)
    with open(BUILD / "build.log", "w") as log:
        for command in (
            ["cmake", "-S", TOP, "-B", BUILD, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
             "-DGOTRACED_BENCH=ON", "-DGOTRACED_TESTS=OFF"],
            ["cmake", "--build", BUILD],
        ):
            if subprocess.run(command, stdout=log, stderr=log).returncode:
                sys.exit(f"bench: the build failed; see {log.name}")


def tool(*command):
    """The one line that a script in tools/ prints."""
    return subprocess.run([TOP / "tools" / command[0], *command[1:]], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()


def build_go(version, source, *flags):
    """A Go program of one file, built with that version of Go."""
    goroot = tool("go-toolchain", version)
    out = BUILD / f"{pathlib.Path(source).parent.name}-{version}"
    env = dict(os.environ, GOROOT=goroot, GOTOOLCHAIN="local", GOPROXY="off", GOFLAGS="-mod=mod",
               GOCACHE=str(BUILD / "gocache"))
    subprocess.run([f"{goroot}/bin/go", "build", *flags, "-o", out, TOP / source], env=env, check=True)
    return out


def describe(binary):
    """The machine and the versions, as every benchmark prints them."""
    with open("/proc/cpuinfo") as cpuinfo:
        model = next((line.split(":")[1].strip() for line in cpuinfo if line.startswith("model name")), "?")
    listed = subprocess.run([GOTRACED, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    commit = subprocess.run(["git", "-C", TOP, "describe", "--always", "--dirty"], stdout=subprocess.PIPE,
                            text=True).stdout.strip()
    print(f"{listed} ({commit}), {binary.name}, kernel {platform.release()}, {model}, {os.cpu_count()} CPUs")
