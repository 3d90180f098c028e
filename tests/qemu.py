"""Boots a kernel in QEMU, by software emulation.

How fast anything is there means nothing; what it does is what it does on a machine.
"""

import subprocess
import time
from pathlib import Path

from tracing import ROOT

# What is started so does not outlive these tests, however they end.
ENDS_WITH_US = ["setpriv", "--pdeathsig", "KILL"]

BOOTS = 3

# The plainest processor and a single thread: with others, some of a hundred boots die.
QEMU = """qemu-system-x86_64 -accel tcg,thread=single -M q35 -cpu qemu64,-cx16 -smp 2 -nodefaults -display none
    -no-reboot"""
ARGUMENTS = "console=ttyS0 quiet panic=-1 oops=panic mitigations=off nokaslr random.trust_cpu=on"


def kernel_of(suite):
    """Debian's kernel of a suite."""
    return Path(subprocess.run([ROOT / "tools/fetch-kernel", suite], check=True, stdout=subprocess.PIPE,
                               text=True).stdout.strip())


def pack(folder, out):
    """Writes an archive of what is in a folder, as a kernel unpacks it when it boots; everything in it is root's."""
    subprocess.run("find . | cpio --quiet -o -H newc -R 0:0", shell=True, cwd=folder, stdout=out, check=True)


class Qemu:
    """A machine from when it is switched on. Its kernel and QEMU itself speak to the file console."""

    def __init__(self, kernel, archive, console, serials, n_megabytes, arguments=""):
        """serials are the ports behind the console's, in QEMU's words; arguments are more of those of the kernel."""
        console.write_text("")
        ports = [word for port in (f"file:{console}", *serials) for word in ("-serial", port)]
        argv = [*ENDS_WITH_US, *QEMU.split(), "-m", str(n_megabytes), "-kernel", kernel, "-initrd", archive, *ports]
        argv += ["-append", f"{ARGUMENTS} {arguments}"]
        with open(console, "a") as said:
            self.process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=said, stderr=said)

    def is_running(self):
        return self.process.poll() is None

    def kill(self):
        self.process.kill()
        self.process.wait()


def boot(switch_on, has_started, console, timeout_s):
    """The machine that switch_on() makes, once has_started() says that it has come that far.

    Some boots do not come that far, and are tried again.
    """
    for _ in range(BOOTS):
        machine = switch_on()
        try:
            end = time.monotonic() + timeout_s
            while machine.is_running() and time.monotonic() < end and not has_started():
                time.sleep(0.05)
            if has_started():
                return machine
        except BaseException:
            machine.kill()
            raise
        machine.kill()
    raise AssertionError(f"the machine does not boot: {console.read_text(errors='replace')[-2000:]}")
