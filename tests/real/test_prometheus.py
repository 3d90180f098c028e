"""Debian's own prometheus, stripped as it is shipped: as many calls are counted as queries were sent."""

import socket
import subprocess
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

import pytest
from tracing import ROOT, TIMEOUT_S, by_function

EXEC = "github.com/prometheus/prometheus/promql.(*Engine).exec"
N_QUERIES = 500
N_THREADS = 4


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def answers(url):
    try:
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:
            return response.status == 200
    except (urllib.error.URLError, ConnectionError):
        return False


def query(base, text):
    assert answers(f"{base}/api/v1/query?{urllib.parse.urlencode({'query': text})}"), text


@pytest.fixture(scope="module")
def binary():
    fetched = subprocess.run(
        [ROOT / "tools/fetch-package", "bookworm", "prometheus"], capture_output=True, text=True, check=True
    )
    return f"{fetched.stdout.strip()}/usr/bin/prometheus"


@pytest.fixture
def server(binary, tmp_path):
    """A prometheus that scrapes nothing and so has no queries but ours: its process and address."""
    (tmp_path / "config.yml").write_text("scrape_configs: []\n")
    base = f"http://127.0.0.1:{free_port()}"
    process = subprocess.Popen(
        [
            binary,
            f"--config.file={tmp_path}/config.yml",
            f"--storage.tsdb.path={tmp_path}/data",
            f"--web.listen-address={base.removeprefix('http://')}",
        ],
        stderr=subprocess.DEVNULL,
    )
    end = time.monotonic() + TIMEOUT_S
    while not answers(f"{base}/-/ready"):
        assert process.poll() is None and time.monotonic() < end, "prometheus does not start"
        time.sleep(0.1)
    yield process, base
    process.terminate()
    process.wait()


def test_its_calls_are_as_many_as_the_queries_sent(server, binary, tracer, links):
    process, base = server
    gotraced = tracer("--binary", binary, "--func", EXEC, "--links", links)

    def send():
        for i in range(N_QUERIES // N_THREADS):
            query(base, f"vector({i})" if i % 2 else "count(up) or vector(0)")

    threads = [threading.Thread(target=send) for _ in range(N_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = by_function(gotraced.finish())[EXEC]
    assert report["calls"] == N_QUERIES
    assert report["unwound"] == report["in_flight"] == report["unmatched"] == report["not_started"] == 0
    assert process.poll() is None
    assert "stripped" in gotraced.messages.read_text()
