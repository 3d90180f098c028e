"""What the benchmarks share: building, running, and telling what machine they ran on."""

import argparse
import contextlib
import json
import os
import pathlib
import platform
import signal
import subprocess
import sys
import time

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


def arguments(description):
    """What every benchmark takes: how many rounds, and whether a last line of JSON is for bench/report."""
    parser = argparse.ArgumentParser(description=description.splitlines()[0])
    parser.add_argument("--go", default="newest", help="Go version to build the traced program with (newest)")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", action="store_true", help="print the ratios as a last line of JSON, too")
    return parser


def finish(options, rows):
    """rows: (what, ratio or figure, target or None), as bench/report shows them."""
    for what, figure, target in rows:
        print(f"{what}: {figure}" + (f"  (to reach: {target})" if target else ""))
    if options.json:
        print(json.dumps(rows))


def describe(binary):
    """The machine and the versions, as every benchmark prints them."""
    with open("/proc/cpuinfo") as cpuinfo:
        model = next((line.split(":")[1].strip() for line in cpuinfo if line.startswith("model name")), "?")
    listed = subprocess.run([GOTRACED, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    commit = subprocess.run(["git", "-C", TOP, "describe", "--always", "--dirty"], stdout=subprocess.PIPE,
                            text=True).stdout.strip()
    print(f"{listed} ({commit}), {binary.name}, kernel {platform.release()}, {model}, {os.cpu_count()} CPUs")


FUNCTION = "main.work"
LOOP = "tests/go/loop/main.go"


def ns_per_call(binary, calls, threads):
    """Of the calls that the loop makes, as it times them itself."""
    out = subprocess.run([binary, str(calls), str(threads)], check=True, stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out)["ns_per_call"]


def await_line(process, start, what):
    for line in process.stderr:
        if line.startswith(start):
            return
    raise SystemExit(f"bench: {what} did not start")


@contextlib.contextmanager
def untraced(_binary):
    yield None


@contextlib.contextmanager
def by_gotraced(binary, *options):
    """Yields a function that ends gotraced and gives its last report on the loop's function."""
    process = subprocess.Popen(
        [GOTRACED, "--binary", binary, "--func", FUNCTION, "--format", "json", *options],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    await_line(process, "gotraced: tracing", "gotraced")

    def end():
        process.terminate()
        out, _ = process.communicate()
        return json.loads(out.splitlines()[-1]) if out else None

    yield end
    if process.poll() is None:
        end()


@contextlib.contextmanager
def by_probe(mode, binary):
    """The bench's own program: an empty BPF program, or gotraced's at other sites."""
    process = subprocess.Popen([BUILD / "bench" / "probe", mode, binary, FUNCTION], stdin=subprocess.PIPE,
                               stderr=subprocess.PIPE, text=True)
    await_line(process, "attached", f"probe {mode}")
    yield None
    process.stdin.close()
    process.wait()


def plan_of(binary):
    out = subprocess.run([GOTRACED, "--binary", binary, "--func", FUNCTION, "--plan", "--format", "json"], check=True,
                         stdout=subprocess.PIPE, text=True).stdout
    return json.loads(out)


@contextlib.contextmanager
def by_bpftrace(binary, hist="hist(nsecs - @start[$g])"):
    """The usual script: which goroutine a thread runs is noted when it is scheduled, a call at its first instruction,
    its end at each RET. Yields a function that ends it and gives the median of its histogram, in ns."""
    tool("bpftrace", "trixie", "--version")  # which fetches it, if it is not there
    plan = plan_of(binary)
    script = [f'uprobe:{binary}:"runtime.execute" {{ @gids[tid] = *(uint64 *)(reg("ax") + 152); }}',
              f'uprobe:{binary}:"{FUNCTION}" {{ @start[@gids[tid]] = nsecs; }}']
    for va in plan["return_vas"]:
        script.append(f'uprobe:{binary}:"{FUNCTION}"+{va - plan["entry_va"]} {{ $g = @gids[tid]; '
                      f"@ns = {hist}; delete(@start[$g]); }}")
    process = subprocess.Popen(
        [TOP / "tools/bpftrace", "trixie", "-f", "json", "-e", "\n".join(script)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        if '"attached_probes"' in line:
            break
    else:
        raise SystemExit(f"bench: bpftrace did not start: {process.stderr.read()}")
    # It says so before it has attached the last one.
    time.sleep(1)

    def end():
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate()
        for read in (json.loads(line) for line in out.splitlines() if line.startswith("{")):
            if read["type"] == "hist" and "@ns" in read["data"]:
                return median_of(read["data"]["@ns"])
        raise SystemExit("bench: bpftrace has no histogram")

    yield end
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        process.communicate()


def median_of(buckets):
    half = sum(bucket["count"] for bucket in buckets) / 2
    for bucket in buckets:
        half -= bucket["count"]
        if half <= 0:
            return (bucket["min"] + bucket["max"]) / 2
    raise SystemExit("bench: an empty histogram")
