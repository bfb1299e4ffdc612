"""Models are built when they are used, and all of them before a worker's first task."""

import subprocess
import sys

_ALL = """
import workflows.decisions, workflows.run_io
from workflows.model import Message, Record, build_models

def complete():
    waiting, found = [*Message.__subclasses__(), *Record.__subclasses__()], []
    for model in waiting:
        waiting += model.__subclasses__()
        found.append(model.__pydantic_complete__)
    return sum(found), len(found)

before, number = complete()
build_models()
print(before < number / 4, complete() == (number, number), number > 50)
"""


def test_a_worker_builds_all() -> None:
    """To import them builds next to none, so that a command is quick."""
    done = subprocess.run([sys.executable, "-c", _ALL], capture_output=True, text=True, check=True)
    assert "True True True\n" == done.stdout
