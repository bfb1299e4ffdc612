"""A platform that was listed before it came here (既有平台转入): how its term stood on a day.

The commission states it, on documents; nothing is decided anew. An impossible past is refused by the
message itself; what depends on the case's policy or the clock, by `content_checks.py`.
"""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from workflows.actors import Document
from workflows.decision import Decision
from workflows.field_labels import Label
from workflows.model import Day, Message, OfficialNumber, wrong
from workflows.periods import anniversary
from workflows.vocabulary import SoleOutcome, Word
from workflows.words import Words

NOT_MET = "not_met"


class PastAssessment(Message):
    """A yearly assessment (§六) that ended before the platform was brought in; `year` counts in the term."""

    year: Annotated[int, Label("year of the term", "考核年度")] = Field(ge=1, le=10)
    result: Annotated[Literal["effective", "met", "not_met"], Label("conclusion", "考核结论")]
    concluded_on: Annotated[Day, Label("date of the conclusion", "结论日期")]
    documents: Annotated[tuple[Document, ...], Label("documents", "依据文件")] = Field(
        min_length=1, max_length=20
    )


class BringingIn(Decision):
    """The commission brings in a term that was listed elsewhere (§四, last paragraph, and §六).

    `decided_on` is the day on which it stood so; `documents` are those that say so, at least one.
    """

    only_outcome: ClassVar[Word] = SoleOutcome.BROUGHT_IN

    kind: Literal["bringing_in"]
    decided_on: Annotated[Day, Label("as of", "情况截至日期")]
    term: Annotated[int, Label("term", "期次", rare=True)] = Field(default=1, ge=1, le=99)
    list_number: Annotated[OfficialNumber, Label("list number", "名单批次", "§四(四)")]
    certificate_number: Annotated[OfficialNumber, Label("certificate number", "证书编号", "§四")]
    listed_on: Annotated[Day, Label("listed on", "纳入日期", "§四(四)")]
    last_day: Annotated[
        Day | None,
        Label(
            "last day of validity",
            "有效期至",
            "§四",
            rare=True,
            help=Words(
                "As the certificate says: compared with the guideline's.",
                "按证书填写，与《指引》规定的期限核对。",
            ),
        ),
    ] = None
    assessments: Annotated[
        tuple[PastAssessment, ...],
        Label("assessments already ended", "已结束的年度考核", "§六", rare=True),
    ] = Field(default=(), max_length=10)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.documents:
            raise wrong(
                "an existing platform needs a document: name at least one",
                "转入须有依据：documents 至少一份",
            )
        if self.listed_on > self.decided_on:
            raise wrong(
                f"listed_on {self.listed_on} lies after decided_on {self.decided_on}, the day on which"
                " it stood so",
                f"listed_on {self.listed_on} 晚于 decided_on {self.decided_on}",
            )
        before = self.listed_on
        for number, past in enumerate(self.assessments, 1):
            if past.year != number:
                raise wrong(
                    f"assessments go year by year: year {number} is missing, none is skipped (§六)",
                    f"年度考核须逐年列出：缺第 {number} 年（§六）",
                )
            if number > 1 and self.assessments[number - 2].result == NOT_MET:
                raise wrong(
                    f"an assessment of year {number} after the platform was delisted in year"
                    f" {number - 1} (§六)",
                    f"第 {number - 1} 年已不再纳入，不应有第 {number} 年考核（§六）",
                )
            after = max(before, anniversary(self.listed_on, number - 1))
            if not after < past.concluded_on <= self.decided_on:
                raise wrong(
                    f"the assessment of year {number} was concluded on {past.concluded_on}: it lies"
                    f" after {after} and not after {self.decided_on}",
                    f"第 {number} 年考核日期 {past.concluded_on} 须在 {after} 之后且不晚于"
                    f" {self.decided_on}",
                )
            before = past.concluded_on
        return self
