"""Debian's own prometheus, stripped as it is shipped: as many calls are counted as queries were sent."""

import urllib.parse

import pytest
from building import fetched
from loopback import check_counts, free_address, own_copy, send, serving, status

EXEC = "github.com/prometheus/prometheus/promql.(*Engine).exec"


@pytest.mark.parametrize("suite, go_version", [("bookworm", "1.19"), ("trixie", "1.24")])
def test_its_calls_are_as_many_as_the_queries_sent(suite, go_version, tracer, links, tmp_path):
    shipped = f"{fetched('fetch-package', suite, 'prometheus')}/usr/bin/prometheus"
    # One that scrapes nothing, and so has no queries but ours.
    (tmp_path / "config.yml").write_text("scrape_configs: []\n")
    address = free_address()
    options = [
        f"--config.file={tmp_path}/config.yml",
        f"--storage.tsdb.path={tmp_path}/data",
        f"--web.listen-address={address}",
    ]

    def query(i):
        text = f"vector({i})" if i % 2 else "count(up) or vector(0)"
        assert status(f"http://{address}/api/v1/query?{urllib.parse.urlencode({'query': text})}") == 200, text

    def is_ready():
        return status(f"http://{address}/-/ready") == 200

    with own_copy(shipped) as binary, serving([binary, *options], is_ready) as process:
        gotraced = tracer("--binary", binary, "--func", EXEC, "--links", links)
        send(query)
        check_counts(gotraced, EXEC, go_version)
        assert process.poll() is None
