"""A Debian machine with systemd, to which a test adds files, and on which it then runs scripts one after the other."""

import os
import platform
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

from channel import AGENT, Channel
from linking import libraries_of
from tracing import GOTRACED, ROOT, TIMEOUT_S

# It comes after what the target wants, and so may ask about that.
AGENT_UNIT = """[Unit]
After=multi-user.target

[Service]
ExecStart=/bin/sh /etc/agent {to} {back}
"""

# What would only take time, most of all in QEMU.
MASKED = """
    getty.target timers.target dev-hugepages.mount dev-mqueue.mount sys-kernel-debug.mount
    sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount ldconfig.service
    systemd-journal-catalog-update.service systemd-logind.service systemd-modules-load.service
    systemd-random-seed.service systemd-update-done.service systemd-update-utmp.service
    systemd-update-utmp-runlevel.service systemd-user-sessions.service
""".split()


def suite_here():
    """The Debian suite that runs here, whose machines gotraced runs on as it was built here."""
    return platform.freedesktop_os_release()["VERSION_CODENAME"]


def tree_of(suite):
    made = subprocess.run([ROOT / "tools/fetch-tree", suite], check=True, stdout=subprocess.PIPE, text=True)
    return Path(made.stdout.strip())


class Machine:
    """What all machines have in common; what boots one is a subclass's.

    In a with statement: after it, nothing of the machine is left. Files are added before boot(), scripts run after it.
    """

    # The files at which the machine's side of the channel is.
    to = back = None

    def __init__(self):
        self.tree = tree_of(suite_here())

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="gotraced-machine-"))
        self.added = self.folder / "added"
        self.added.mkdir()
        self.console = self.folder / "console"
        self.console.write_text("")
        (self.folder / "channel").mkdir()
        self.channel = Channel(self.folder / "channel/pipe")
        self.add_agent()
        return self

    def __exit__(self, *_):
        self.switch_off()
        self.channel.close()
        shutil.rmtree(self.folder)

    def place(self, path):
        """Where a file of the machine is added, which is not through a link: the tree's /lib is one."""
        top, *rest = Path(path).parts[1:]
        link = self.tree / top
        place = Path(self.added, os.readlink(link) if link.is_symlink() else top, *rest)
        place.parent.mkdir(parents=True, exist_ok=True)
        return place

    def write(self, path, text):
        """A file with that text."""
        self.place(path).write_text(text)

    def link(self, path, target):
        self.place(path).symlink_to(target)

    def add(self, source, path):
        """A program, with those of its libraries that the tree does not have."""
        shutil.copy(source, self.place(path))
        self.add_libraries(source)

    def add_libraries(self, program):
        for library in libraries_of(program):
            path = library.parent.resolve() / library.name
            if not (self.tree / path.relative_to("/")).exists():
                shutil.copy(library, self.place(path))

    def install(self):
        """gotraced, as it installs itself."""
        argv = ["cmake", "--install", GOTRACED.parent]
        subprocess.run(argv, env={**os.environ, "DESTDIR": self.added}, check=True, stdout=subprocess.DEVNULL)
        self.add_libraries(GOTRACED)

    def add_agent(self):
        units = "/etc/systemd/system"
        self.write("/etc/machine-id", "0123456789abcdef0123456789abcdef\n")
        self.write("/etc/agent", AGENT)
        self.write(f"{units}/agent.service", AGENT_UNIT.format(to=self.to, back=self.back))
        self.link(f"{units}/multi-user.target.wants/agent.service", "../agent.service")
        for unit in MASKED:
            self.link(f"{units}/{unit}", "/dev/null")

    def boot(self):
        """Returns once multi-user.target is reached."""
        raise NotImplementedError

    def is_running(self):
        raise NotImplementedError

    def switch_off(self):
        """At once, booted or not."""
        raise NotImplementedError

    def run(self, script, timeout_s=120):
        """Has a shell run a script, as root. Its exit status, and what it printed."""
        return self.channel.run(script, self.is_running, timeout_s)

    def shell(self, script, timeout_s=120):
        """What a script printed that must succeed."""
        status, output = self.run(script, timeout_s)
        assert status == 0, f"{script}: {status}: {output}"
        return output

    def property(self, unit, name):
        """A property of a unit, as systemctl show names it."""
        return self.shell(f"systemctl show --property={name} --value {unit}").strip()

    def journal(self, unit):
        """What a unit has said so far."""
        return self.shell(f"journalctl --unit={unit} --output=cat --no-pager --quiet")

    def await_journal(self, unit, is_so):
        """What a unit has said, once is_so(that) is."""
        end = time.monotonic() + TIMEOUT_S
        while not is_so(said := self.journal(unit)):
            assert time.monotonic() < end, f"{unit} has not said it after {TIMEOUT_S} s: {said}"
            time.sleep(0.1)
        return said
