"""Cgroups in which a test runs what has a systemd of its own."""

import os
import signal
import time
from pathlib import Path

TIMEOUT_S = 10


def hierarchies():
    """Where those are mounted that systemd knows its units by: cgroup v2's, and one that is its own beside v1's."""
    found = []
    for line in Path("/proc/self/mounts").read_text().splitlines():
        _, folder, kind, options, *_ = line.split()
        if kind == "cgroup2" or (kind == "cgroup" and "name=systemd" in options.split(",")):
            found.append(Path(folder))
    return found


class Cgroup:
    """A cgroup of that name in each hierarchy."""

    def __init__(self, name):
        self.folders = [hierarchy / name for hierarchy in hierarchies()]
        for folder in self.folders:
            folder.mkdir()

    def processes(self):
        lists = (path.read_text().split() for folder in self.folders for path in folder.rglob("cgroup.procs"))
        return {int(pid) for pids in lists for pid in pids}

    def remove(self):
        """Kills what is in it, and returns once nothing of it is left."""
        end = time.monotonic() + TIMEOUT_S
        while pids := self.processes():
            assert time.monotonic() < end, f"these cannot be killed: {pids}"
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            time.sleep(0.01)
        for top in self.folders:
            for folder, _, _ in os.walk(top, topdown=False):
                os.rmdir(folder)
