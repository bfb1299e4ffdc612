"""The files of a dossier, made from a life: the same life and head give the same bytes, anywhere."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from audit.anchoring.digest_signatures import armored_signature
from audit.anchoring.proofs import Proof
from audit.anchoring.stamp_rows import KeptStamp
from audit.anchoring.statements import statement_of
from audit.dossier.format import (
    CERTIFICATES,
    DEADLINES,
    DIGEST_SIGNATURE,
    MANIFEST,
    PROOF,
    READ_ME,
    REPLAY,
    REPORTS,
    STAMP,
    STATEMENT,
    STATES,
    Head,
    Manifest,
    RunFile,
    erased_term_file,
    history_file,
    json_bytes,
    plan_file,
    sum_of,
)
from audit.dossier.lives import Life, report_of
from audit.dossier.signed_decisions import signed_files
from audit.erasing.erased_file import erased_bytes
from audit.histories import StoredHistory
from audit.report.rendering import render
from workflows.log_id import LogId
from workflows.model import canonical
from workflows.record import LogEntry
from workflows.rules import CaseState


def files_of(
    life: Life, head: Head, proof: Proof | None, stamp: KeptStamp | None = None
) -> dict[str, bytes]:
    """All files but the manifest, by name; `stamp` is that of the proof's digest."""
    files = {
        file: history.content
        for file, history in zip(names_of(life.histories), life.histories, strict=True)
    }
    files |= {place.file: log_bytes(log) for place, log in life.logs.items()}
    files |= {
        plan_file(*key): json_bytes(plan.model_dump(mode="json"))
        for key, plan in life.plans.items()
    }
    files |= {erased_term_file(one.of.term): erased_bytes(one) for one in life.erased}
    files |= signed_files(life.logs)
    files[STATES] = states_bytes(life.states)
    files[REPLAY] = json_bytes([report_of(one).model_dump(mode="json") for one in life.replays])
    files[DEADLINES] = json_bytes([due.model_dump(mode="json") for due in life.deadlines])
    if proof:
        files[PROOF] = json_bytes(proof.model_dump(mode="json"))
    signature = armored_signature(proof.digest) if proof else None
    if proof and (stamp or signature):
        files[STATEMENT] = statement_of(proof.digest)
    if proof and signature:
        files[DIGEST_SIGNATURE] = signature
    if proof and stamp:
        files[STAMP], files[CERTIFICATES] = stamp
    files[READ_ME] = read_me(head).encode()
    for language, name in REPORTS.items():
        files[name] = render(life, head, proof, language).encode()
    return files


def with_manifest(files: Mapping[str, bytes], life: Life, head: Head) -> dict[str, bytes]:
    manifest = Manifest(
        **head.model_dump(),
        runs=tuple(
            RunFile(
                file=file,
                workflow_id=history.workflow_id,
                run_id=history.run_id,
                started_at=history.started_at,
                closed_at=history.closed_at,
                sdk=history.sdk,
                codec=history.codec,
            )
            for file, history in zip(names_of(life.histories), life.histories, strict=True)
        ),
        files=tuple(sum_of(name, content) for name, content in sorted(files.items())),
    )
    return {MANIFEST: json_bytes(manifest.model_dump(mode="json")), **files}


def names_of(histories: Iterable[StoredHistory]) -> list[str]:
    """The files' names of histories, which come by workflow and as they were started."""
    names, number, before = [], 0, ""
    for history in histories:
        number = number + 1 if history.workflow_id == before else 1
        names.append(history_file(history.workflow_id, number, history.run_id))
        before = history.workflow_id
    return names


def log_bytes(log: Sequence[LogEntry]) -> bytes:
    """A log as JSON Lines: what an entry's hash seals, with the hash."""
    return b"".join(canonical(entry.model_dump(mode="json")) + b"\n" for entry in log)


def states_bytes(states: Mapping[LogId, CaseState]) -> bytes:
    rows: list[dict[str, Any]] = [
        {**place._asdict(), "state": state.model_dump(mode="json")}
        for place, state in sorted(states.items())
    ]
    return json_bytes(rows)


_READ_ME = """\
{title_zh}

本档案载明平台 {platform} 自申请以来的全部经过，任何人均可核验，无需联网，也无需信任编制者。

report.zh.html, report.en.html   可读报告（浏览器打开，可按 A4 打印）
histories/                       Temporal 的原始历史（JSON），含各次运行与子流程
logs/                            各期、各年考核的记录（JSON Lines），每条以 SHA-256 接续前一条
plans/                           方案各版本全文
erased/                          （如有）已删除期次所余：哈希、签名、环节和日期，以及删除记录
decisions/, allowed_signers      （如有）已签名的决定：所签内容、签名，以及签名密钥
states.json                      由记录推得的状态
replay.json                      以所列代码重放全部历史的结果
deadlines.json                   各步骤当时算得的期限
proof.json                       （如有）记录载于每日摘要的证明
digest.txt, .sig, .tsr           （如有）该摘要、主管部门的签名、RFC 3161 时间戳
authority.pem                    （如有）签发机构的证书，请与该机构公布的核对
manifest.json                    清单：每个文件的 SHA-256、代码与指引版本

核验：安装 pingtai {release} 后运行
    pingtai audit verify 本档案.zip
只核对文件哈希，任何 SHA-256 工具均可。核对某项决定的签名，用 OpenSSH 即可（1-7 为第 1 期记录第 7 条，
wang 为经办人编号，verify-time 为该条目的 "at"，协调世界时）：
    ssh-keygen -Y verify -n pingtai-decision -f allowed_signers -I wang \\
        -O verify-time=20270212060530Z -s decisions/1-7.sig < decisions/1-7.json


Dossier of platform {platform}

It holds all that happened to the platform since its application. Anyone can check it, without a
network and without trusting whoever made it.

report.zh.html, report.en.html   to be read (any browser; prints on A4)
histories/                       Temporal's own histories (JSON), of all runs and children
logs/                            the log of each term and assessment (JSON Lines); each entry is
                                 sealed by SHA-256 with the one before it
plans/                           the text of every plan version
erased/                          (if any) what is left of erased terms: hashes, signatures, stages and
                                 days, and the log of the erasure
decisions/, allowed_signers      (if any) signed decisions: what was signed, the signatures, and the keys
states.json                      the states that the logs lead to
replay.json                      what came of replaying every history with the code named
deadlines.json                   when each step was due, as it was worked out then
proof.json                       (if any) the proof that the logs stand in a daily digest
digest.txt, .sig, .tsr           (if any) that digest, the office's signature, its RFC 3161 time stamp
authority.pem                    (if any) the authority's certificates: compare them with those
                                 that it publishes
manifest.json                    SHA-256 of every file, versions of code and guideline

To check it, install pingtai {release} and run
    pingtai audit verify DOSSIER.zip
For the hashes of the files alone, any SHA-256 tool will do. The signature of a decision is verified by
OpenSSH alone (1-7: entry 7 of the log of term 1; wang: the id of who decided; verify-time: "at" of
the entry, in UTC):
    ssh-keygen -Y verify -n pingtai-decision -f allowed_signers -I wang \\
        -O verify-time=20270212060530Z -s decisions/1-7.sig < decisions/1-7.json

pingtai {release}, temporalio {sdk}
workflows SHA-256 {workflows}
{guideline}
"""


def read_me(head: Head) -> str:
    guideline = head.guideline
    return _READ_ME.format(
        title_zh=f"共性技术平台档案 {head.platform_id}",
        platform=head.platform_id,
        release=head.code.pingtai,
        sdk=head.code.temporalio,
        workflows=head.code.workflows_sha256,
        guideline=f"《{guideline.title}》（{guideline.number}，{guideline.issued_on}）",
    )
