"""End the process without the interpreter's finalisation."""

import logging
import os
import sys
from contextlib import suppress
from typing import NoReturn


def leave(code: int) -> NoReturn:
    """End the process at once with an exit code, after writing out all output.

    A process that ends right after its last call to the SDK can abort at exit (134 or 139), seen in
    up to a third of runs: the interpreter's finalisation races the SDK's threads (sdk-python#300).
    `os._exit` skips the finalisation, and so exit handlers: whatever needs cleaning up must be cleaned
    up before the call.
    """
    logging.shutdown()  # writes what handlers have buffered
    for stream in (sys.stdout, sys.stderr):
        # The reader may have ended (`| head`), or the stream may be closed.
        with suppress(OSError, ValueError, AttributeError):
            stream.flush()
    os._exit(code)
