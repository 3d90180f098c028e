"""How a test has a shell run scripts on a machine: by two named pipes, and a service of the machine that reads them."""

import base64
import os
import select
import time

# Each script comes as a line of base64. What goes back is its exit status, how much it printed, and that.
AGENT = """exec 3<"$1" 4>"$2"
stty raw -echo <&3 2>/dev/null
echo ready >&4
while read -r script <&3; do
	echo "$script" | base64 -d >/run/script
	sh /run/script </dev/null >/run/printed 2>&1 3<&- 4>&-
	status=$?
	size=$(stat -c %s /run/printed)
	echo "$status $size" >&4
	head -c "$size" /run/printed >&4
done
"""


class Channel:
    """The pipes PATH.in, to the machine, and PATH.out, back from it: as QEMU names those behind a serial port."""

    def __init__(self, path):
        for end in ("in", "out"):
            os.mkfifo(f"{path}.{end}")
        # Open for both, a pipe neither waits for its other end nor misses it.
        self.to = os.open(f"{path}.in", os.O_RDWR)
        self.back = os.open(f"{path}.out", os.O_RDWR)
        self.received = b""

    def close(self):
        os.close(self.to)
        os.close(self.back)

    def receive(self, wait_s=0):
        if select.select([self.back], [], [], wait_s)[0]:
            self.received += os.read(self.back, 1 << 16)

    def take(self, n_bytes):
        taken, self.received = self.received[:n_bytes], self.received[n_bytes:]
        return taken.decode(errors="replace")

    def is_ready(self):
        """Whether the machine has come to where it takes scripts."""
        self.receive()
        return b"ready\n" in self.received

    def run(self, script, is_running, timeout_s):
        """Runs a script. Its exit status, and what it printed."""
        end = time.monotonic() + timeout_s

        def wait_for(is_there):
            while not is_there():
                self.receive(0.1)
                assert is_running(), f"the machine is gone: {script}"
                assert time.monotonic() < end, f"not done after {timeout_s} s: {script}"

        def line():
            wait_for(lambda: b"\n" in self.received)
            return self.take(self.received.index(b"\n") + 1).strip()

        os.write(self.to, base64.b64encode(script.encode()) + b"\n")
        answer = line()
        if answer == "ready":
            answer = line()
        status, n_bytes = map(int, answer.split())
        wait_for(lambda: len(self.received) >= n_bytes)
        return status, self.take(n_bytes)
