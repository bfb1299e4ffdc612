"""What each column is called, in English and Chinese, and how its cells are written."""

from collections.abc import Mapping

from starter.commands.batch.lines import Words
from starter.commands.importing.columns import COLUMNS, Column, Holds
from workflows.vocabulary import Condition, PlanPart, Word

_PERSON: Mapping[str, Words] = {
    "id": ("id of the person", "经办人编号"),
    "role": ("role", "身份"),
    "organisation": ("organisation", "单位"),
    "district": ("district, of district staff", "所在区（区级人员填写）"),
    "acting_for.principal_id": ("absent person acted for", "被代理人编号"),
    "acting_for.first_day": ("first day of acting", "代理首日"),
    "acting_for.last_day": ("last day of acting", "代理末日"),
}
_PAST: Mapping[str, Words] = {
    "result": ("conclusion", "结论"),
    "concluded_on": ("day of the conclusion", "结论日期"),
    "documents": ("documents", "依据文件"),
}
_POLICY: Mapping[str, Words] = {
    "validity_years": ("years of validity", "有效期（年）"),
    "assessment_lead_days": ("assessment opens so many days before", "年度考核提前天数"),
    "assessment_opens_from_hour": ("assessments open from this hour", "考核启动时段起"),
    "assessment_opens_until_hour": ("assessments open until this hour", "考核启动时段止"),
    "recommendation_days": ("working days for the recommendation", "区推荐（工作日）"),
    "inspection_days": ("working days for the inspection", "现场核查（工作日）"),
    "improvement_days": ("working days for improving the plan", "方案完善（工作日）"),
    "expert_review_days": ("working days for the expert review", "专家论证（工作日）"),
    "listing_days": ("working days for the listing", "纳入名单（工作日）"),
    "self_report_days": ("working days for the yearly report", "年度报告（工作日）"),
    "district_review_days": ("working days for the district's review", "区意见（工作日）"),
    "evaluation_days": ("working days for the evaluation", "考核评价（工作日）"),
    "reassessment_days": ("working days for the reassessment", "整改后考核（工作日）"),
    "reminder_days": ("working days before a step is due: reminder", "到期前提醒（工作日）"),
    "escalate_every_days": ("days between notices of an overdue step", "逾期督办间隔（天）"),
    "resumed_days_at_least": ("working days left after a correction", "退改后最少剩余（工作日）"),
    "expiry_notice_days": ("days before the end of validity: notices", "期满前提示（天）"),
    "rectification_months": ("months for rectification", "整改期限（月）"),
    "experts_at_least": ("experts at least", "专家最少人数"),
    "majority_of": ("majority, as 2;3 for two thirds", "通过比例（2;3 即三分之二）"),
    "fields": ("fields of the policy", "适用领域"),
}
_NAMES: Mapping[str, Words] = {
    "application_id": ("number of the application, your own", "申请编号（自编，不得重复）"),
    "platform_id": ("id of the platform", "平台编号"),
    "name": ("name of the platform", "平台名称"),
    "operator.name": ("operator", "平台运营单位"),
    "lead_unit.name": ("lead unit", "牵头单位"),
    "lead_unit.kind": ("kind of lead unit (§三)", "牵头单位类型（§三）"),
    "district": ("district", "所在区"),
    "field": ("field (§三(二))", "领域（§三(二)）"),
    "services": ("services, one or more (§一)", "服务内容，可多选（§一）"),
    "direction": ("direction within the field", "布局方向"),
    "plan.mechanisms.legal_form": ("legal form (§五(一))", "法人形式（§五(一)）"),
    "plan.mechanisms.independent_by": (
        "aim of being independent by; needed where separately managed",
        "独立法人化目标日期（暂未独立法人化的必填）",
    ),
    "plan.mechanisms.membership": ("membership (§五(一))", "会员制度（§五(一)）"),
    "plan.mechanisms.fees": ("fees (§五(一))", "收费方式（§五(一)）"),
    "plan.mechanisms.autonomy": ("autonomy (§五(二))", "自主权（§五(二)）"),
    "plan.mechanisms.governance": ("bodies of governance (§五(二))", "治理机构与机制（§五(二)）"),
    "plan.mechanisms.funding": (
        "sources of funding; the shares add up to 100 (§五(三))",
        "资金来源，份额合计 100（§五(三)）",
    ),
    "plan.mechanisms.lead_unit_funding_wan": (
        "what the lead unit puts in, ten thousand yuan (§五(三))",
        "牵头单位投入（万元，§五(三)）",
    ),
    "plan.mechanisms.transfer": ("transfer of results (§五(四))", "成果转化方式（§五(四)）"),
    "brought_in.decision_id": (
        "id of the bringing in; empty: made of application_id",
        "转入编号（空则按 application_id 生成）",
    ),
    "brought_in.decided_on": ("day on which it stood so", "情况截至日期"),
    "brought_in.documents": ("documents that say so, at least one", "转入依据，至少一份"),
    "brought_in.note": ("remark", "备注"),
    "brought_in.term": ("which term it is", "期次"),
    "brought_in.list_number": ("number of the list", "名单批次"),
    "brought_in.certificate_number": ("number of the certificate", "证书编号"),
    "brought_in.listed_on": ("day of the listing", "纳入日期"),
    "brought_in.last_day": ("last day of validity, by the certificate", "有效期至（按证书）"),
}


def _label(name: str) -> Words:
    if name in _NAMES:
        return _NAMES[name]
    first, _, rest = name.partition(".")
    match first:
        case "conditions":
            condition, part = rest.split(".")
            en, zh = _with_article(Condition(condition))
            words = f"{en}: {part}", f"{zh}：{'说明' if part == 'statement' else '证明文件'}"
        case "plan":
            words = _with_article(PlanPart(rest.removeprefix("parts.")))
        case "policy":
            words = _POLICY[rest]
        case "submitted_by":
            words = _of(("submitted by", "提交人"), _PERSON[rest])
        case _ if rest.startswith("actor."):
            words = _of(("brought in by", "转入经办"), _PERSON[rest.removeprefix("actor.")])
        case _:
            _, year, part = rest.split(".")
            words = _of((f"assessment of year {year}", f"第 {year} 年考核"), _PAST[part])
    return words


def _of(whose: Words, what: Words) -> Words:
    return f"{whose[0]}: {what[0]}", f"{whose[1]}：{what[1]}"


def _with_article(word: Word) -> Words:
    return f"{word.replace('_', ' ')} ({word.article})", f"{word.zh}（{word.article}）"


LABELS: Mapping[str, Words] = {name: _label(name) for name in COLUMNS}
"""What each column is called."""


def label(field: str) -> Words:
    """What a field is called, also one within a column's value; empty where nobody knows it."""
    name = column_of(field)
    return LABELS.get(name, ("", ""))


def column_of(field: str) -> str:
    """The column in which a field of the message stands; the field itself where there is none."""
    parts = _counted(field, 1)
    for end in range(len(parts), 0, -1):
        name = ".".join(parts[:end])
        if name in COLUMNS:
            return name
    return field


def field_of(column: str) -> str:
    """The field of the message for which a column stands: JSON counts from zero."""
    return ".".join(_counted(column, -1))


def _counted(name: str, more: int) -> list[str]:
    parts = name.split(".")
    if parts[:2] == ["brought_in", "assessments"] and len(parts) > 2 and parts[2].isdecimal():
        parts[2] = str(int(parts[2]) + more)
    return parts


_HOW: Mapping[Holds, Words] = {
    Holds.DAY: ("a day: 2026-11-24", "日期：2026-11-24"),
    Holds.NUMBER: ("a whole number", "整数"),
    Holds.NUMBERS: ("whole numbers, separated by ;", "整数，以 ; 分隔"),
    Holds.WORD: ("one of the words", "从所列词语中选一"),
    Holds.WORDS: ("of the words, separated by ;", "所列词语，可多项，以 ; 分隔"),
    Holds.SHARES: ("SOURCE=SHARE in percent, separated by ;", "来源=份额（百分数），以 ; 分隔"),
}


def how(column: Column) -> Words:
    """How a cell of a column is written."""
    most = column.longest
    if column.holds is Holds.DOCUMENTS:
        return (
            f"NAME=SHA256, separated by ; ({most} at most)",
            f"名称=SHA256，以 ; 分隔（最多 {most} 份）",
        )
    if column.holds is Holds.TEXT and most:
        return f"text, {most:,} characters at most", f"文字，最多 {most:,} 字"
    return _HOW.get(
        column.holds,
        (
            "letters, digits, dots, dashes, underscores; 64 at most",
            "字母、数字、点、横线、下划线，最多 64 个",
        ),
    )
