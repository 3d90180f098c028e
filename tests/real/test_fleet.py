"""Two gotraced, each on a program of its own, and Debian's prometheus that scrapes both: what it says of all of them
is what the programs say."""

import contextlib
import json
import math
import subprocess
import urllib.parse
import urllib.request

from building import fetched
from loopback import free_address, own_copy, serving, status
from tracing import ROOT, TIMEOUT_S, wait_until

CALLS = {"first": 300, "second": 200}
LONGEST_US = {"first": 8000, "second": 12000}
BUCKET_MS = 1
BUCKETS = ",".join(f"{ms}ms" for ms in range(BUCKET_MS, 31, BUCKET_MS))

CONFIG = """
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{rules}]
scrape_configs:
  - job_name: gotraced
    static_configs: [{{targets: [{targets}]}}]
"""


class Prometheus:
    def __init__(self, address):
        self.address = address

    def ask(self, what, **parameters):
        url = f"http://{self.address}/api/v1/{what}?{urllib.parse.urlencode(parameters)}"
        with urllib.request.urlopen(url, timeout=TIMEOUT_S) as response:
            answer = json.load(response)
        assert answer["status"] == "success"
        return answer["data"]

    def query(self, text):
        """The values by the label that the query groups by; without one, by none."""
        found = self.ask("query", query=text)["result"]
        return {next(iter(one["metric"].values()), None): float(one["value"][1]) for one in found}


@contextlib.contextmanager
def prometheus(folder, targets):
    shipped = f"{fetched('fetch-package', 'bookworm', 'prometheus')}/usr/bin/prometheus"
    config = folder / "prometheus.yml"
    config.write_text(CONFIG.format(rules=ROOT / "systemd/prometheus-rules.yml", targets=", ".join(targets)))
    address = free_address()
    argv = [
        shipped,
        f"--config.file={config}",
        f"--storage.tsdb.path={folder}/data",
        f"--web.listen-address={address}",
    ]
    with serving(argv, lambda: status(f"http://{address}/-/ready") == 200):
        yield Prometheus(address)


def test_what_prometheus_says_is_what_the_programs_say(tracer, newest, tmp_path):
    with contextlib.ExitStack() as stack:
        programs = {name: stack.enter_context(own_copy(newest("naps"))) for name in CALLS}
        addresses = {name: free_address() for name in CALLS}
        for name, address in addresses.items():
            options = ["--func", "main.nap", "--buckets", BUCKETS, "--label", f"who={name}", "--listen", address]
            tracer("--binary", programs[name], *options)
        server = stack.enter_context(prometheus(tmp_path, addresses.values()))
        wait_until(lambda: server.query("sum(up)") == {None: 2}, "both are scraped")
        running = {
            name: subprocess.Popen([programs[name], str(CALLS[name]), str(LONGEST_US[name])], stdout=subprocess.PIPE)
            for name in CALLS
        }
        times = {name: json.loads(one.communicate(timeout=TIMEOUT_S)[0])["main.nap"] for name, one in running.items()}
        counts = "sum by (who) (gotraced_call_duration_seconds_count)"
        wait_until(lambda: server.query(counts) == CALLS, "each call of both is counted")
        check_times(server, times)
        assert server.query('sum by (state) (gotraced_functions{state="traced"})') == {"traced": 2}
        for target in server.ask("targets")["activeTargets"]:
            assert (target["health"], target["lastError"]) == ("up", "")
        check_rules(server)


def check_times(server, times):
    seconds = server.query("sum by (who) (gotraced_call_duration_seconds_sum)")
    for name, own in times.items():
        assert math.isclose(seconds[name], sum(own) / 1e9, rel_tol=0.05), name
    everything = sorted(time for own in times.values() for time in own)
    for share in 0.5, 0.9, 0.99:
        query = f"histogram_quantile({share}, sum by (le) (gotraced_call_duration_seconds_bucket))"
        own_ms = everything[math.ceil(share * len(everything)) - 1] / 1e6
        assert abs(server.query(query)[None] * 1000 - own_ms) <= BUCKET_MS + 0.05 * own_ms, share


def check_rules(server):
    def rules():
        return [rule for group in server.ask("rules")["groups"] for rule in group["rules"]]

    wait_until(lambda: all(rule["health"] == "ok" for rule in rules()), "the rules are evaluated")
    rate = "function:gotraced_calls:rate5m"
    wait_until(lambda: sum(server.query(rate).values()) > 0, "the rules have found calls")
    ratio = server.query("max by (job) (target:gotraced_overhead:ratio_5m)")
    assert 0 < ratio["gotraced"] < 0.01
    assert not any(rule["type"] == "alerting" and rule["state"] != "inactive" for rule in rules())
