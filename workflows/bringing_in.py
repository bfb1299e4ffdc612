"""A platform that was listed before it came here (既有平台转入): how its term stood on a day.

The commission says so, on documents; nobody decides it here. What a past must not be, whoever tells
it, is checked by the message itself; what needs the case's policy or the clock, by `content.py` and
`rules.py`.
"""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from workflows.actors import Document
from workflows.decision import Decision
from workflows.model import Day, Identifier, Message, wrong
from workflows.periods import anniversary

NOT_MET = "not_met"


class PastAssessment(Message):
    """A yearly assessment (§六) that ended before the platform was brought in; `year` counts in the term."""

    year: int = Field(ge=1, le=10)
    result: Literal["effective", "met", "not_met"]
    concluded_on: Day
    documents: tuple[Document, ...] = Field(min_length=1, max_length=20)


class BringingIn(Decision):
    """The commission brings in a term that was listed elsewhere (§四, last paragraph, and §六).

    `decided_on` is the day on which it stood so; `documents` are those that say so, at least one.
    """

    only_outcome: ClassVar[str] = "brought_in"

    kind: Literal["bringing_in"]
    term: int = Field(default=1, ge=1, le=99)
    list_number: Identifier
    certificate_number: Identifier
    listed_on: Day
    last_day: Day | None = None
    """The last day of validity, where the certificate names it: compared with the guideline's."""
    assessments: tuple[PastAssessment, ...] = Field(default=(), max_length=10)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not self.documents:
            raise wrong(
                "what is brought in rests on a document: name at least one",
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
