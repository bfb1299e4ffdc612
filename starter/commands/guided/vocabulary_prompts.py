"""What the guided form says: the rule of each kind of decision, and names for what is asked."""

from starter.terminal.language import say
from workflows.vocabulary import Kind

RULES: dict[Kind, tuple[str, str]] = {
    Kind.RECOMMENDATION: (
        "The operator's plan says its approach, goals, key tasks and safeguards. The platform's own"
        " district recommends it, returns it for correction, or declines.",
        "平台运营单位编制建设方案，明确思路、目标、重点任务和保障措施。由平台所在区推荐、退回修改或不予推荐。",
    ),
    Kind.INSPECTION: (
        "On site the commission looks at seven things, with a finding for each: passed, returned or"
        " failed. A platform that passed with corrections files an improved plan first.",
        "现场核查建设基础、场地、设备、设施、相关配套条件、技术团队、运营团队，逐项给出意见。"
        "通过但有修改意见的，须先完善方案。",
    ),
    Kind.PLAN_REVISION: (
        "The operator files the plan anew, improved after the inspection or corrected when it was"
        " returned. All versions are kept.",
        "平台运营单位根据核查或退回意见修改完善建设方案。各版本均予保留。",
    ),
    Kind.EXPERT_OPINION: (
        "Experts of technology, industry, commercialisation and management discuss the plan; none"
        " belongs to the lead unit or the operator. The conclusion needs the policy's majority.",
        "组织技术、产业、转化、管理等方面专家对方案进行论证，专家不得来自牵头单位或运营单位，"
        "结论须达到规定的多数。",
    ),
    Kind.LISTING: (
        "On a supporting opinion the commission includes the platform in a numbered list, or does"
        " not. Included, it is valid for three years.",
        "专家论证支持的，由市科委、中关村管委会纳入北京市共性技术平台名单并编号，有效期三年；或不予纳入。",
    ),
    Kind.BRINGING_IN: (
        "A platform that was listed before it came here: on which list, since when, with which"
        " assessments, by which documents. It is valid for the time that is left.",
        "此前已纳入名单的平台：名单批次、纳入日期、已结束的年度考核及依据文件。转入后按剩余有效期管理。",
    ),
    Kind.WITHDRAWAL: (
        "The operator may withdraw at any time before the term ends. It ends the term.",
        "平台运营单位在本期结束前可随时撤回。撤回后本期结束。",
    ),
    Kind.SET_ASIDE: (
        "The commission corrects a wrong decision on the record: it and all that followed from it"
        " stay in the log, marked, and the case stands again where it was awaited.",
        "对错误的决定可予撤销更正：该决定及其后续均保留在记录中并注明，事项恢复到作出该决定之前的状态。",
    ),
    Kind.SUPPORT: (
        "While it is valid, and only then, a platform may enjoy support: fiscal, tax, finance,"
        " talent, intellectual property. What was given is recorded.",
        "有效期内的平台可享受财政、税收、金融、人才、知识产权等支持政策。所给予的支持予以登记。",
    ),
    Kind.SELF_REPORT: (
        "Each year the operator reports on four groups and brings the operating mechanisms up to"
        " date. Once the report is overdue, the commission may go on without it, saying why.",
        "平台运营单位每年按四个方面报告情况，并更新运作机制。逾期未提交的，市科委、中关村管委会可说明理由后继续考核。",
    ),
    Kind.DISTRICT_REVIEW: (
        "The commission assesses the year together with the district, which gives its view.",
        "市科委、中关村管委会会同所在区进行年度考核，所在区提出意见。",
    ),
    Kind.EVALUATION: (
        "A finding for each of four groups, and the conclusion: effective, or not effective with"
        " what to mend and by when. People conclude; scores inform.",
        "对四个方面逐项给出意见，结论为成效显著或成效不明显；成效不明显的写明整改内容和期限。分数仅供参考。",
    ),
    Kind.RECTIFICATION_REPORT: (
        "The operator reports what was mended. Once that is overdue, the commission may go on"
        " without it, saying why.",
        "平台运营单位报告整改情况。逾期未提交的，市科委、中关村管委会可说明理由后继续。",
    ),
    Kind.REASSESSMENT: (
        "After rectification the same four groups are assessed again: met, the platform stays in;"
        " not met, it is no longer in the list from that day on.",
        "整改后按同样四个方面再次考核：符合要求的保留；仍不符合要求的，自当日起不再纳入。",
    ),
}
"""What the rulebook says of each step."""

NAMES: dict[str, tuple[str, str]] = {
    "outcome": ("Outcome", "结论"),
    "opinion": ("Opinion", "意见"),
    "findings": ("Findings", "逐项意见"),
    "corrections": ("Corrections", "修改意见"),
    "plan": ("The new plan (a JSON file)", "新的建设方案（JSON 文件）"),
    "changes": ("What was changed", "修改说明"),
    "panel": ("Panel", "专家组"),
    "list_number": ("Number of the list", "名单批次"),
    "certificate_number": ("Number of the certificate", "证书编号"),
    "listed_on": ("Listed on", "纳入日期"),
    "last_day": ("Valid until", "有效期至"),
    "term": ("Term", "期次"),
    "assessments": ("Assessments that have ended", "已结束的年度考核"),
    "reason": ("Reason", "理由"),
    "groups": ("Report on each group", "各组情况"),
    "mechanisms": ("Operating mechanisms (a JSON file)", "运作机制（JSON 文件）"),
    "view": ("The district's view", "区意见"),
    "to_mend": ("To be mended", "整改内容"),
    "mend_by": ("Last day for the rectification report", "整改期限"),
    "mended": ("What was mended", "整改情况"),
    "target": ("Id of the wrong decision", "被撤销决定的编号"),
    "year": ("Year of the assessment", "考核年度"),
    "support": ("Kind of support", "支持类别"),
    "given_on": ("Given on", "给予日期"),
    "title": ("What it was", "名称"),
    "amount_wan": ("Amount in 万元", "金额（万元）"),
    "decision_id": ("Decision id", "决定编号"),
    "decided_on": ("Day of the decision", "决定日期"),
    "documents": ("Document (NAME=FILE)", "文件（名称=文件路径）"),
    "note": ("Note", "备注"),
    "actor": ("By", "经办"),
    "id": ("Your id", "经办人编号"),
    "role": ("In what role", "身份"),
    "organisation": ("Your organisation", "单位"),
    "district": ("Your district", "所在区"),
}
"""What a field is called where it is asked for and summed up."""


def rule(kind: Kind) -> str:
    """The rulebook's word on a kind of decision, with its article."""
    en, zh = RULES[kind]
    return say(f"{kind.article}  {en}", f"{kind.article}　{zh}")


def name(field: str) -> str:
    """What a field is called."""
    return say(*NAMES.get(field, (field, field)))
