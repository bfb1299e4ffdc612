"""What speaks against a decision on the roster. Pure: the same for the workflow and for whoever checks a log.

Nobody's entry is looked up: signers bring theirs with a proof, and a change shows what it replaces.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from workflows.actors import Actor
from workflows.model import MAX_MESSAGE_BYTES, canonical
from workflows.periods import beijing_date, beijing_time
from workflows.roster_decisions import RosterChange, RosterConfirmation, RosterItem, change_of
from workflows.roster_entries import (
    RosterEntry,
    RosterKey,
    RosterRoot,
    objection_to_key,
    root_over_leaves,
)
from workflows.roster_state import RosterState, key_mark, new_keys
from workflows.roster_words import RosterOutcome
from workflows.signatures import Signature
from workflows.signed_roots import OFFICERS_NEEDED, Signer, officers_among, signers_of
from workflows.ssh_signatures import BadSignature, read_public_key
from workflows.vocabulary import Role
from workflows.words import Words, listed, listed_zh

SIGNED_WITHIN = timedelta(days=14)
"""So long before it is entered a version may have been signed, and a key's loss be noticed."""
CLOCKS_DIFFER = timedelta(minutes=5)
"""So far a signer's clock may be ahead of the server's."""
MOST_CARRIED = 1_000_000
"""Bytes of hashes and marks of keys: more no run could hand to the next."""
_BYTES_OF_LEAF, _BYTES_OF_KEY = 90, 19


@dataclass(frozen=True)
class Position:
    """Where a log stands, to which a decision is to be added."""

    seq: int
    """The number that the new entry has."""
    previous: str
    """The hash of the entry before it."""
    at: datetime


def objections(
    state: RosterState, said: RosterChange | RosterConfirmation, where: Position
) -> Iterator[Words]:
    """Say why a decision is not taken; nothing, where it is."""
    if isinstance(said, RosterChange):
        yield from _to_change(state, said, where)
    else:
        yield from _to_confirmation(state, said, where)


def outcome_of(state: RosterState, said: RosterChange | RosterConfirmation) -> RosterOutcome:
    """Return what a decision comes to that nothing speaks against: two officers put a version in force."""
    if isinstance(said, RosterConfirmation) and said.outcome is RosterOutcome.REJECTED:
        return RosterOutcome.REJECTED
    before = (
        state.proposed.signatures if isinstance(said, RosterConfirmation) and state.proposed else ()
    )
    people = {
        s.proof.entry.id.casefold()
        for s in (*before, *said.signatures)
        if s.proof and s.proof.entry.role is Role.COMMISSION
    }
    whole = len(people) >= OFFICERS_NEEDED
    if isinstance(said, RosterChange):
        return RosterOutcome.IN_FORCE if whole else RosterOutcome.WAITING
    return RosterOutcome.CONFIRMED if whole else RosterOutcome.SIGNED


def _to_change(state: RosterState, said: RosterChange, where: Position) -> Iterator[Words]:
    if stale := _not_next(state, said.root, where):
        yield stale
        return
    under = state.in_force or said.root
    signers = list(signers_of(said.root.form(), said.signatures, under, where.at))
    yield from _to_signers(said.actor, signers)
    people = [one.entry for one in signers if one.entry]
    first = state.in_force is None
    if first and len(officers_among(signers)) < OFFICERS_NEEDED:
        yield Words(
            "the roster is set up by two officers of the commission, who both sign",
            "设立人员目录须由市级两名人员签名",
        )
    stands = state.with_waiting()
    for item in said.items:
        for why in _to_item(item, stands, where.at):
            yield why.at(item.entry.id)
        if not first and not any(_may_change(one, item) for one in people):
            yield Words(
                f"{item.entry.id}: {', '.join(one.id for one in people) or 'nobody'} may not change this entry:"
                " a district enters its own people, an operator its own, all others the commission",
                f"{item.entry.id}：{listed_zh(one.id for one in people) or '无人'}无权变更此人："
                "区级、运营单位只能登记本单位人员，其余由市级登记",
            )
    yield from _doubled(state, said)
    all_items = [i for change in state.waiting for i in change.items] + list(said.items)
    yield from _against_signers(all_items, said.signatures, people, where.at)
    leaves = stands | {item.entry.id: item.entry.leaf().hex() for item in said.items}
    digests = [*(change.digest for change in state.waiting), said.content_digest]
    made = (said.root.leaves, said.root.root, said.root.change)
    if made != (len(leaves), root_over_leaves(leaves), change_of(digests)):
        yield Words(
            "the version that was signed is not what the change makes of the roster",
            "所签版本与变更结果不符",
        )
    waiting = sum(len(canonical(i.model_dump(mode="json"))) for i in all_items)
    carried = len(leaves) * _BYTES_OF_LEAF + (len(state.keys) + len(all_items)) * _BYTES_OF_KEY
    if waiting > MAX_MESSAGE_BYTES:
        yield Words(
            "too much waits to be confirmed: have it confirmed or rejected first",
            "待确认的变更过多：请先确认或不予确认",
        )
    if carried > MOST_CARRIED:
        yield Words("the roster is full", "人员目录已满")


def _not_next(state: RosterState, root: RosterRoot, where: Position) -> Words | None:
    """Why a version is not the next one: it was made for an earlier entry of the log, or not lately."""
    before = state.in_force
    next_one = (
        before.version + 1 if before else 1,
        before.digest() if before else None,
        where.seq,
        where.previous,
    )
    if (root.version, root.before, root.entry, root.log_hash) != next_one:
        return Words(
            f"it was signed for entry {root.entry} after {root.log_hash[:12]}…, and the roster has gone on"
            f" to entry {where.seq - 1}: look at it again, and sign anew",
            f"签名针对第 {root.entry} 条（接 {root.log_hash[:12]}…），而目录已至第"
            f" {where.seq - 1} 条：请重新查看后签名",
        )
    earliest = max(before.at, where.at - SIGNED_WITHIN) if before else where.at - SIGNED_WITHIN
    if not earliest <= root.at <= where.at + CLOCKS_DIFFER:
        return Words(
            f"its signers say {beijing_time(root.at)}, Beijing time, which is not within the"
            f" {SIGNED_WITHIN.days} days before now, or before the version in force",
            f"签名时间（北京时间 {beijing_time(root.at)}）不在此前 {SIGNED_WITHIN.days} 天内，或早于现行版本",
        )
    return None


def _to_signers(actor: Actor, signers: Sequence[Signer]) -> Iterator[Words]:
    for one in signers:
        if one.fault:
            yield one.fault
    people = [one.entry for one in signers if one.entry]
    if len({one.id.casefold() for one in people}) < len(people):
        yield Words("one person signs once", "同一人只能签名一次")
    if people and not speaks_for(people[0], actor):
        yield Words(
            f"{actor.id} does not stand in the roster so: {people[0].id}, {people[0].role},"
            f" {people[0].organisation}",
            f"经办人 {actor.id} 与人员目录不符：{people[0].id}、{people[0].role.zh}、{people[0].organisation}",
        )


def speaks_for(entry: RosterEntry, actor: Actor) -> bool:
    """Return whether an actor says of themselves what the roster says of them."""
    own = (entry.id, entry.role, entry.organisation, entry.district)
    return own == (actor.id, actor.role, actor.organisation, actor.district)


def _may_change(signer: RosterEntry, item: RosterItem) -> bool:
    """Whether a signer has a say in an entry: their own body's, or the commission's officers in any."""
    if signer.role is Role.COMMISSION:
        return True
    wanted = (signer.role, signer.district, signer.platform_id)
    return all(
        (one.role, one.district, one.platform_id) == wanted
        for one in (item.entry, item.before)
        if one is not None
    )


_FIXED = ("id", "role", "district", "platform_id", "first_day")


def _to_item(item: RosterItem, stands: dict[str, str], at: datetime) -> Iterator[Words]:
    entry, before = item.entry, item.before
    known = {person.casefold(): person for person in stands}
    if before is None and entry.id.casefold() in known:
        yield Words(
            f"the roster has {known[entry.id.casefold()]} already: change that entry",
            f"人员目录中已有 {known[entry.id.casefold()]}：请变更该条目",
        )
    if before is not None:
        if stands.get(entry.id) != before.leaf().hex():
            yield Words(
                "the entry stands otherwise in the roster by now: look at it again",
                "目录中该条目已有变化：请重新查看",
            )
        changed = [name for name in _FIXED if getattr(entry, name) != getattr(before, name)]
        if changed:
            names = listed(changed)
            yield Words(
                f"{names.en} cannot be changed: end this entry, and add the person under another id",
                f"{names.zh} 不得变更：请终止该条目，以新编号登记",
            )
    yield from _to_content(entry)
    yield from _to_keys(entry, before, at)


def _to_content(entry: RosterEntry) -> Iterator[Words]:
    """What an entry of each role has: a district its district, an operator's person the platform."""
    if entry.role is Role.DISTRICT and entry.district is None:
        yield Words(
            "district staff have a district, and it is missing", "区级人员须有所在区，未填写"
        )
    if entry.role is not Role.DISTRICT and entry.district is not None:
        yield Words("only district staff have a district", "仅区级人员填写所在区")
    if entry.role is Role.OPERATOR and entry.platform_id is None:
        yield Words(
            "an operator's people have a platform, and it is missing",
            "运营单位人员须有平台编号，未填写",
        )
    if entry.role is not Role.OPERATOR and entry.platform_id is not None:
        yield Words("only an operator's people have a platform", "仅运营单位人员填写平台编号")
    if entry.last_day and entry.last_day < entry.first_day:
        yield Words("the last day lies before the first", "任职末日早于首日")


def _to_keys(entry: RosterEntry, before: RosterEntry | None, at: datetime) -> Iterator[Words]:
    old = {key.public: key for key in before.keys} if before else {}
    if len({key.public for key in entry.keys}) < len(entry.keys):
        yield Words("a key stands twice in it", "密钥重复")
    for key in entry.keys:
        if key.last and key.last < key.first:
            yield Words("a key's last day lies before its first", "密钥末日早于首日")
        known = old.pop(key.public, None)
        if known is None:
            yield from _to_new_key(key, at)
        elif key.first != known.first:
            yield Words("the first day of a key cannot be changed", "密钥首日不得变更")
        revoked = known.revoked if known else None
        if key.revoked != revoked and (
            revoked
            or key.revoked is None
            or not at - SIGNED_WITHIN <= key.revoked <= at + CLOCKS_DIFFER
        ):
            yield Words(
                f"a key is revoked for good, from a moment of the last {SIGNED_WITHIN.days} days on",
                f"密钥吊销后不得恢复，吊销时间须在此前 {SIGNED_WITHIN.days} 天内",
            )
    if any(key.revoked is None for key in old.values()):
        yield Words("a key is not left out before it is revoked", "未吊销的密钥不得删除")


def _to_new_key(key: RosterKey, at: datetime) -> Iterator[Words]:
    try:
        if read_public_key(key.public).openssh() != key.public:
            yield Words("a key is not written as OpenSSH writes it", "密钥书写形式不规范")
    except BadSignature as error:
        yield error.words
    if key.first < beijing_date(at - SIGNED_WITHIN):
        yield Words(
            f"a new key is good from a day of the last {SIGNED_WITHIN.days} on, or later",
            f"新密钥首日不得早于 {SIGNED_WITHIN.days} 天前",
        )


def _doubled(state: RosterState, said: RosterChange) -> Iterator[Words]:
    """No two entries of one person in a change, and no key for a second time."""
    if len({item.entry.id.casefold() for item in said.items}) < len(said.items):
        yield Words("a person stands twice in the change", "变更中人员重复")
    marks = new_keys(said.items)
    waiting = new_keys(item for change in state.waiting for item in change.items)
    if len(set(marks)) < len(marks) or {*state.keys, *waiting}.intersection(marks):
        used = {*state.keys, *waiting}
        whose = [
            item.entry.id
            for item in said.items
            if any(key_mark(key.public) in used for key in item.entry.keys)
        ]
        yield Words(
            f"a key was entered before, for this person or another: {', '.join(whose)[:200]}",
            f"密钥已登记过（本人或他人）：{listed_zh(whose)[:200]}",
        )


def _against_signers(
    items: Sequence[RosterItem],
    signatures: Sequence[Signature],
    people: Sequence[RosterEntry],
    at: datetime,
) -> Iterator[Words]:
    """Nobody ends themselves by their own signature: so two officers always remain who can sign."""
    after = {item.entry.id: item.entry for item in items if item.before is not None}
    for person in people:
        if person.role is not Role.COMMISSION or person.id not in after:
            continue
        if not _can_sign(after[person.id], at):
            yield Words(
                f"{person.id} would have no key any more, and signs it: let two others do that",
                f"{person.id} 签名后本人将无可用密钥：请由另外两人办理",
            )


def _can_sign(entry: RosterEntry, at: datetime) -> bool:
    for key in entry.keys:
        try:
            if objection_to_key(entry, read_public_key(key.public), at) is None:
                return True
        except BadSignature:
            continue
    return False


def _to_confirmation(
    state: RosterState, said: RosterConfirmation, where: Position
) -> Iterator[Words]:
    if state.proposed is None or state.proposed.root.digest() != said.proposed:
        yield Words(
            "what was signed is not what waits now: look at it again, and sign anew",
            "所签内容与现待确认内容不同：请重新查看后签名",
        )
        return
    confirmed = said.outcome is RosterOutcome.CONFIRMED
    form = state.proposed.root.form() if confirmed else said.rejected_form()
    signers = list(signers_of(form, said.signatures, state.in_force, where.at))
    yield from _to_signers(said.actor, signers)
    people = [one.entry for one in signers if one.entry]
    signed = {s.proof.entry.id.casefold() for s in state.proposed.signatures if s.proof}
    if confirmed and signed.intersection(one.id.casefold() for one in people):
        yield Words(
            "who has signed it cannot confirm it: a second officer does",
            "已签名者不得再确认，须由第二人确认",
        )
    if any(one.role is not Role.COMMISSION for one in people):
        yield Words("officers of the commission confirm", "须由市级人员确认")
    if confirmed:
        items = [item for change in state.waiting for item in change.items]
        yield from _against_signers(items, said.signatures, people, where.at)
