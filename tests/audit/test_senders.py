"""Who sent: whom a server that authenticates names stands beside decisions, and is compared with actors."""

import json
from pathlib import Path
from typing import Any

import pytest

from audit.dossier.lives import live
from audit.dossier.package import pack
from audit.dossier.verifying import Conclusion, verify
from audit.reading.case_logs import read_runs
from audit.reading.runs import Run
from audit.reading.senders import compare_senders
from tests.audit.dossiers import made, told
from tests.audit.lives import SHORT, edited, recorded
from tests.audit.typed_commands import Run as Typed
from tests.nobody import be_nobody


def _sent(events: list[dict[str, Any]], name: str) -> None:
    """The server names the one caller of all messages."""
    for event in events:
        if event["eventType"].endswith(("SIGNALED", "UPDATE_ACCEPTED", "EXECUTION_STARTED")):
            event["principal"] = {"type": "jwt", "name": name}


async def test_another_sender_than_the_actor_is_told(
    run: Typed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a note and nothing worse: a service may send for people. The timeline has it beside each decision."""
    be_nobody(monkeypatch, tmp_path)
    histories = [edited(one, lambda events: _sent(events, "serve")) for one in recorded(SHORT)]
    notes = list(compare_senders(read_runs(SHORT, histories)))
    assert notes
    assert all("sent by jwt:serve in the name of" in en and "not signed" in en for en, _ in notes)
    assert all("由 jwt:serve 以" in zh for _, zh in notes)
    life = await live(SHORT, histories)
    path = tmp_path / "dossier.zip"
    path.write_bytes(pack(made(life, SHORT)))
    verdict = await verify(path)
    assert (told(verdict), verdict.conclusion) == ([], Conclusion.WHOLE)
    assert set(notes) <= set(verdict.notes)
    for number, history in enumerate(histories):
        (tmp_path / f"{number}.json").write_bytes(history.content)
    files = [
        word for n in range(len(histories)) for word in ("--files", str(tmp_path / f"{n}.json"))
    ]
    shown = await run("timeline", SHORT, *files, "--json")
    rows = [row for row in json.loads(shown.output)["timeline"] if row.get("decision_id")]
    assert rows
    assert {row["sent_by"] for row in rows} == {"jwt:serve"}
    assert "sent by jwt:serve" in " ".join((await run("timeline", SHORT, *files)).output.split())


def test_their_own_name_and_no_name_are_nothing_to_say() -> None:
    """A server that does not authenticate says nothing; neither is said anything of who sent their own."""
    histories = recorded(SHORT)
    reading = read_runs(SHORT, histories)
    assert not list(compare_senders(reading))
    actors = [line.entry.actor for log in reading.logs.values() for line in log]
    ids = {actor.id for actor in actors if actor}
    name = sorted(ids)[0]
    own = read_runs(
        SHORT, [edited(one, lambda events: _sent(events, name.upper())) for one in histories]
    )
    told_of = {en.split(" in the name of ")[1].split(",")[0] for en, _ in compare_senders(own)}
    assert told_of == ids - {name}


@pytest.mark.parametrize("said", [None, {}, {"type": "jwt"}, "jwt", {"type": "jwt", "name": ""}])
def test_what_names_nobody_is_none(said: Any) -> None:
    """Whatever stands there."""

    def change(events: list[dict[str, Any]]) -> None:
        for event in events:
            event["principal"] = said

    runs: list[Run] = read_runs(SHORT, [edited(one, change) for one in recorded(SHORT)]).runs
    assert runs
    assert not any(message.sent_by for one in runs for message in one.messages)
