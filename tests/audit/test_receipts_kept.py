"""Receipts as witnesses: whether a record still contains what was acknowledged."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from audit.reading.acknowledged import Standing, Verdict, standing_of
from audit.reading.case_logs import read_runs
from audit.reading.receipt_claims import Difference, differences
from starter.client.receipt_file import (
    Acknowledged,
    application_content,
    keep_receipt,
    read_receipts,
    receipt_content,
)
from starter.errors import BadInput
from tests.audit.lives import MUCH, SHORT, files_of, recorded
from tests.audit.typed_commands import Run, in_thread
from tests.nobody import be_nobody
from tests.rules.cases import at_stage, decision, moment
from tests.rules.signing import Person, bound, signed
from workflows.case import Case
from workflows.circumstances import Edition
from workflows.log_id import LogId
from workflows.record import LogEntry, append
from workflows.vocabulary import Kind, Stage

OWN = LogId(1)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test depends on who runs it."""
    be_nobody(monkeypatch, tmp_path)


def decided(kind: Kind = Kind.RECOMMENDATION) -> tuple[Case[Any], Acknowledged]:
    """A case that has just taken a decision, and its receipt as it is given out."""
    case = at_stage(Stage.RECOMMENDATION)
    receipt = case.decide(decision(kind, case), moment(case))
    content = receipt_content(receipt, {})["receipt"]
    return case, Acknowledged.model_validate_json(json.dumps(content))


def sealed_again(log: list[LogEntry], **changes: Any) -> list[LogEntry]:
    """The log with another last entry, as it would stand if something else had been decided."""
    last = log[-1].model_copy(update=changes)
    parts = {name: getattr(last, name) for name in LogEntry.model_fields}
    rest = {n: v for n, v in parts.items() if n not in ("seq", "previous", "hash", "at")}
    return [*log[:-1], append(log[:-1], log[0].previous, at=last.at, **rest)]


def test_a_receipt_names_entry_and_hash() -> None:
    """The same hash however often it is asked for; editions before 0.5 do as they did."""
    case, receipt = decided()
    assert (2, case.log[1].hash) == (receipt.seq, receipt.entry_hash)
    asked = case.answered(receipt.decision_id or "")
    assert asked
    assert receipt.entry_hash == asked.entry_hash
    assert all(one.entry_hash is None for one in case.record().receipts), "it is not carried twice"
    case.take_edition(Edition.V0_4)
    before = case.answered(receipt.decision_id or "")
    assert before
    assert before.entry_hash is None


def test_what_is_held() -> None:
    """As it was, and also when the case has gone on."""
    case, receipt = decided()
    assert Standing.HELD is standing_of(receipt, {OWN: case.log}).standing
    case.decide(decision(Kind.INSPECTION, case), moment(case))
    assert Standing.HELD is standing_of(receipt, {OWN: case.log}).standing


def test_what_was_set_aside_since_is_held_and_said() -> None:
    """The record has it; it no longer counts."""
    case, receipt = decided()
    case.decide(decision(Kind.SET_ASIDE, case), moment(case))
    found = standing_of(receipt, {OWN: case.log})
    assert Standing.HELD is found.standing
    assert "set aside since by entry 1.3" in found.words.en


def test_what_is_lost() -> None:
    """An older copy of the log, or none: which entry is missing, and where the log ends."""
    case, receipt = decided()
    lost = standing_of(receipt, {OWN: case.log[:1]})
    assert (Standing.LOST, "entry 1.2 is lost: the log ends with entry 1.1") == (
        lost.standing,
        lost.words.en,
    )
    assert "the log of term 1 is not there" == standing_of(receipt, {}).words.en
    assert Standing.BEHIND is lost.of_archive().standing
    held = standing_of(receipt, {OWN: case.log})
    assert held == held.of_archive()


def test_what_stands_in_its_place() -> None:
    """Another decision, or the same one with another content: it is not what was acknowledged."""
    case, receipt = decided()
    for changes in (
        {"decision_id": "another"},
        {"outcome": "not_recommended"},
        {"said": {**case.log[1].said, "opinion": "另一意见"}},
        {"actor": case.log[1].actor and case.log[1].actor.model_copy(update={"id": "else"})},
    ):
        found = standing_of(receipt, {OWN: sealed_again(case.log, **changes)})
        assert Standing.CHANGED is found.standing, changes


def test_the_same_decision_at_another_moment() -> None:
    """A clock that went back writes an entry again: the decision is there, under another hash."""
    case, receipt = decided()
    later = sealed_again(case.log, at=moment(case))
    assert Standing.MOVED is standing_of(receipt, {OWN: later}).standing


def test_a_log_that_was_changed_before_it() -> None:
    """The hash seals what comes before, so that is looked at, too."""
    case, receipt = decided()
    first = case.log[0].model_copy(update={"said": {**case.log[0].said, "name": "另一平台"}})
    found = standing_of(receipt, {OWN: [first, case.log[1]]})
    assert Standing.CHANGED is found.standing
    assert "entry 1 was changed after it was written" in found.words.en


def test_what_only_the_engine_has() -> None:
    """While the register is away no log that a history hands over has it, but the update's answer does."""
    case, receipt = decided()
    answer = receipt.model_dump(mode="json")
    known = {OWN: case.log[:1]}
    assert Standing.NOT_WRITTEN is standing_of(receipt, known, [answer]).standing
    for name in ("seq", "entry_hash", "said_sha256"):
        assert Standing.LOST is standing_of(receipt, known, [{**answer, name: "0"}]).standing


def test_a_receipt_of_an_older_release() -> None:
    """Without a hash the content is compared, and that is said."""
    case, receipt = decided()
    old = receipt.model_copy(update={"entry_hash": None})
    found = standing_of(old, {OWN: case.log})
    assert Standing.UNSEALED is found.standing, "it binds nobody, and is no ✓"
    assert "the receipt has no hash" in found.words.en
    zeroed = receipt.model_copy(update={"entry_hash": "0" * 64})
    assert found == standing_of(zeroed, {OWN: case.log})
    moved = standing_of(old, {OWN: sealed_again(case.log, at=moment(case))})
    assert Standing.UNSEALED is moved.standing
    changed = sealed_again(case.log, said={**case.log[1].said, "opinion": "另一意见"})
    assert Standing.CHANGED is standing_of(old, {OWN: changed}).standing


def test_what_a_receipt_says_is_held_against_its_entry() -> None:
    """The hash alone vouches for nothing that stands beside it: each field is compared, and named."""
    case, receipt = decided()
    for name, value in {
        "kind": "inspection",
        "outcome": "not_recommended",
        "stage": "valid",
        "decision_id": "another",
        "sender": "district:else",
        "said_sha256": "1" * 64,
        "at": moment(case),
        "seq": 1,
        "year": 1,
        "term": 2,
        "application_id": "a-9",
    }.items():
        found = standing_of(receipt.model_copy(update={name: value}), {OWN: case.log})
        assert Standing.OTHERWISE is found.standing, name
        assert f"the receipt says otherwise: {name} " in found.words.en, name
        told = found.words.zh
        assert told.startswith("第 1.2 条存在，但回执所载不同：") and name in told, name
    for name, value, words in (
        (
            "kind",
            "inspection",
            "事项（kind）为 现场核查（inspection），记录为 所在区推荐（recommendation）",
        ),
        (
            "outcome",
            "declined",
            "结论（outcome）为 不予推荐（declined），记录为 推荐（recommended）",
        ),
        ("stage", "valid", "阶段（stage）为 有效期内（valid），记录为 待现场核查（inspection）"),
    ):
        forged = standing_of(receipt.model_copy(update={name: value}), {OWN: case.log})
        assert words in forged.words.zh, forged.words.zh
    other = receipt.model_copy(update={"entry_hash": "1" * 64})
    assert "otherwise: entry_hash" in standing_of(other, {OWN: case.log}).words.en


def test_the_decision_beside_a_receipt_is_held_against_the_entry() -> None:
    """With its signatures; by the case that the client added it does not differ."""
    case = at_stage(Stage.RECOMMENDATION)
    raw = signed(bound(decision(Kind.RECOMMENDATION, case), case), Person("wang"))
    answer = case.decide(raw, moment(case))
    receipt = Acknowledged.model_validate_json(answer.model_dump_json())

    def found(sent: dict[str, Any], **about: Any) -> Verdict:
        return standing_of(receipt.model_copy(update={"sent": sent, **about}), {OWN: case.log})

    def claimed(sent: dict[str, Any]) -> list[Difference]:
        return list(differences(receipt.model_copy(update={"sent": sent}), OWN, case.log[1]))

    assert Standing.HELD is found(raw).standing
    unnamed = {name: value for name, value in raw.items() if name != "case"}
    del unnamed["signatures"]
    assert ["decision.signatures"] == [one.field for one in claimed(unnamed)]
    unsigned = case.log[1].model_copy(update={"said": {**case.log[1].said, "signatures": []}})
    assert [] == list(differences(receipt.model_copy(update={"sent": unnamed}), OWN, unsigned))
    forged = signed(raw, Person("li"))
    for changes, name in (
        ({"opinion": "另一意见"}, "decision.opinion"),
        ({"signatures": forged["signatures"]}, "decision.signatures"),
        ({"signatures": []}, "decision.signatures"),
        ({"case": {**raw["case"], "answers": "b" * 64}}, "decision.case"),
        ({"kind": "none"}, "decision "),
    ):
        verdict = found(raw | changes)
        assert Standing.OTHERWISE is verdict.standing, name
        assert f"otherwise: {name}" in verdict.words.en, verdict.words.en
    why = found(raw | {"outcome": "included"}).words.zh
    assert (
        "文件所附决定不成立：" in why and "（decision.outcome）：只能是推荐（recommended）、" in why
    )
    repeat = found(raw | {"signatures": forged["signatures"]}, repeated=True)
    assert Standing.HELD is repeat.standing, "the first one counts"


def test_what_the_engine_answered_is_held_against_the_receipt() -> None:
    """Also of what is in no log yet."""
    case, receipt = decided()
    answer, known = receipt.model_dump(mode="json"), {OWN: case.log[:1]}
    changed = receipt.model_copy(update={"outcome": "not_recommended"})
    found = standing_of(changed, known, [answer])
    assert Standing.OTHERWISE is found.standing
    assert "the engine's answer is there, and the receipt says otherwise: outcome" in found.words.en
    kept = receipt.model_copy(update={"sent": decision(Kind.RECOMMENDATION, case)})
    assert Standing.OTHERWISE is standing_of(kept, known, [answer]).standing, "another decision"


def test_an_application(tmp_path: Path) -> None:
    """Its first entry; there is none before a worker has taken it up."""
    case = at_stage(Stage.RECOMMENDATION)
    facts = case.state.facts
    about = (facts.platform_id, facts.application_id)
    assert application_content(*about, [], 1) is None
    content = application_content(*about, case.log, 1)
    assert content
    keep_receipt(tmp_path / "a.json", content)
    [(_, receipt)] = read_receipts(tmp_path / "a.json")
    assert (1, case.log[0].hash) == (receipt.seq, receipt.entry_hash)
    assert Standing.HELD is standing_of(receipt, {OWN: case.log}).standing
    other = sealed_again(case.log, said={**case.log[0].said, "application_id": "another"})
    assert Standing.CHANGED is standing_of(receipt, {OWN: other}).standing


def test_the_file(tmp_path: Path) -> None:
    """Its owner's alone, never written over; the plain answer of a command or of HTTP is one, too."""
    path = tmp_path / "receipt.json"
    keep_receipt(path, {"receipt": {"platform_id": "p", "term": 1, "seq": 2}})
    assert 0o600 == path.stat().st_mode & 0o777
    with pytest.raises(BadInput, match="not overwritten"):
        keep_receipt(path, {})
    plain = tmp_path / "plain.json"
    plain.write_text('{"platform_id": "p", "term": 1, "seq": 2, "due": null, "unknown": 1}')
    assert [one for _, one in read_receipts(path)] == [one for _, one in read_receipts(plain)]
    plain.write_text('{"platform_id": "p", "term": 1}')
    with pytest.raises(BadInput, match="is no receipt: seq"):
        read_receipts(plain)


def test_the_lines_of_a_batch(tmp_path: Path) -> None:
    """What was taken is a receipt, and what was refused is none; a damaged line is named."""
    path, receipt = tmp_path / "results.jsonl", {"platform_id": "p", "term": 1, "seq": 2}
    lines = [{"line": 1, "receipt": receipt}, {"line": 2, "receipt": None}, {"receipt": receipt}]
    path.write_text("".join(f"{json.dumps(one)}\n" for one in lines))
    assert [f"{path}:1", f"{path}:3"] == [place for place, _ in read_receipts(path)]
    path.write_text("".join(f"{json.dumps(one)}\n" for one in lines[1:2]))
    with pytest.raises(BadInput, match="has no receipt"):
        read_receipts(path)
    path.write_text('{"receipt": {"platform_id": "p", "term": 1, "seq": 2}}\n{"receipt": {}}\n')
    with pytest.raises(BadInput, match=":2 is no receipt: platform_id"):
        read_receipts(path)


def receipts_of(platform: str, folder: Path) -> list[Path]:
    """Receipts as people kept them: what the updates of a recorded life were answered with."""
    reading = read_runs(platform, recorded(platform))
    by_decision = {
        (entry.decision_id, entry.at.isoformat()): entry.hash
        for place in reading.logs
        for entry in reading.entries(place)
    }
    answers = [
        # As a case of today gives it out: the lives were recorded before receipts had hashes.
        {**one.answer, "entry_hash": by_decision[one.answer["decision_id"], _moment(one.answer)]}
        for run in reading.runs
        for one in run.messages
        if one.answer
    ]
    paths = [folder / f"{number}.json" for number in range(len(answers))]
    for path, answer in zip(paths, answers, strict=True):
        path.write_text(json.dumps(answer))
    return paths


def _moment(answer: Any) -> str:
    return datetime.fromisoformat(answer["at"]).isoformat()


def test_the_list_of_what_was_countersigned(tmp_path: Path) -> None:
    """As `countersign --json` prints it; what is no receipt in it is named."""
    path, receipt = tmp_path / "list.json", {"platform_id": "p", "term": 1, "seq": 2}
    path.write_text(json.dumps([receipt, receipt], indent=2))
    assert [f"{path}[0]", f"{path}[1]"] == [place for place, _ in read_receipts(path)]
    zipped = tmp_path / "q.zip"
    zipped.write_bytes(b"PK\x03\x04")
    with pytest.raises(BadInput) as caught:
        read_receipts(zipped)
    assert str(zipped) in caught.value.words.en and "--format" not in caught.value.words.en
    assert "压缩文件或工作簿" in caught.value.words.zh
    for wrong, words in (([receipt, 1], "not a JSON object"), ([], "has no receipt")):
        path.write_text(json.dumps(wrong))
        with pytest.raises(BadInput, match=words):
            read_receipts(path)


async def test_the_command(tmp_path: Path) -> None:
    """Every receipt of a life is found in its histories; one that is not in them is exit code 1."""
    run: Run = in_thread()
    kept = receipts_of(MUCH, tmp_path)
    assert kept
    found = await run("audit", "receipt", *map(str, kept), *files_of(MUCH))
    assert 0 == found.exit_code, found.output
    assert f"{len(kept)} receipts: everything acknowledged is there" in found.stdout
    elsewhere = await run("audit", "receipt", str(kept[0]), *files_of(SHORT), lang="zh")
    assert 1 == elsewhere.exit_code
    assert "没有第 1 期记录" in elsewhere.stdout
    assert "已受理的不会重复受理" in elsewhere.stderr
    dossier = str(next((Path(__file__).parent / "dossiers_of_releases").glob("*.zip")))
    for lang, said in (("en", "it is the dossier of bj-"), ("zh", "该档案属于 bj-")):
        of_another = await run("audit", "receipt", str(kept[0]), "--dossier", dossier, lang=lang)
        assert (5, True) == (of_another.exit_code, said in of_another.stdout), of_another.output
        assert "" == of_another.stderr, "nothing is lost, and nothing to be sent again"
    whole = json.loads(kept[0].read_text())
    kept[0].write_text(json.dumps(whole | {"outcome": "returned"}))
    altered = await run("audit", "receipt", str(kept[0]), *files_of(MUCH))
    assert 1 == altered.exit_code
    assert "says otherwise: outcome returned, not recommended" in altered.stdout
    assert "do not send it" in altered.stderr and "Send the" not in altered.stderr
    kept[0].write_text(json.dumps(whole | {"entry_hash": "0" * 64}))
    zeroed = await run("audit", "receipt", str(kept[0]), *files_of(MUCH))
    assert (5, False) == (zeroed.exit_code, "✓" in zeroed.stdout)
    answer = whole | {"said_sha256": "0" * 64, "decision_id": "none"}
    kept[0].write_text(json.dumps(answer))
    forged = await run("audit", "receipt", str(kept[0]), *files_of(MUCH), "--json")
    assert 1 == forged.exit_code
    assert "otherwise" == json.loads(forged.stdout)[0]["records"]["files"]["standing"]


def test_what_the_client_added_is_no_difference() -> None:
    """The year of a decision that is set aside, where nobody signed it; a year that is named is compared."""
    case = at_stage(Stage.INSPECTION)
    raw = decision(Kind.SET_ASIDE, case)
    answer = case.decide(raw, moment(case))
    receipt = Acknowledged.model_validate_json(answer.model_dump_json())
    entry = case.log[-1]
    added = entry.model_copy(update={"said": {**entry.said, "year": 1}})
    for year, found in ((None, []), (2, ["decision.year"])):
        kept = receipt.model_copy(update={"sent": raw | {"year": year}, "said_sha256": None})
        assert found == [one.field for one in differences(kept, OWN, added)]
