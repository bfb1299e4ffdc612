"""What was typed in is not lost when the rules refuse it: it can be kept in a file, mended and sent."""

import json
from pathlib import Path
from typing import Any

from starter.commands.decision_form import DecisionForm
from starter.commands.guided import prompts
from starter.terminal.language import say
from starter.terminal.screen import show


def keep(form: DecisionForm, platform: str, raw: dict[str, Any]) -> None:
    """Ask for a file to keep a decision in that was refused; none is an answer too.

    Raises:
        click.Abort: whoever was asked went away.
    """
    question = say(
        "Keep what you wrote in a file, to mend it: name", "另存所填内容以便修改：文件名"
    )

    def write(given: str) -> Path:
        path = Path(given).expanduser()
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(json.dumps(raw, ensure_ascii=False, indent=2) + "\n")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise ValueError(f"{given}: {why}") from None
        return path

    kept = prompts.ask_until(question, write, needed=False)
    if kept:
        show(f"pingtai {form.name} {platform} --file {kept}")
