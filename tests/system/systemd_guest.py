"""A machine on another kernel than the one that runs here, in QEMU."""

import shutil

from machine import Machine
from qemu import Qemu, boot, pack

BOOT_S = 200

# Services with a root of their own need one to leave that is mounted, which a kernel's first is not.
INIT = """#!/bin/sh
mount --bind / /mnt
cd /mnt
mount --move . /
exec chroot . /lib/systemd/systemd
"""


class SystemdGuest(Machine):
    to = back = "/dev/ttyS1"
    qemu = None

    def __init__(self, kernel, n_megabytes=1024):
        super().__init__()
        self.kernel = kernel
        self.n_megabytes = n_megabytes

    def boot(self):
        self.write("/init", INIT)
        (self.added / "init").chmod(0o755)
        archive = self.folder / "initrd"
        # The kernel unpacks what is added over the tree.
        shutil.copy(f"{self.tree}.cpio", archive)
        with open(archive, "ab") as out:
            pack(self.added, out)
        self.qemu = boot(lambda: self.switch_on(archive), self.channel.is_ready, self.console, BOOT_S)

    def switch_on(self, archive):
        serials = [f"pipe:{self.folder}/channel/pipe"]
        arguments = "systemd.unit=multi-user.target systemd.show_status=1"
        return Qemu(self.kernel, archive, self.console, serials, self.n_megabytes, arguments)

    def is_running(self):
        return self.qemu.is_running()

    def switch_off(self):
        if self.qemu:
            self.qemu.kill()
