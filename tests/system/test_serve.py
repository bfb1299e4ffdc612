"""`pingtai serve` as a process: it starts alone, says where, answers, and stops in order."""

import os
import signal
from pathlib import Path

import httpx
import pytest

from starter.errors import BadInput
from starter.service.serving import is_loopback, listener, url_of
from tests.system.processes import pingtai, started, stop


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_without_anything_behind_it_and_stops_in_order(
    tmp_path: Path, number: int
) -> None:
    """Alive, not ready, and gone with exit code 0 by either signal; no key and no query in its log."""
    with started(
        tmp_path, "serve", "--address", "127.0.0.1:0", ready="Pingtai answers at"
    ) as serve:
        log = next(tmp_path.glob("serve-*.log"))
        where = log.read_text().split("Pingtai answers at ")[1].split(". ")[0]
        headers = {"Authorization": "Bearer ptk_0000000000_" + "s" * 43}
        with httpx.Client(base_url=where, headers=headers) as client:
            assert 200 == client.get("/livez").status_code
            assert 503 == client.get("/readyz").status_code
            answer = client.get("/v1/register?list_number=hidden")
            assert (503, "5") == (answer.status_code, answer.headers["retry-after"])
            assert "server" not in answer.headers
        assert 0 == stop(serve, number)
    said = log.read_text()
    assert "Stopped." in said
    assert "Traceback" not in said
    assert "ssss" not in said
    assert "hidden" not in said


def test_an_address_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """In words: what is no address, and what is taken."""
    for address in ("8080", "127.0.0.1:99999", "[::1:80", "a b:80"):
        with pytest.raises(BadInput, match="not an address"):
            listener(address)
    with listener("127.0.0.1:0") as taken:
        with pytest.raises(
            BadInput,
            match=rf"held by process {os.getpid()} .*address: HOST:PORT",
        ):
            listener(url_of(taken).removeprefix("http://"))
        assert is_loopback(taken)
    answer = pingtai(tmp_path, "serve", "--address", "8080")
    assert (2, 1) == (answer.returncode, len(answer.stderr.splitlines())), answer.stderr
