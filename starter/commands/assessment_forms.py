"""The decisions of a yearly assessment (§六): what their commands ask for."""

from typing import Any

from starter.commands.decision_form import Asked, DecisionForm, Part, from_file, several
from starter.commands.notation import findings, texts
from workflows.vocabulary import (
    EvaluationOutcome,
    FilingOutcome,
    IndicatorGroup,
    Kind,
    ReassessmentOutcome,
)


def _texts(given: Any, before: Any) -> Any:
    return texts(given, before, IndicatorGroup)


def _groups(given: Any, before: Any) -> Any:
    return findings(given, before, IndicatorGroup, scored=True)


def _not_filed(given: Any, before: Any) -> Any:
    return str(FilingOutcome.NOT_FILED)


_WITHOUT = Part(
    "--not-filed",
    "outcome",
    "The commission goes on without the overdue report. 逾期未提交",
    read=_not_filed,
    switch=True,
)
_REASON = Part(
    "--reason",
    "reason",
    "With --not-filed: why. 理由",
    only_for=(FilingOutcome.NOT_FILED,),
    needed_for=(FilingOutcome.NOT_FILED,),
)
_FINDING = Part(
    "--finding",
    "findings",
    "What was found of one group, with a score of 0 to 100 if there is one; all=... is for those"
    f" not named. 考核意见. GROUP: {', '.join(IndicatorGroup)}",
    read=_groups,
    metavar="GROUP=FINDING[:REMARK][@SCORE]",
    many=True,
    asked=Asked.SCORED,
    items=IndicatorGroup,
)

REPORT = DecisionForm(
    "report",
    Kind.SELF_REPORT,
    "The operator's yearly report; or the commission goes on without it. 年度报告 §六",
    (
        Part(
            "--group",
            "groups",
            f"The report on one group. 各组情况. GROUP: {', '.join(IndicatorGroup)}",
            read=_texts,
            metavar="GROUP=TEXT",
            many=True,
            asked=Asked.TEXTS,
            items=IndicatorGroup,
            only_for=(FilingOutcome.FILED,),
            needed_for=(FilingOutcome.FILED,),
        ),
        Part(
            "--mechanisms",
            "mechanisms",
            "The operating mechanisms (§五) brought up to date, as JSON. 运作机制",
            read=from_file,
            metavar="FILE",
            asked=Asked.FILE,
            only_for=(FilingOutcome.FILED,),
            needed_for=(FilingOutcome.FILED,),
        ),
        _WITHOUT,
        _REASON,
    ),
    "pingtai report bj-water-membrane --mechanisms mechanisms.json \\\n"
    "    --group 'facilities_and_equipment=新增三台设备' --group 'teams=团队稳定' \\\n"
    "    --group 'management_and_mechanisms=运行正常' --group 'service_and_impact=服务企业40家' \\\n"
    "    --actor op-01 --organisation 北京清栎膜技术服务有限公司",
)

REVIEW = DecisionForm(
    "review",
    Kind.DISTRICT_REVIEW,
    "The district's view of the year. 区意见 §六",
    (Part("--view", "view", "The district's view. 区意见"),),
    "pingtai review bj-water-membrane --view '平台服务区内企业成效明显。' \\\n"
    "    --actor kw-01 --organisation 密云区科技主管部门 --district miyun",
)

EVALUATE = DecisionForm(
    "evaluate",
    Kind.EVALUATION,
    "The commission's evaluation of the year: four findings, the conclusion. 考核评价 §六",
    (
        Part("--outcome", "outcome", "结论: 成效显著 | 成效不明显", choices=EvaluationOutcome),
        _FINDING,
        Part(
            "--mend",
            "to_mend",
            "What is to be mended. 整改内容",
            several,
            many=True,
            asked=Asked.LINES,
            only_for=(EvaluationOutcome.NOT_EFFECTIVE,),
            needed_for=(EvaluationOutcome.NOT_EFFECTIVE,),
        ),
        Part(
            "--mend-by",
            "mend_by",
            "Last day for the rectification report. 整改期限 [default: six months]",
            metavar="YYYY-MM-DD",
            only_for=(EvaluationOutcome.NOT_EFFECTIVE,),
        ),
    ),
    "pingtai evaluate bj-water-membrane --outcome not_effective --finding all=satisfactory \\\n"
    "    --finding 'service_and_impact=unsatisfactory:对外服务不足@52' \\\n"
    "    --mend '对外服务机时提高到四成' --mend-by 2027-06-30 \\\n"
    "    --actor c-11 --organisation 市科委、中关村管委会",
)

RECTIFY = DecisionForm(
    "rectify",
    Kind.RECTIFICATION_REPORT,
    "The operator reports what was mended; or the commission goes on without it. 整改报告 §六",
    (
        Part(
            "--mended",
            "mended",
            "What was mended. 整改情况",
            read=several,
            many=True,
            asked=Asked.LINES,
            only_for=(FilingOutcome.FILED,),
            needed_for=(FilingOutcome.FILED,),
        ),
        _WITHOUT,
        _REASON,
    ),
    "pingtai rectify bj-water-membrane --mended '对外服务机时已达四成二' \\\n"
    "    --actor op-01 --organisation 北京清栎膜技术服务有限公司",
)

REASSESS = DecisionForm(
    "reassess",
    Kind.REASSESSMENT,
    "The commission's assessment after rectification, on the same four groups. 整改后考核 §六",
    (
        Part("--outcome", "outcome", "结论: 符合要求 | 仍不符合要求", choices=ReassessmentOutcome),
        _FINDING,
    ),
    "pingtai reassess bj-water-membrane --outcome met --finding all=satisfactory@80 \\\n"
    "    --actor c-11 --organisation 市科委、中关村管委会",
)

ASSESSMENT_FORMS = (REPORT, REVIEW, EVALUATE, RECTIFY, REASSESS)
