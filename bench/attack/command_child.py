"""`python -m bench.attack.command_child`: run commands of `pingtai` one after the other in one process.

Reads a JSON list of words per line, answers a JSON object per line: exit code, output, and the traceback
of whatever was no answer. One process for many commands, because starting Python takes longer than most.
"""

import json
import os
import sys
import traceback

from click.testing import CliRunner

from worker.main import pingtai

_SHOWN = 4_000


def answer(words: list[str]) -> dict[str, object]:
    """Run a command, and say how it ended."""
    result = CliRunner().invoke(pingtai, words, catch_exceptions=True)
    wrong = ""
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        wrong = "".join(traceback.format_exception(result.exception))[-_SHOWN:]
    return {"code": result.exit_code, "output": result.output[-_SHOWN:], "traceback": wrong}


def main() -> None:
    """Answer until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)  # whatever else writes to standard output must not mix with the answers
    for line in sys.stdin:
        answers.write(json.dumps(answer(json.loads(line))) + "\n")
        answers.flush()
    answers.close()
    os._exit(0)  # the SDK's threads may abort an ordinary exit (sdk-python#300)


if __name__ == "__main__":
    main()
