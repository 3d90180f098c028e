"""A machine on the kernel that runs here, by systemd-nspawn, whether or not systemd runs here itself."""

import os
import subprocess
import time

from cgroup import Cgroup
from machine import Machine
from qemu import ENDS_WITH_US

BOOT_S = 60

# Takes the tree, the machine's folder, and those of its cgroup. What is mounted goes with the namespace; what the
# machine writes stays in memory.
START = """tree=$1 folder=$2
shift 2
for group; do echo $$ >"$group/cgroup.procs"; done
mkdir -p /run/systemd/nspawn
mount -t tmpfs none /run/systemd/nspawn
mount -t tmpfs none "$folder/memory"
cd "$folder/memory"
mkdir written work root
mount -t overlay -o "lowerdir=$folder/added:$tree,upperdir=written,workdir=work" none root
exec systemd-nspawn --quiet --boot --directory="$PWD/root" --machine=gotraced --register=no --keep-unit \
	--console=pipe --private-network --capability=CAP_BPF,CAP_PERFMON --system-call-filter='bpf perf_event_open' \
	--bind="$folder/channel:/channel" systemd.unit=multi-user.target systemd.show_status=1
"""


class Container(Machine):
    to, back = "/channel/pipe.in", "/channel/pipe.out"
    process = cgroup = None

    def boot(self):
        (self.folder / "memory").mkdir()
        self.cgroup = Cgroup(self.folder.name)
        argv = [*ENDS_WITH_US, *"unshare --mount --pid --fork --kill-child --mount-proc sh -ec".split(), START, "sh"]
        argv += [self.tree, self.folder, *self.cgroup.folders]
        env = {**os.environ, "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": "1"}
        with open(self.console, "w") as said:
            self.process = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        end = time.monotonic() + BOOT_S
        while not self.channel.is_ready():
            said = self.console.read_text(errors="replace")[-2000:]
            assert self.is_running(), f"the container has ended: {said}"
            assert time.monotonic() < end, f"the container does not come up: {said}"
            time.sleep(0.02)

    def is_running(self):
        return self.process.poll() is None

    def switch_off(self):
        if self.cgroup:
            self.cgroup.remove()
        if self.process:
            self.process.kill()
            self.process.wait()
