"""Scrapes the metrics that gotraced serves."""

import contextlib
import http.client
import re
import socket

OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"
PLAIN = "text/plain; version=0.0.4; charset=utf-8"
TIMEOUT_S = 10

SAMPLE = re.compile(r"([a-z_]+)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)')
# The metrics that count how calls ended, by the name that the ledger of a traced program gives it.
ENDS = {
    "returned": "gotraced_call_duration_seconds_count",
    "unwound": "gotraced_calls_unwound_total",
    "in_flight": "gotraced_calls_in_flight",
    "unmatched": "gotraced_calls_unmatched_total",
}


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=TIMEOUT_S)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(TIMEOUT_S)
        self.sock.connect(self.path)


def ask(address, path="/metrics", method="GET", accept=None, body=None):
    """The answer of a server at HOST:PORT, or at the path of a Unix socket: status, headers, text."""
    at_path = "/" in str(address)
    connection = UnixConnection(str(address)) if at_path else http.client.HTTPConnection(address, timeout=TIMEOUT_S)
    with contextlib.closing(connection):
        connection.request(method, path, body, {"Accept": accept} if accept else {})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()


def samples_of(text):
    """The samples by name and labels, of which each series has one."""
    samples = {}
    for line in text.splitlines():
        if line.startswith("#"):
            continue
        name, labels, value = SAMPLE.fullmatch(line).groups()
        series = name, frozenset(LABEL.findall(labels or ""))
        assert series not in samples, f"twice: {line}"
        samples[series] = float(value)
    return samples


def scrape(address, accept=None):
    status, headers, text = ask(address, accept=accept)
    assert status == 200, text
    assert headers["Content-Type"] == (OPENMETRICS if accept else PLAIN)
    assert text.endswith("# EOF\n") == bool(accept)
    return samples_of(text)


def by_function(samples, name):
    """The values of a metric that has no labels but the target and the function."""
    return {dict(labels)["function"]: value for (of, labels), value in samples.items() if of == name}


def ends_of(samples):
    """How calls ended, in the form of a ledger."""
    ends = {}
    for end, metric in ENDS.items():
        for function, value in by_function(samples, metric).items():
            ends.setdefault(function, {})[end] = value
    return ends


def buckets_of(samples, function):
    """The cumulative counts of a function's durations, by their upper bounds in seconds."""
    name = "gotraced_call_duration_seconds_bucket"
    found = [(dict(labels), value) for (of, labels), value in samples.items() if of == name]
    return {float(labels["le"]): value for labels, value in found if labels["function"] == function}
