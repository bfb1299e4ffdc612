"""The one place where a process of ours ends."""

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """End the process at once with an exit code, after writing out what was said.

    A process that ends right after its last call to the SDK can abort at exit (134 or 139), seen in
    up to a third of runs: the interpreter's finalisation races the SDK's threads (sdk-python#300).
    `os._exit` leaves the finalisation out, and with it everything that waits for it: whatever must
    be put away is put away before this is called.
    """
    logging.shutdown()  # what was counted is said
    for stream in (sys.stdout, sys.stderr):
        # A reader who has left (`| head`), or a stream that was closed, does not matter any more.
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)
