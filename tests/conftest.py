"""How a run of the tests begins and ends, and in which order; its servers: `tests.shared_servers`."""

import gc
import os
import signal
from collections.abc import Generator

import pytest

from tests.memory import begin_run
from tests.order import deal, import_in_turn, needs_servers


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--fast`: only what needs no server."""
    parser.addoption("--fast", action="store_true", help="only tests that need no server")


def pytest_configure(config: pytest.Config) -> None:
    """Whatever becomes of this run, nothing of it stays; its workers are part of it."""
    # A run in the background of a script, or under `nohup`, ignores these, and so would all that it starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    # Servers in Go look for garbage less often: a sixth of their time, for memory that they have for minutes.
    os.environ.setdefault("GOGC", "1000")
    is_worker = hasattr(config, "workerinput")
    if not is_worker:
        config.add_cleanup(begin_run())
    if is_worker or not config.getoption("numprocesses", None):
        config.pluginmanager.import_plugin("tests.shared_servers")


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Generator[None, object, object]:
    """Look for no garbage among what is loaded for good, half a million objects: neither now nor later.

    Nor, later, at every few hundred new objects: a twelfth of all that the tests' own Python did.
    """
    gc.disable()
    import_in_turn(session.config)
    collected = yield
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
    return collected


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests in the order of `tests.order`; `--fast` leaves out servers."""
    if config.getoption("--fast"):
        slow = [item for item in items if needs_servers(item)]
        config.hook.pytest_deselected(items=slow)
        items[:] = [item for item in items if not needs_servers(item)]
    items[:] = deal(items, getattr(config, "workerinput", {}).get("workercount", 1))
