"""A platform's case opened by its application; with what it brings in, where it was listed before.

Pure: the workflow opens its case so, and whoever applies asks beforehand whether it would open.
"""

from datetime import datetime

from workflows.application import PlatformApplication
from workflows.bodies import lacking_codes
from workflows.case import Case
from workflows.circumstances import NEWEST, Edition
from workflows.judge import own_body
from workflows.model import FieldError, InvalidMessage, as_sent, blank_texts, invalid
from workflows.policy import is_own, policy_problem
from workflows.record import BEGINNING
from workflows.refusal import Refused
from workflows.signed_roots import root_fault
from workflows.states import PlatformState, application_content
from workflows.vocabulary import Authorship
from workflows.words import Words

_FORM = "PlatformApplication"


def open_platform(
    form: PlatformApplication, at: datetime, edition: Edition = NEWEST, *, goes_on: bool = False
) -> Case[PlatformState]:
    """The case of a term that is applied for, as it stands when it is opened.

    `goes_on`: from the term before, which knew the version of the roster that it hands on.

    Raises:
        InvalidMessage: a text says nothing, a credit code is missing, it asks for a policy that it may not
            have, or the rules refuse what it brings in.
    """
    blank = blank_texts(form) if edition >= Edition.V0_5 else []
    if blank:
        raise InvalidMessage(_FORM, *blank)
    if wrong := _roster_problem(form, goes_on=goes_on):
        raise InvalidMessage(_FORM, wrong)
    lacking = lacking_codes(form) if form.policy.credit_codes else []
    if lacking and edition >= Edition.V0_5:
        raise InvalidMessage(_FORM, *lacking)
    if edition >= Edition.V0_4:
        given_by = form.brought_in.actor if form.brought_in else form.submitted_by
        wrong = policy_problem(form.policy, given_by, roster=form.roster is not None)
        if wrong:
            raise InvalidMessage(_FORM, wrong)
        if given_by and is_own(form.policy):
            for why in own_body(given_by, form.operator, form.lead_unit, edition):
                raise InvalidMessage(_FORM, FieldError("policy", why))
    before = form.previous.log_hash if form.previous else BEGINNING
    case: Case[PlatformState] = Case.open(
        application_content(form), at, before, actor=form.submitted_by, edition=edition
    )
    case.keep_plan(case.state, as_sent(form.plan))
    if form.brought_in:
        brought_in = as_sent(form.brought_in)
        if form.policy.decisions_name_case and form.brought_in.case is None:
            # It is about the term that it opens.
            brought_in["case"] = {"platform_id": form.platform_id, "term": form.term}
        try:
            case.decide(brought_in, at)
        except Refused as error:
            refusal = error.refusal
            en, zh = f"{refusal.en} ({refusal.rule})", f"{refusal.zh}（{refusal.rule}）"
            raise invalid(_FORM, "brought_in", en, zh) from None
    return case


def _roster_problem(form: PlatformApplication, *, goes_on: bool) -> FieldError | None:
    """Return why decisions on a platform could not be held against a roster."""
    if form.roster is None:
        if form.policy.authorship is Authorship.REQUIRED:
            return FieldError("roster", _NO_ROSTER)
        return None
    fault = None if goes_on else root_fault(form.roster, None)
    return FieldError("roster", fault) if fault else None


_NO_ROSTER = Words(
    "is needed where policy.authorship is required: the newest version of the roster, with its signatures"
    " (`pingtai roster init` sets one up)",
    "policy.authorship 为 required 的须填写：最新版人员目录及其签名（`pingtai roster init` 可设立）",
)
