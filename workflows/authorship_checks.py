"""Who signed a decision, held against the roster that its case knows: the rules about authors, in one table.

The guideline names the bodies that decide (§四, §六); that a decision has an author is the rulebook's ("Rules
for every decision"). Nobody is looked up: a signature brings the roster entry of its officer, with a proof. The
same rules judge a decision that is sent and one that stands in a log.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from workflows.actors import Actor
from workflows.bodies import Body, belongs_to, body_of, same_body
from workflows.roster_entries import RosterEntry, objection_to_key, proof_holds
from workflows.rules import CaseState, lifecycle_of
from workflows.signatures import Signature
from workflows.signed_mandates import days_fault, mandate_form, signature_fault
from workflows.ssh_signatures import PublicKey
from workflows.vocabulary import Authorship, Kind, Role
from workflows.words import Words, listed, listed_zh

_TWO = 2


@dataclass(frozen=True)
class Authored:
    """A decision whose signatures hold: what they are, by which keys, and when and where it is judged."""

    kind: str
    outcome: str
    actor: Actor
    signatures: tuple[Signature, ...]
    keys: tuple[PublicKey, ...]
    state: CaseState
    """Of the case before it."""
    at: datetime
    """When it was entered: it says whether a key was good, and never the day that the decision names."""
    roles: Mapping[str, Role]
    """In which role each person acted in the case before, by their ids in lower case."""

    @cached_property
    def signers(self) -> tuple[RosterEntry, ...]:
        """Who signed, by the entries that they brought."""
        return tuple(one.proof.entry for one in self.signatures if one.proof)

    @cached_property
    def wanted(self) -> int:
        """How many persons must sign it."""
        return signatures_wanted(self.state, self.kind, self.outcome)


class AuthorFault(NamedTuple):
    """Why the authors of a decision are not proven, and what its sender can do."""

    why: Words
    advice: Words


Faults = Iterator[AuthorFault]


class AuthorRule(NamedTuple):
    """A rule about who signs: its name, what it demands, and how it is checked."""

    name: str
    """By which programs know it: audits count faults by it."""
    demands: Words
    check: Callable[[Authored], Faults]
    check_unsigned: Callable[[Authored], Faults] | None = None
    """What is certain of it before anybody has signed."""


def signatures_wanted(state: CaseState, kind: str, outcome: str) -> int:
    """Return how many persons must sign a decision by the policy of its case."""
    policy = state.facts.policy
    if policy.authorship is not Authorship.REQUIRED:
        return 0
    second = lifecycle_of(state).second_of(kind, outcome)
    return _TWO if second in policy.second_signature else 1


def author_faults(
    said: Authored, *, preview: bool = False
) -> Iterator[tuple[AuthorRule, AuthorFault]]:
    """Return what speaks against the authors of a decision, rule by rule; nothing follows a fault.

    With `preview` what is not signed yet counts as signed; but no signature mends what its mandate lacks.
    """
    policy = said.state.facts.policy
    if policy.authorship is Authorship.NONE or not (said.signatures or said.wanted):
        return
    unsigned = preview and not said.signatures
    for rule in AUTHOR_RULES:
        check = rule.check_unsigned if unsigned else rule.check
        fault = next(check(said), None) if check else None
        if fault:
            yield rule, fault
            return


def _is_signed(said: Authored) -> Faults:
    if not said.signatures:
        yield AuthorFault(
            Words(
                "decisions on this platform are signed, and this one is not",
                "本平台的决定须签名，该决定未签名",
            ),
            Words(
                "sign it with your key (`pingtai login` makes one), or with ssh-keygen",
                "请用本人密钥签名（`pingtai login` 可生成密钥），或用 ssh-keygen 签名",
            ),
        )


def _is_proved(said: Authored) -> Faults:
    if len(said.signers) < len(said.signatures):
        yield AuthorFault(
            Words(
                "a signature does not show that its signer stands in the roster",
                "签名未附签名人载于人员目录的证明",
            ),
            Words(
                "send it with `proof`, the signer's roster entry and its path",
                "请附 proof（签名人的目录条目及其路径）",
            ),
        )


def _stands_in_roster(said: Authored) -> Faults:
    root = said.state.roster
    for one in said.signatures:
        if one.proof and not (root and proof_holds(one.proof, root)):
            person, version = one.proof.entry.id, root.version if root else 0
            yield AuthorFault(
                Words(
                    f"{person} does not stand so in version {version} of the roster, which this case knows",
                    f"{person} 与本案所知的人员目录第 {version} 版不符",
                ),
                Words(
                    "take the entry from the roster anew; where the roster has a later version, send that with"
                    " the decision (`roster`), or before it (update `learn_roster`)",
                    "请重新取得目录条目；目录有新版的，请随决定附上（roster），或先发送给本案（learn_roster）",
                ),
            )


def _is_the_author(said: Authored) -> Faults:
    entry, actor = said.signers[0], said.actor
    pairs = (
        ("id", entry.id, actor.id),
        ("role", entry.role, actor.role),
        ("district", entry.district, actor.district),
    )
    other = [name for name, theirs, own in pairs if theirs != own]
    stated, own_body = body_of(actor), Body(entry.organisation, entry.credit_code)
    if stated != own_body and not same_body(own_body, stated):
        other.append("organisation")
    platform = said.state.facts.platform_id
    if entry.platform_id and entry.platform_id != platform:
        yield AuthorFault(
            Words(
                f"{entry.id} stands in the roster for platform {entry.platform_id}, not for {platform}",
                f"人员目录中 {entry.id} 属于平台 {entry.platform_id}，不是 {platform}",
            ),
            _ENTER,
        )
    if other:
        names = listed(other)
        yield AuthorFault(
            Words(
                f"{actor.id} decides as {actor.role} ({actor.organisation}), and the signature is of"
                f" {entry.id}, {entry.role} ({entry.organisation}): {names.en}",
                f"经办人为 {actor.id}（{actor.role.zh}，{actor.organisation}），签名人为 {entry.id}"
                f"（{entry.role.zh}，{entry.organisation}），不一致：{names.zh}",
            ),
            Words(
                "decide in your own name, as the roster has it",
                "请以本人名义、按人员目录所载身份办理",
            ),
        )


def _is_not_revoked(said: Authored) -> Faults:
    for entry, key in zip(said.signers, said.keys, strict=True):
        known = next((one for one in entry.keys if one.public == key.openssh()), None)
        if known and known.revoked and said.at >= known.revoked:
            why = objection_to_key(entry, key, said.at)
            assert why, "a revoked key speaks for nobody"  # noqa: S101
            yield AuthorFault(why, _GOOD_KEY)


def _is_a_good_key(said: Authored) -> Faults:
    for entry, key in zip(said.signers, said.keys, strict=True):
        why = objection_to_key(entry, key, said.at)
        if why:
            yield AuthorFault(why, _GOOD_KEY)


def _are_two(said: Authored) -> Faults:
    if len(said.signatures) < said.wanted:
        yield AuthorFault(
            Words(
                "two persons sign this decision, and one has", "该决定须由两人签名，目前仅一人签名"
            ),
            Words(
                "have a second person of your role sign it (`pingtai countersign`)",
                "请由同一身份的另一人会签（`pingtai countersign`）",
            ),
        )


def _are_different(said: Authored) -> Faults:
    ids = {one.id.casefold() for one in said.signers}
    if len(ids) < len(said.signers):
        yield AuthorFault(
            Words(
                f"{said.actor.id} signed it twice: two signatures are of two persons",
                f"{said.actor.id} 签名两次：两个签名应出自两人",
            ),
            Words("have another person sign it", "请由另一人签名"),
        )


def _may_countersign(said: Authored) -> Faults:
    for entry in said.signers[1:]:
        first = said.signers[0]
        if (entry.role, entry.district, entry.platform_id) != (
            first.role,
            first.district,
            first.platform_id,
        ):
            yield AuthorFault(
                Words(
                    f"{entry.id} signs as {entry.role}: the second signature is of the same role and body",
                    f"{entry.id} 以“{entry.role.zh}”身份签名：会签人应与经办人身份相同",
                ),
                _ANOTHER,
            )
        before = said.roles.get(entry.id.casefold())
        if before and before is not entry.role:
            yield AuthorFault(
                Words(
                    f"{entry.id} has acted in this case as {before}: one person has one role in a case",
                    f"{entry.id} 在本案中已以“{before.zh}”身份办理，同一人不得以两种身份办理",
                ),
                _ANOTHER,
            )
        facts, own = said.state.facts, Body(entry.organisation, entry.credit_code)
        if entry.role is not Role.OPERATOR and any(
            belongs_to(own, body_of(body)) for body in (facts.operator, facts.lead_unit)
        ):
            yield AuthorFault(
                Words(
                    f"{entry.id} belongs to the operator or the lead unit: nobody decides on their own body",
                    f"{entry.id} 所在单位为该平台运营单位或牵头单位，应当回避",
                ),
                _ANOTHER,
            )


def _has_no_mandate(said: Authored) -> Faults:
    absence, substitute = said.actor.acting_for, said.actor.id
    if absence and said.wanted and absence.mandate is None:
        principal = absence.principal_id
        en = f"nothing shows that {principal} lets {substitute} act for them"
        yield AuthorFault(Words(en, f"未附 {principal} 委托 {substitute} 的委托书"), _MANDATE)


def _has_a_mandate(said: Authored) -> Faults:
    yield from _has_no_mandate(said)
    absence, substitute = said.actor.acting_for, said.actor.id
    if absence is None or absence.mandate is None or not said.wanted:
        return
    principal, mandate = absence.principal_id, absence.mandate
    first, last = absence.first_day, absence.last_day
    form = mandate_form(principal, substitute, first, last, mandate.kinds)
    why = days_fault(first, last, said.at) or signature_fault(
        form, mandate, principal, said.state.roster, said.at
    )
    if why:
        yield AuthorFault(why, _MANDATE)
        return
    proof = mandate.signature.proof
    assert proof, "it has been checked"  # noqa: S101
    office = (proof.entry.role, proof.entry.district, proof.entry.platform_id)
    own = said.signers[0]
    if office != (own.role, own.district, own.platform_id):
        yield AuthorFault(
            Words(
                f"{principal} is {proof.entry.role}, and {substitute} is {own.role}: they are of one body",
                f"{principal} 的身份为“{proof.entry.role.zh}”，{substitute} 为“{own.role.zh}”：应属同一单位",
            ),
            _MANDATE,
        )
    if mandate.kinds and said.kind not in mandate.kinds:
        kinds, zh = ", ".join(mandate.kinds), listed_zh(one.zh for one in mandate.kinds)
        yield AuthorFault(
            Words(
                f"the mandate is for {kinds}, not for {said.kind}",
                f"委托事项为“{zh}”，不含“{Kind(said.kind).zh}”",
            ),
            _MANDATE,
        )


_MANDATE = Words(
    "have the absent person sign a mandate (`pingtai mandate`)",
    "请由被代理人签署委托书（`pingtai mandate`）",
)
_GOOD_KEY = Words(
    "sign with a key that the roster has as good today (`pingtai roster show`)",
    "请用人员目录中当日有效的密钥签名（`pingtai roster show`）",
)
_ANOTHER = Words("have another officer countersign", "请由其他人员会签")
_ENTER = Words(
    "have the roster enter you for this platform (`pingtai roster add`)",
    "请在人员目录中登记为本平台人员（`pingtai roster add`）",
)

AUTHOR_RULES = (
    AuthorRule(
        "unauthenticated",
        Words(
            "It is signed, where the policy says `authorship: required`.",
            "政策参数为 `authorship: required` 的，须签名。",
        ),
        _is_signed,
    ),
    AuthorRule(
        "unproven",
        Words(
            "Each signature brings its signer's roster entry, with a proof.",
            "每个签名附签名人的目录条目及证明。",
        ),
        _is_proved,
    ),
    AuthorRule(
        "not_on_the_roster",
        Words(
            "The entry stands in the version of the roster that the case knows.",
            "该条目载于本案所知的人员目录版本。",
        ),
        _stands_in_roster,
    ),
    AuthorRule(
        "out_of_role",
        Words(
            "Who decides is who signed: id, role, organisation, district; an operator's for this platform.",
            "经办人即签名人：编号、身份、单位、所在区一致；运营单位人员属于本平台。",
        ),
        _is_the_author,
    ),
    AuthorRule(
        "revoked_before",
        Words("The key is not revoked when it is entered.", "登记时密钥未吊销。"),
        _is_not_revoked,
    ),
    AuthorRule(
        "out_of_period",
        Words(
            "Person and key are in their days when it is entered, and the key is theirs.",
            "登记时人员任职和密钥均在有效期内，且密钥属于本人。",
        ),
        _is_a_good_key,
    ),
    AuthorRule(
        "out_of_mandate",
        Words(
            "Who acts for another brings that person's signed mandate: for this substitute, day and kind of"
            " decision, where the policy says `authorship: required`.",
            "政策参数为 `authorship: required` 的，代他人办理须附其签名的委托书：代理人、日期、事项均相符。",
        ),
        _has_a_mandate,
        check_unsigned=_has_no_mandate,
    ),
    AuthorRule(
        "second_missing",
        Words(
            "Two sign, where the policy's `second_signature` asks for it.",
            "政策参数 `second_signature` 列明的决定，须两人签名。",
        ),
        _are_two,
    ),
    AuthorRule(
        "one_person_twice",
        Words("Two signatures are of two persons.", "两个签名出自不同的两人。"),
        _are_different,
    ),
    AuthorRule(
        "second_out_of_role",
        Words(
            "Who countersigns has the same role and body, has no other role in the case, and is independent.",
            "会签人与经办人身份相同，在本案中无其他身份，且无须回避。",
        ),
        _may_countersign,
    ),
)
"""In this order; only the first fault counts."""
