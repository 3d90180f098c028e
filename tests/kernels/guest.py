"""Runs a command on another kernel: in QEMU, with the files that it needs and nothing else."""

import re
import shutil
import tempfile
import time
from pathlib import Path

from linking import libraries_of
from qemu import Qemu, boot, pack

BUSYBOX = "/usr/bin/busybox"
BOOT_S = 40

# /dev/ttyS1 takes what the command prints, /dev/ttyS2 how far it has come.
INIT = """#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin HOME=/
mount -t devtmpfs none /dev; mount -t proc none /proc; mount -t sysfs none /sys; mount -t tmpfs none /tmp
# The kernel makes huge pages all the time, with which a probe's program must cope.
cd /sys/kernel/mm/transparent_hugepage
echo always >enabled; echo 200 >khugepaged/scan_sleep_millisecs
cd /
mkdir -p /dev/shm; mount -t tmpfs none /dev/shm
ifconfig lo 127.0.0.1 up
stty -F /dev/ttyS1 raw -echo; stty -F /dev/ttyS2 raw -echo
echo started >/dev/ttyS2
# Through a pipe, since nobody sits at this terminal.
{ sh /command </dev/null 2>&1; echo $? >/status; } | cat >/dev/ttyS1
echo "ended $(cat /status)" >/dev/ttyS2
sync; poweroff -f
"""


class Guest:
    """A machine that is made of a kernel and files; each run boots it anew."""

    def __init__(self, kernel, n_megabytes=1024):
        self.kernel = kernel
        self.n_megabytes = n_megabytes
        self.files = {}

    def add(self, source, name):
        """A program under / of the guest, with the libraries that it is linked to."""
        self.files[f"/{name}"] = source
        for library in libraries_of(source):
            self.files[str(library)] = library

    def pack(self, folder, command):
        root = folder / "root"
        for name in ("bin", "dev", "proc", "sys", "tmp", "etc"):
            (root / name).mkdir(parents=True)
        shutil.copy(BUSYBOX, root / "bin/busybox")
        for name, source in self.files.items():
            (root / name[1:]).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, root / name[1:])
        (root / "init").write_text(INIT)
        (root / "init").chmod(0o755)
        (root / "command").write_text(command)
        archive = folder / "initrd"
        with open(archive, "wb") as out:
            pack(root, out)
        shutil.rmtree(root)
        return archive

    def run(self, command, timeout_s=300, arguments=""):
        """Runs a shell's command, with more arguments of the kernel. Its exit status, and what it printed."""
        with tempfile.TemporaryDirectory(prefix="gotraced-guest-") as folder:
            return self.run_in(Path(folder), command, timeout_s, arguments)

    def run_in(self, folder, command, timeout_s, arguments):
        archive = self.pack(folder, command)
        console, output, progress = (folder / name for name in ("console", "output", "progress"))
        for path in (output, progress):
            path.write_text("")
        serials = [f"file:{output}", f"file:{progress}"]
        switch_on = lambda: Qemu(self.kernel, archive, console, serials, self.n_megabytes, arguments)
        machine = boot(switch_on, progress.read_text, console, BOOT_S)
        end = time.monotonic() + timeout_s
        try:
            while machine.is_running():
                assert time.monotonic() < end, f"still running after {timeout_s} s: {output.read_text()[-2000:]}"
                time.sleep(0.1)
        finally:
            machine.kill()
        ended = re.search(r"ended (\d+)", progress.read_text())
        assert ended, f"the guest died: {console.read_text()[-2000:]}"
        return int(ended[1]), output.read_text(errors="replace").replace("\r\n", "\n")
