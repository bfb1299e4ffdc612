"""Who sent decisions, as a server that authenticates its callers says (`HistoryEvent.principal`).

It is the word of that server: unlike a signature it proves nothing to others. But a sender who is another
than the one decided in the name of is worth knowing; a service that sends for people is no fault.
"""

from collections.abc import Iterator

from audit.reading.authorship import signed_by
from audit.reading.case_logs import Line, Reading
from audit.reading.runs import Run
from workflows.record import EntryKind
from workflows.words import Words, listed

_MOST = 5
"""Entries that are named; of more it is said how many there are."""


def senders(reading: Reading) -> dict[tuple[str, int], str]:
    """Return who sent each message, by run id and event; those of whom the server says nothing are left out."""
    return {key: who for run in reading.runs for key, who in _of_run(run)}


def _of_run(run: Run) -> Iterator[tuple[tuple[str, int], str]]:
    if run.started_by:
        yield (run.history.run_id, 1), run.started_by
    for message in run.messages:
        if message.sent_by:
            yield (run.history.run_id, message.event_id), message.sent_by


def sender_of(line: Line, sent: dict[tuple[str, int], str]) -> str | None:
    """Return who sent a decision; None where it is none, or the server says nothing."""
    if line.entry.kind is not EntryKind.DECISION:
        return None
    return sent.get((line.run.history.run_id, line.event_id))


def compare_senders(reading: Reading) -> Iterator[Words]:
    """Say whose decisions were sent by somebody of another name, and whether they are signed."""
    sent, other = senders(reading), dict[tuple[str, str, bool], list[str]]()
    for line in (line for log in reading.logs.values() for line in log) if sent else ():
        who, actor = sender_of(line, sent), line.entry.actor
        if who and actor and who.rpartition(":")[2].casefold() != actor.id.casefold():
            key = (who, actor.id, bool(signed_by(line.entry)))
            other.setdefault(key, []).append(line.name)
    for (who, actor_id, signed), names in other.items():
        (en, zh), more = listed(names[:_MOST]), len(names) - _MOST
        en = f"{en} and {more} more" if more > 0 else en
        zh = f"{zh} 等 {len(names)} 条" if more > 0 else zh
        if signed:
            yield Words(
                f"{en}: sent by {who}, and signed in the name of {actor_id}.",
                f"{zh}：由 {who} 发送，以 {actor_id} 名义签名。",
            )
        else:
            yield Words(
                f"{en}: sent by {who} in the name of {actor_id}, and not signed: nothing but the server's"
                " and the sender's word says that it is theirs.",
                f"{zh}：由 {who} 以 {actor_id} 名义发送且未签名：是否为其本人作出，仅凭服务器与发送者所述。",
            )
