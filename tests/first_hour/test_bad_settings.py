"""Settings that cannot be used: which, what it says, and what may be written."""

import pytest

from starter.errors import BadInput
from worker.settings import load_settings


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING or ERROR"),
        ("TEMPORAL_PORT", "x", "a whole number from 1024 to 64535"),
        ("TEMPORAL_PORT", "80", "a whole number from 1024 to 64535"),
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
