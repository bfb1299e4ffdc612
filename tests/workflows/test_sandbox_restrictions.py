"""What the sandbox of a workflow restricts: nothing that every line of a task would pay for."""

import builtins

from temporalio.worker.workflow_sandbox import SandboxRestrictions
from temporalio.worker.workflow_sandbox._importer import Importer
from temporalio.worker.workflow_sandbox._restrictions import RestrictionContext

from worker.query_isolation import RESTRICTIONS


def replaced(restrictions: SandboxRestrictions) -> set[str]:
    """The built-ins that are others while a workflow runs."""
    usual = dict(vars(builtins))
    importer = Importer(restrictions, RestrictionContext(), workflow_module_name="anything")
    with importer.applied():
        return {name for name in usual if vars(builtins)[name] is not usual[name]}


def test_isinstance_is_pythons_own() -> None:
    """Each task asks it some eighty times; only what a workflow imports is looked at."""
    assert replaced(RESTRICTIONS) == {"__import__"}


def test_by_default_it_is_another() -> None:
    """When this fails, the SDK spares it by itself."""
    assert "isinstance" in replaced(SandboxRestrictions.default)
