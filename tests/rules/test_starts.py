"""How a case may be started: what the server would end or repeat is refused, and an old case lives on."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from temporalio import workflow
from temporalio.common import RetryPolicy

from workflows import origin
from workflows.model import InvalidMessage

DAY = timedelta(days=1)


def start(monkeypatch: pytest.MonkeyPatch, **given: Any) -> None:
    """Check a start of which the server says what is given."""
    info = {
        "execution_timeout": None,
        "run_timeout": None,
        "retry_policy": None,
        "cron_schedule": None,
        "continued_run_id": None,
        "attempt": 1,
    }
    monkeypatch.setattr(workflow, "info", lambda: SimpleNamespace(**info | given))
    origin.check_start("PlatformApplication")


@pytest.mark.parametrize(
    "given",
    [{"execution_timeout": DAY}, {"run_timeout": DAY}, {"retry_policy": RetryPolicy()}],
    ids=lambda given: next(iter(given)),
)
def test_an_old_case_goes_on(monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    """Begun with a limit under an older release, it lives on in its next run; a new one begins without."""
    start(monkeypatch, **given, continued_run_id="before")
    with pytest.raises(InvalidMessage, match=next(iter(given))):
        start(monkeypatch, **given)


@pytest.mark.parametrize(
    "given", [{"retry_policy": RetryPolicy(), "attempt": 2}, {"cron_schedule": "@daily"}]
)
def test_what_the_server_repeats(monkeypatch: pytest.MonkeyPatch, given: dict[str, Any]) -> None:
    """It seems to go on from a run before, with the very input of the first: refused."""
    with pytest.raises(InvalidMessage):
        start(monkeypatch, **given, continued_run_id="before")
