"""Debian's own caddy, stripped as it is shipped: as many calls are counted as files were asked for."""

import os

import pytest
from building import fetched
from loopback import check_counts, free_address, listens, own_copy, send, serving, status

SERVE = "github.com/caddyserver/caddy/v2/modules/caddyhttp/fileserver.(*FileServer).ServeHTTP"


@pytest.mark.parametrize("suite, go_version", [("bookworm", "1.19"), ("trixie", "1.24")])
def test_its_calls_are_as_many_as_the_files_asked_for(suite, go_version, tracer, links, tmp_path):
    shipped = f"{fetched('fetch-package', suite, 'caddy')}/usr/bin/caddy"
    root = tmp_path / "root"
    root.mkdir()
    (root / "small").write_text("small\n")
    (root / "large").write_bytes(b"large\n" * 100_000)
    # Found, not found, and a folder without an index: the function leaves in several places.
    expected = [("small", 200), ("large", 200), ("absent", 404), ("", 404)]
    address = free_address()
    # It keeps its own files at home.
    env = dict(os.environ, HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path), XDG_DATA_HOME=str(tmp_path))

    def ask(i):
        name, answer = expected[i // 4 % len(expected)]
        assert status(f"http://{address}/{name}") == answer, name

    options = ["file-server", "--listen", address, "--root", root]
    with own_copy(shipped) as binary, serving([binary, *options], lambda: listens(address), env=env) as process:
        gotraced = tracer("--binary", binary, "--func", SERVE, "--links", links)
        send(ask)
        check_counts(gotraced, SERVE, go_version)
        assert process.poll() is None
