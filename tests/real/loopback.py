"""Real programs as servers on the loopback address: starting them and sending them a counted load.

A module and not a conftest.py, since the other tests import the one above by that name.
"""

import contextlib
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

from tracing import ROOT, TIMEOUT_S, by_function, wait_until

N_REQUESTS = 500
N_THREADS = 4


@contextlib.contextmanager
def own_copy(binary):
    """A copy of a program, since gotraced sees every process of a binary, even those of another session of tests."""
    folder = ROOT / "build/tests"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="real-", dir=folder) as copies:
        yield shutil.copy(binary, copies)


def free_address():
    """HOST:PORT that nobody listens at now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{listener.getsockname()[1]}"


def listens(address):
    """Whether somebody listens there, found out without a request, so that none but the counted ones are sent."""
    host, port = address.split(":")
    with socket.socket() as client:
        return client.connect_ex((host, int(port))) == 0


def status(url):
    """The HTTP status of a request, or None when nothing answers."""
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:
            response.read()
            return response.status
    except urllib.error.HTTPError as error:
        return error.code
    except (urllib.error.URLError, ConnectionError):
        return None


@contextlib.contextmanager
def serving(argv, is_ready, **kwargs):
    """A server that runs until the end of the block, from when it is ready."""
    # Some end with their input.
    null = subprocess.DEVNULL
    process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=null, stderr=null, **kwargs)
    try:
        end = time.monotonic() + TIMEOUT_S
        while not is_ready():
            assert process.poll() is None and time.monotonic() < end, f"{argv[0]} does not start"
            time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.communicate()


def send(request):
    """Has request(i) called for each i below N_REQUESTS, by some threads at a time; it raises where it finds fault."""
    faults = []

    def send_share(first):
        try:
            for i in range(first, N_REQUESTS, N_THREADS):
                request(i)
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=send_share, args=[first]) for first in range(N_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def check_counts(gotraced, function, go_version):
    """Ends a gotraced that has traced the function under the load that send makes, a call a request."""
    # An answer can arrive before the function that has sent it returns.
    wait_until(lambda: gotraced.dump(1)[function]["in_flight"] == 0, f"no call of {function} is in flight")
    report = by_function(gotraced.finish())[function]
    assert report["calls"] == N_REQUESTS
    assert report["unwound"] == report["in_flight"] == report["unmatched"] == report["not_started"] == 0
    said = gotraced.messages.read_text()
    assert f"(go{go_version}" in said and ", stripped)" in said
