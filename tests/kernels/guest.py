"""Runs a command on another kernel: in QEMU, by software emulation, with the files that it needs and nothing else.

How fast anything is there means nothing; what it does is what it does on a machine.
"""

import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from tracing import ROOT

BUSYBOX = "/usr/bin/busybox"
BOOT_S, BOOTS = 40, 3

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
sh /command </dev/null >/dev/ttyS1 2>&1
echo "ended $?" >/dev/ttyS2
sync; poweroff -f
"""

# The plainest processor and a single thread: with others, some of a hundred boots die.
QEMU = """qemu-system-x86_64 -accel tcg,thread=single -M q35 -cpu qemu64,-cx16 -smp 2 -nodefaults -display none -no-reboot
    -append""".split() + ["console=ttyS0 quiet panic=-1 oops=panic mitigations=off nokaslr random.trust_cpu=on"]


def kernel_of(suite):
    return Path(subprocess.run([ROOT / "tools/fetch-kernel", suite], check=True, stdout=subprocess.PIPE,
                               text=True).stdout.strip())


def libraries_of(program):
    shown = subprocess.run(["ldd", program], capture_output=True, text=True).stdout
    return {Path(path) for path in re.findall(r"(/\S+) \(0x", shown)}


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
            subprocess.run("find . | cpio --quiet -o -H newc -R 0:0", shell=True, cwd=root, stdout=out, check=True)
        shutil.rmtree(root)
        return archive

    def boot(self, folder, archive, timeout_s):
        """What the command printed, and its exit status; None when the kernel did not come to start it."""
        console, output, progress = (folder / name for name in ("console", "output", "progress"))
        for path in (console, output, progress):
            path.write_text("")
        serials = [word for path in (console, output, progress) for word in ("-serial", f"file:{path}")]
        argv = [*QEMU, "-m", str(self.n_megabytes), "-kernel", self.kernel, "-initrd", archive, *serials]
        began = time.monotonic()
        with open(folder / "qemu", "w") as said:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said)
        try:
            while process.poll() is None:
                waited_s = time.monotonic() - began
                if waited_s > BOOT_S and not progress.read_text():
                    return None
                assert waited_s < timeout_s, f"still running after {timeout_s} s: {output.read_text()[-2000:]}"
                time.sleep(0.1)
        finally:
            process.kill()
            process.wait()
        ended = re.search(r"ended (\d+)", progress.read_text())
        if not ended:
            assert not progress.read_text(), f"the guest died: {console.read_text()[-2000:]}"
            return None
        return int(ended[1]), output.read_text(errors="replace").replace("\r\n", "\n")

    def run(self, command, timeout_s=300):
        """Runs a shell's command. Its exit status, and what it printed."""
        with tempfile.TemporaryDirectory(prefix="gotraced-guest-") as folder:
            archive = self.pack(Path(folder), command)
            for _ in range(BOOTS):
                result = self.boot(Path(folder), archive, timeout_s)
                if result:
                    return result
            console = (Path(folder) / "console").read_text()[-2000:] + (Path(folder) / "qemu").read_text()
        raise AssertionError(f"{self.kernel} does not boot: {console}")
