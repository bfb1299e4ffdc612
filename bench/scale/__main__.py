"""`python -m bench.scale`: how far one machine goes (about an hour; `--quick`: five minutes, small numbers).

Writes its section of docs/performance.md unless `--no-write`.
"""

import asyncio
import sys

from bench.scale.scale_runs import measure_all
from bench.scale.scale_section import section
from bench.scale.scale_sizes import FULL, QUICK
from bench.sections import run_alone

_DISK = "/var/tmp"  # noqa: S108 - a disk, where /tmp may be memory; only a directory of its own is made

if __name__ == "__main__":
    sizes = QUICK if "--quick" in sys.argv else FULL
    run_alone(lambda folder: section(asyncio.run(measure_all(folder, sizes))), folder=_DISK)
