"""A platform's case opened by its application; with what it brings in, where it was listed before.

Pure: the workflow opens its case so, and whoever applies asks beforehand whether it would open.
"""

from datetime import datetime

from workflows.application import PlatformApplication
from workflows.case import Case
from workflows.model import InvalidMessage, said
from workflows.record import BEGINNING
from workflows.refusal import Refused
from workflows.state import PlatformState, applied


def open_platform(form: PlatformApplication, at: datetime) -> Case[PlatformState]:
    """The case of a term that is applied for, as it stands when it is opened.

    Raises:
        InvalidMessage: the rules refuse what it brings in; says why.
    """
    before = form.previous.log_hash if form.previous else BEGINNING
    case: Case[PlatformState] = Case.open(applied(form), at, before, form.submitted_by)
    case.keep_plan(case.state, said(form.plan))
    if form.brought_in:
        try:
            case.decide(said(form.brought_in), at)
        except Refused as error:
            why = error.refusal
            problem = ("brought_in", f"{why.en} ({why.rule})", f"{why.zh}（{why.rule}）")
            raise InvalidMessage("PlatformApplication", (problem,)) from None
    return case
