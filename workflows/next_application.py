"""The decision by which an operator applies for the next term while this one lasts (§四): `next_term.py`."""

from typing import Annotated, Literal

from workflows.application import PlatformApplication
from workflows.decision import Filing
from workflows.field_labels import Label
from workflows.model import Text
from workflows.vocabulary import NextTermOutcome
from workflows.words import Words

_HANDED_IN = (NextTermOutcome.FILED,)


class NextTerm(Filing):
    """The operator's application for the next term (§四), which begins when validity ends; or its taking back.

    A later one takes the place of the one before.
    """

    kind: Literal["next_term"]
    outcome: Annotated[NextTermOutcome, Label("outcome", "提交情况")] = NextTermOutcome.FILED
    application: Annotated[
        PlatformApplication | None,
        Label(
            "application",
            "申请",
            only_for=_HANDED_IN,
            needed_for=_HANDED_IN,
            help=Words(
                "Without term and previous, which are filled in.", "不填期次和上一期，由系统填写。"
            ),
        ),
    ] = None
    reason: Annotated[
        Text | None, Label("reason", "理由", only_for=(NextTermOutcome.TAKEN_BACK,))
    ] = None
