"""Become another program that ends together with the process that started it. Run as a script.

`with_parent.py PARENT LOCK PROGRAM ARGUMENT...`: LOCK is the number of an open file in which the process
writes who it is. This is a short program of its own because the alternative, Python's `preexec_fn`, may
deadlock in a process that has threads, and the SDK has threads.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Write `<pid> <parent>` to the lock's file, ask for a signal when the parent dies, and go over."""
    parent, lock, program = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    os.pwrite(lock, f"{os.getpid()} {parent}\n".encode(), 0)
    if sys.platform == "linux":
        # The kernel sends it when the parent's *thread* ends that started us: the main one, which
        # runs the event loop. Elsewhere a server that is left behind is ended by the next start.
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    os.umask(0o077)  # what it writes is for its owner
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)
    os.execv(program[0], program)  # noqa: S606 - whoever starts us names the program


if __name__ == "__main__":
    main()
