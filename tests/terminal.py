"""A terminal with a shell in it, by tmux, to see what a program shows there."""

import shlex
import subprocess
import time

from tracing import TIMEOUT_S, wait_until


class Terminal:
    def __init__(self, folder, columns=100, lines=30):
        self.socket = folder / "tmux"
        shell = "exec env LC_ALL=C.UTF-8 PS1='$ ' bash --norc --noprofile"
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", columns, "-y", lines, shell)
        self.tmux("set", "-g", "status", "off")
        self.await_shell()

    def tmux(self, *argv):
        argv = ["tmux", "-S", self.socket, *map(str, argv)]
        return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=TIMEOUT_S).stdout

    def lines(self, *options):
        """What the window shows; with option -e styles, too."""
        time.sleep(0.05)  # tmux is not to be kept busy by being asked
        return self.tmux("capture-pane", "-p", *options).splitlines()

    def text(self):
        return "\n".join(self.lines())

    def press(self, *keys):
        """Keys by tmux's names for them: Down, C-c, q."""
        self.tmux("send-keys", *keys)

    def run(self, *argv, environment=""):
        """Has the shell run a command, which is not waited for; its status is in $ended then."""
        self.enter(f"{environment} {shlex.join(map(str, argv))}; ended=$?")

    def enter(self, command):
        self.tmux("send-keys", "-l", f"clear; {command}")
        self.await_text("clear;")
        self.press("Enter")

    def ask(self, command):
        """What a command of the shell prints."""
        self.enter(f"{command}; echo all-of'it'")
        self.await_text("all-ofit")
        return self.text().split("all-ofit")[0]

    def resize(self, columns, lines):
        self.tmux("resize-window", "-x", columns, "-y", lines)

    def is_alternate(self):
        """Is the screen one that goes when its program does?"""
        return self.tmux("display-message", "-p", "#{alternate_on}#{cursor_flag}").strip() == "10"

    def await_text(self, text):
        self.await_so(lambda: text in self.text(), f"the terminal shows {text!r}")

    def await_so(self, is_so, what):
        try:
            wait_until(is_so, what)
        except AssertionError as late:
            raise AssertionError(f"{late}; the terminal shows:\n{self.text()}") from None

    def await_shell(self):
        """Waits until the command that was run has ended."""
        self.await_so(lambda: [line for line in self.lines() if line][-1:] == ["$"], "the shell has its prompt again")

    def all_text(self):
        """With what has left the window at its top, and without the ends that the window gives to lines."""
        return "\n".join(self.lines("-J", "-S", "-"))

    def kill(self):
        self.tmux("kill-server")
