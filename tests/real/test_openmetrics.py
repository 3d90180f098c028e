"""What is served is as those want it who read it: promtool, the parser of Prometheus's client for Python, and the
dashboard and rules that come with gotraced."""

import json
import re
import subprocess
import sys

import pytest
from building import fetched
from loopback import free_address
from scraping import ask
from tracing import ROOT

DASHBOARD = ROOT / "systemd/grafana-dashboard.json"
RULES = ROOT / "systemd/prometheus-rules.yml"
# Series that Prometheus makes of a metric are named like it, with one of these.
METRIC = re.compile(r"\bgotraced_[a-z_]+\b(?!:)")
BUILTIN_LABELS = {"job", "instance", "le"}


@pytest.fixture
def exposition(tracer, newest):
    """exposition(accept) is what is served of a program with functions of odd names, that run."""
    address = free_address()
    options = ["--label", 'note=a "quoted" \\ word, é', "--listen", address]
    tracer("--binary", newest("generic"), "--func", "main.*", *options)
    subprocess.run([newest("generic")], stdout=subprocess.DEVNULL, check=True)
    return lambda accept=None: ask(address, accept=accept)[2]


@pytest.fixture(scope="session")
def promtool():
    return f"{fetched('fetch-package', 'bookworm', 'prometheus')}/usr/bin/promtool"


def test_promtool_finds_nothing_to_say(exposition, promtool):
    text = exposition()
    done = subprocess.run([promtool, "check", "metrics"], input=text, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done


def test_the_strict_parser_takes_the_openmetrics(exposition):
    """It refuses what is not in order: a family in two parts, a series that is there twice, a bucket that shrinks."""
    text = exposition("application/openmetrics-text")
    packages = fetched("fetch-package", "bookworm", "python3-decorator", "python3-prometheus-client")
    env = {"PYTHONPATH": f"{packages}/usr/lib/python3/dist-packages"}
    script = """
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
families = list(text_string_to_metric_families(sys.stdin.read()))
print(json.dumps([[f.name, f.type, f.unit, [s.labels for s in f.samples]] for f in families]))
"""
    done = subprocess.run([sys.executable, "-c", script], input=text, capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stderr
    families = json.loads(done.stdout)
    assert ["gotraced_call_duration_seconds", "histogram", "seconds"] in [family[:3] for family in families]
    notes = {labels["note"] for family in families for labels in family[3] if "target" in labels}
    assert notes == {'a "quoted" \\ word, é'}


def test_promtool_takes_the_rules(promtool):
    done = subprocess.run([promtool, "check", "rules", RULES], capture_output=True, text=True)
    assert done.returncode == 0 and "SUCCESS" in done.stdout, done


def expressions():
    dashboard = json.loads(DASHBOARD.read_text())
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield target["expr"]
    for annotation in dashboard["annotations"]["list"]:
        yield annotation["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["query"]["query"]
    lines = RULES.read_text().splitlines()
    yield from (line for line in lines if not line.lstrip().startswith(("- record:", "- alert:", "#", "summary:")))


def test_the_dashboard_and_the_rules_name_only_what_is_served(exposition):
    served = set(re.findall(r"^(gotraced_[a-z_]+)[{ ]", exposition(), re.MULTILINE))
    named = {name for expression in expressions() for name in METRIC.findall(expression)}
    assert named - served == set()
    assert len(named) >= 10
    labels = set(re.findall(r'[{,]([a-z_]+)="', exposition())) | BUILTIN_LABELS
    grouped = {
        label.strip()
        for expression in expressions()
        for group in re.findall(r"\bby \(([^)]*)\)", expression)
        for label in group.split(",")
    }
    assert grouped - labels == set()
