"""The decisions on a platform's way in (§四): what their commands ask for."""

from typing import Any

from starter.commands.decision_form import Asked, DecisionForm, Part, from_file, number, several
from starter.commands.notation import expert, findings, past_assessment
from workflows.vocabulary import (
    InspectionItem,
    InspectionOutcome,
    Kind,
    ListingOutcome,
    OpinionOutcome,
    RecommendationOutcome,
)


def _items(given: Any, before: Any) -> Any:
    return findings(given, before, InspectionItem, scored=False)


def _panel(given: Any, before: Any) -> Any:
    return [expert(one) for one in given]


def _assessments(given: Any, before: Any) -> Any:
    return [past_assessment(one) for one in given]


RECOMMEND = DecisionForm(
    "recommend",
    Kind.RECOMMENDATION,
    "The district recommends a plan, returns it or declines. 区推荐 §四(一)",
    (
        Part(
            "--outcome",
            "outcome",
            "结论: 推荐 | 退回修改 | 不予推荐",
            choices=RecommendationOutcome,
        ),
        Part("--opinion", "opinion", "The district's opinion. 推荐意见"),
    ),
    "pingtai recommend bj-water-membrane --outcome recommended --opinion '同意推荐。' \\\n"
    "    --actor kw-01 --organisation 密云区科技主管部门 --district miyun",
)

INSPECT = DecisionForm(
    "inspect",
    Kind.INSPECTION,
    "The commission's on-site inspection: seven findings and the outcome. 现场核查 §四(二)",
    (
        Part("--outcome", "outcome", "结论: 通过 | 退回修改 | 不通过", choices=InspectionOutcome),
        Part(
            "--finding",
            "findings",
            "What was found of one item; all=... is for those not named."
            f" 核查意见. ITEM: {', '.join(InspectionItem)}",
            read=_items,
            metavar="ITEM=FINDING[:REMARK]",
            many=True,
            asked=Asked.FINDINGS,
            items=InspectionItem,
        ),
        Part(
            "--correction",
            "corrections",
            "What is to be corrected. 修改意见",
            several,
            many=True,
            asked=Asked.LINES,
            only_for=(InspectionOutcome.PASSED, InspectionOutcome.RETURNED),
            needed_for=(InspectionOutcome.RETURNED,),
        ),
    ),
    "pingtai inspect bj-water-membrane --outcome passed --finding all=satisfactory \\\n"
    "    --finding 'site=to_improve:二层通风不足' --correction '补充通风方案' \\\n"
    "    --actor c-07 --organisation 市科委、中关村管委会",
)

REVISE = DecisionForm(
    "revise",
    Kind.PLAN_REVISION,
    "The operator files an improved or corrected plan. 方案修改完善 §四(二)",
    (
        Part(
            "--plan",
            "plan",
            "The whole new plan, as JSON. 建设方案",
            from_file,
            metavar="FILE",
            asked=Asked.FILE,
        ),
        Part("--changes", "changes", "What was changed. 修改说明"),
    ),
    "pingtai revise bj-water-membrane --plan plan-2.json --changes '补充通风方案' \\\n"
    "    --actor op-01 --organisation 北京清栎膜技术服务有限公司",
)

OPINE = DecisionForm(
    "opine",
    Kind.EXPERT_OPINION,
    "The expert panel's opinion, with its members and their votes. 专家论证 §四(三)",
    (
        Part("--outcome", "outcome", "结论: 支持 | 退回修改 | 不支持", choices=OpinionOutcome),
        Part("--opinion", "opinion", "The panel's opinion. 论证意见"),
        Part(
            "--expert",
            "panel",
            "A member of the panel. 专家. FIELD: technology, industry, commercialisation,"
            " management; VOTE: supported, returned, not_supported",
            read=_panel,
            metavar="NAME,FIELD,ORGANISATION,VOTE",
            many=True,
            asked=Asked.PANEL,
        ),
    ),
    "pingtai opine bj-water-membrane --outcome supported --opinion '方案可行。' \\\n"
    "    --expert '专家甲,technology,某研究所,supported' --expert '专家乙,产业,某协会,支持' \\\n"
    "    --expert '专家丙,commercialisation,某基金,supported' \\\n"
    "    --expert '专家丁,management,某大学,supported' \\\n"
    "    --expert '专家戊,technology,某大学,supported' \\\n"
    "    --actor c-05 --organisation 市科委、中关村管委会",
)

LIST = DecisionForm(
    "list",
    Kind.LISTING,
    "The commission includes the platform in a numbered list, or does not. 纳入名单 §四(四)",
    (
        Part("--outcome", "outcome", "结论: 纳入 | 不纳入", choices=ListingOutcome),
        Part(
            "--list-number",
            "list_number",
            "Number of the list. 名单批次",
            metavar="ID",
            only_for=(ListingOutcome.INCLUDED,),
            needed_for=(ListingOutcome.INCLUDED,),
        ),
        Part(
            "--certificate-number",
            "certificate_number",
            "Number of the certificate. 证书编号",
            metavar="ID",
            only_for=(ListingOutcome.INCLUDED,),
            needed_for=(ListingOutcome.INCLUDED,),
        ),
    ),
    "pingtai list bj-water-membrane --outcome included --list-number 2026-3 \\\n"
    "    --certificate-number BJPT-2026-031 --actor c-01 --organisation 市科委、中关村管委会",
)

BRING_IN = DecisionForm(
    "bring-in",
    Kind.BRINGING_IN,
    "The commission says how a term stands that was listed before it came here. 既有平台转入 §四",
    (
        Part("--list-number", "list_number", "Number of the list. 名单批次", metavar="ID"),
        Part(
            "--certificate-number",
            "certificate_number",
            "Number of the certificate. 证书编号",
            metavar="ID",
        ),
        Part("--listed-on", "listed_on", "When it was listed. 纳入日期", metavar="YYYY-MM-DD"),
        Part(
            "--last-day",
            "last_day",
            "Until when it is valid, by its certificate: compared. 有效期至",
            metavar="YYYY-MM-DD",
            silent=True,
        ),
        Part(
            "--term",
            "term",
            "Which term it is. 期次 [default: 1]",
            read=number,
            asked=Asked.NUMBER,
            metavar="N",
            silent=True,
        ),
        Part(
            "--assessment",
            "assessments",
            "An assessment that has ended: effective, met or not_met. 已结束的年度考核",
            read=_assessments,
            metavar="YEAR:RESULT:DAY:NAME=FILE",
            many=True,
            silent=True,
        ),
    ),
    "pingtai bring-in bj-water-membrane --list-number 2024-1 --listed-on 2024-12-20 \\\n"
    "    --certificate-number BJPT-2024-009 --date 2026-11-01 \\\n"
    f"    --document 名单公告={'0' * 64} \\\n"
    f"    --assessment 1:effective:2025-11-28:考核结论={'0' * 64} \\\n"
    "    --actor c-01 --organisation 市科委、中关村管委会",
)

WITHDRAW = DecisionForm(
    "withdraw",
    Kind.WITHDRAWAL,
    "The operator withdraws, at any time before the term ends. 撤回 §四",
    (Part("--reason", "reason", "Why. 理由"),),
    "pingtai withdraw bj-water-membrane --reason '调整建设计划' \\\n"
    "    --actor op-01 --organisation 北京清栎膜技术服务有限公司",
)

PLATFORM_FORMS = (RECOMMEND, INSPECT, REVISE, OPINE, LIST, BRING_IN, WITHDRAW)
