"""What speaks against the signatures of a decision, and against its authors (§四, §六; `authorship_checks.py`).

Where a case asks for none nobody need sign; what is signed must hold.

A signed decision names what it answers: all that was decided in its case before (`content_chain.py`). So
it is never taken in another case, term or year, nor in a later round of its step, and not twice. The same
rule judges a decision that is sent and one that stands in a log.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from workflows.authorship_checks import (
    AUTHOR_RULES,
    Authored,
    AuthorFault,
    AuthorRule,
    author_faults,
)
from workflows.case_changes import FactsChange
from workflows.circumstances import Circumstances
from workflows.decision import Decision
from workflows.rules import CaseState
from workflows.signed_form import signature_blobs, signed_form, signers
from workflows.ssh_signatures import BadSignature, key_named_in
from workflows.vocabulary import Authorship
from workflows.words import Words, listed_zh

_OF_KEYS = ("revoked_before", "out_of_period")
"""Rules about the key alone, which need no roster that the case knows."""


class SignatureFault(NamedTuple):
    """Why signatures do not hold, and what their sender can do; whoever reads a log can do nothing."""

    name: str
    """By which audits count it: `unbound`, `other_step`, `forged`, `one_key_twice`."""
    why: Words
    advice: Words | None = None


def objections_to_signatures(decision: Decision, circumstances: Circumstances) -> Iterator[Words]:
    """Say why the signatures of a decision do not hold for this case, as it stands."""
    if not decision.signatures:
        return
    answers = decision.case.answers if decision.case else None
    # What the platform sent on was signed for the platform's log, and judged there.
    may_answer = (answers,) if circumstances.sent_on else circumstances.answerable
    signatures, form = decision.sent["signatures"], signed_form(decision)
    for _, why, advice in signature_faults(signatures, form, answers, may_answer):
        yield Words(f"{why.en}: {advice.en}", f"{why.zh}，{advice.zh}") if advice else why


def more_asked_of_authors(
    decision: FactsChange, state: CaseState, circumstances: Circumstances
) -> Words | None:
    """Say why a change may not ask for signatures: it asks for less than before, or is not signed itself."""
    asked, now = decision.authorship, state.facts.policy
    if asked is None:
        return None
    ranks = list(Authorship)
    second = decision.second_signature
    fewer = second is not None and not {*now.second_signature} <= {*second}
    if ranks.index(asked) < ranks.index(now.authorship) or fewer:
        return Words(
            f"nothing lowers what a case asks of signatures: authorship is {now.authorship}, with a second"
            f" signature for {', '.join(now.second_signature) or 'no decision'}",
            f"不得降低签名要求：现为“{now.authorship.zh}”，须两人签名的决定："
            f"{listed_zh(one.zh for one in now.second_signature) or '无'}",
        )
    if asked is Authorship.NONE:
        return None
    if state.roster is None:
        return Words(
            "the case knows no roster yet: add `roster`, its newest version with its signatures",
            "本案尚未载入人员目录：请填写 roster（最新版人员目录及其签名）",
        )
    required = now.model_copy(update={"authorship": Authorship.REQUIRED})
    facts = state.facts.model_copy(update={"policy": required})
    asking = state.model_copy(update={"facts": facts})
    return next(objections_to_authors(asking, decision, circumstances), None)


def objections_to_authors(
    state: CaseState, decision: Decision, circumstances: Circumstances
) -> Iterator[Words]:
    """Say why it is not proven who takes a decision, and what to do. Only after `objections_to_signatures`."""
    said = Authored(
        kind=decision.kind,
        outcome=decision.result,
        actor=decision.actor,
        signatures=decision.signatures,
        keys=tuple(map(key_named_in, signature_blobs(_sent_signatures(decision)))),
        state=state,
        at=circumstances.at,
        roles=circumstances.roles,
    )
    for _, (why, advice) in proven_author_faults(said, preview=circumstances.preview):
        yield Words(f"{why.en}: {advice.en}", f"{why.zh}，{advice.zh}")


def _sent_signatures(decision: Decision) -> Iterable[Any]:
    """The signatures as they were sent; the rest of an unsigned decision need not be written for them."""
    return decision.sent["signatures"] if decision.signatures else ()


def proven_author_faults(
    said: Authored, *, preview: bool = False
) -> Iterator[tuple[AuthorRule, AuthorFault]]:
    """Return what speaks against the authors: where the case asks for none, what their own proofs say.

    Nobody's proof is asked for there, and no roster known. But who sends along that the key is revoked, or
    out of its days, has a record that no audit takes for whole.
    """
    if said.state.facts.policy.authorship is not Authorship.NONE:
        yield from author_faults(said, preview=preview)
        return
    shown = [
        (signature, key)
        for signature, key in zip(said.signatures, said.keys, strict=True)
        if signature.proof and key.openssh() in {one.public for one in signature.proof.entry.keys}
    ]
    own = replace(said, signatures=tuple(s for s, _ in shown), keys=tuple(k for _, k in shown))
    for rule in AUTHOR_RULES:
        fault = next(rule.check(own), None) if rule.name in _OF_KEYS else None
        if fault:
            yield rule, fault
            return


def signature_faults(
    signatures: Any, form: bytes, answers: str | None, may_answer: Sequence[str | None]
) -> Iterator[SignatureFault]:
    """Return why the signatures of a decision do not hold: `form` is what was signed.

    `answers` is the content hash that it was signed for, `may_answer` are those that it may answer.
    """
    if answers is None:
        yield SignatureFault(
            "unbound",
            Words(
                "a signed decision names what it answers",
                "签名的决定须注明所针对的案件内容",
            ),
            Words(
                "add case.answers, the case's content_hash",
                "请填写 case.answers（案件的 content_hash）",
            ),
        )
    elif answers not in may_answer:
        yield SignatureFault(
            "other_step",
            Words(
                f"it was not signed for the step that it decides: it answers {answers[:12]}…",
                f"签名不是针对所决定的环节作出的（所针对内容 {answers[:12]}…）",
            ),
            Words("look at the case again, and sign anew", "请重新查看案件后签名"),
        )
    try:
        keys = signers(signatures, form)
    except BadSignature as error:
        en, zh = error.words
        words = Words(f"the signature does not hold: {en}", f"签名无效：{zh}")
        yield SignatureFault("forged", words)
        return
    if len({key.blob() for key in keys}) < len(keys):
        words = Words("both signatures are by one key", "两个签名出自同一密钥")
        yield SignatureFault("one_key_twice", words)
