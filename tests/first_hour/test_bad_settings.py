"""Settings that cannot be used: which, what it says, and what may be written."""

import socket
from pathlib import Path

import pytest
from click.testing import CliRunner

from audit.archive.archive_store import configured_store
from starter.errors import BadInput, Unreachable
from worker.main import pingtai
from worker.settings import load_settings


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING or ERROR"),
        ("TEMPORAL_PORT", "x", "a whole number from 1024 to 64535"),
        ("TEMPORAL_PORT", "80", "a whole number from 1024 to 64535"),
        ("RETENTION_YEARS", "0", "a whole number from 1 to 100"),
        ("BUILD_ID", "a/b", "at most 64 letters"),
        ("METRICS_ADDRESS", "9464", "HOST:PORT"),
    ],
)
def test_a_refusal_says_what_to_write(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, expected: str
) -> None:
    """In both languages, and in no library's phrases."""
    monkeypatch.setenv(f"PINGTAI_{name}", value)
    with pytest.raises(BadInput) as refused:
        load_settings()
    words = refused.value.words
    assert f'PINGTAI_{name}="{value}" cannot be used: write {expected}' in words.en
    assert f"环境变量 PINGTAI_{name} 的值“{value}”无效，应为" in words.zh
    assert "should" not in words.en + words.zh


def test_a_language_that_we_do_not_speak_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And `status` warns of what the next start would refuse."""
    monkeypatch.setenv("PINGTAI_HOME", str(tmp_path))
    monkeypatch.setenv("PINGTAI_LANG", "fr")
    refused = CliRunner().invoke(pingtai, ["status"])
    assert 2 == refused.exit_code
    assert "PINGTAI_LANG" in refused.output
    assert 4 == CliRunner().invoke(pingtai, ["--lang", "en", "status"]).exit_code
    monkeypatch.setenv("PINGTAI_LANG", "en_US.UTF-8")
    monkeypatch.setenv("PINGTAI_LOG_LEVEL", "LOUD")
    warned = CliRunner().invoke(pingtai, ["status"])
    assert 4 == warned.exit_code
    assert "write DEBUG, INFO, WARNING or ERROR" in warned.output


def test_an_archive_that_cannot_be_reached_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable and the host, and not only what the resolver says."""

    def fail(_: str) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setenv("PINGTAI_ARCHIVE", "ftp://nowhere.invalid/x")
    monkeypatch.setattr("audit.archive.archive_store.fsspec.url_to_fs", fail)
    with pytest.raises(Unreachable, match=r"PINGTAI_ARCHIVE=ftp://.*nowhere\.invalid cannot be"):
        configured_store()
