"""The commands by which people decide, one for each kind of decision: what each does, by which rule."""

from starter.commands.decision_form import DecisionForm
from workflows.vocabulary import Kind
from workflows.words import Words

FORMS: dict[Kind, DecisionForm] = {
    form.kind: form
    for form in (
        DecisionForm(
            "recommend",
            Kind.RECOMMENDATION,
            Words(
                "The operator's plan says its approach, goals, key tasks and safeguards. The "
                "platform's own district recommends it, returns it for correction, or declines.",
                "平台运营单位编制建设方案，明确思路、目标、重点任务和保障措施。由平台所在区推荐、"
                "退回修改或不予推荐。",
            ),
            "pingtai recommend bj-water-membrane --outcome recommended --opinion '同意推荐。' \\\n"
            "    --actor miyun-kw-02 --organisation 密云区科技主管部门 --district miyun",
        ),
        DecisionForm(
            "inspect",
            Kind.INSPECTION,
            Words(
                "On site the commission looks at seven things, with a finding for each: passed, "
                "returned or failed. A platform that passed with corrections files an improved plan "
                "first.",
                "现场核查建设基础、场地、设备、设施、相关配套条件、技术团队、运营团队，逐项给出意见。"
                "通过但有修改意见的，须先完善方案。",
            ),
            "pingtai inspect bj-water-membrane --outcome passed --finding all=satisfactory \\\n"
            "    --finding 'site=to_improve:二层通风不足' --correction '补充通风方案' \\\n"
            "    --inspector '核查员1（市科委、中关村管委会）' \\\n"
            "    --actor commission-07 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "revise",
            Kind.PLAN_REVISION,
            Words(
                "The operator files a new version of the plan: improved after the "
                "inspection, or corrected when it was returned. All versions are kept.",
                "平台运营单位根据核查或退回意见修改完善建设方案。各版本均予保留。",
            ),
            "pingtai revise bj-water-membrane --plan plan.md --changes '补充通风方案' \\\n"
            "    --actor op-0036 --organisation 北京清栎膜技术服务有限公司",
        ),
        DecisionForm(
            "opine",
            Kind.EXPERT_OPINION,
            Words(
                "Experts of technology, industry, commercialisation and management discuss the plan; "
                "none belongs to the lead unit or the operator. The conclusion needs the policy's "
                "majority.",
                "组织技术、产业、转化、管理等方面专家对方案进行论证，专家不得来自牵头单位或运营单位，"
                "结论须达到规定的多数。",
            ),
            "pingtai opine bj-water-membrane --outcome supported --opinion '方案可行。' \\\n"
            "    --expert '专家甲,technology,某研究所,supported' --expert '专家乙,产业,某协会,支持' \\\n"
            "    --expert '专家丙,commercialisation,某基金,supported' \\\n"
            "    --expert '专家丁,management,某大学,supported' \\\n"
            "    --expert '专家戊,technology,某大学,supported' \\\n"
            "    --actor commission-05 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "list",
            Kind.LISTING,
            Words(
                "On a supporting opinion the commission includes the platform in a numbered list, or "
                "does not. Included, it is valid for three years.",
                "专家论证支持的，由市科委、中关村管委会纳入北京市共性技术平台名单并编号，有效期三年；"
                "或不予纳入。",
            ),
            "pingtai list bj-water-membrane --outcome included --list-number 2026-3 \\\n"
            "    --certificate-number BJPT-2026-031 --actor commission-02 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "bring-in",
            Kind.BRINGING_IN,
            Words(
                "A platform that was listed before it came here: on which list, since when, with "
                "which assessments, by which documents. It is valid for the time that is left.",
                "此前已纳入名单的平台：名单批次、纳入日期、已结束的年度考核及依据文件。"
                "转入后按剩余有效期管理。",
            ),
            "pingtai bring-in bj-water-membrane --list-number 2024-1 --listed-on 2024-12-20 \\\n"
            "    --certificate-number BJPT-2024-009 --date 2026-11-01 \\\n"
            "    --document 名单公告.pdf --assessment 1:effective:2025-11-28:考核结论.pdf \\\n"
            "    --actor commission-02 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "withdraw",
            Kind.WITHDRAWAL,
            Words(
                "The operator may withdraw at any time before the term ends. It ends the term.",
                "平台运营单位在本期结束前可随时撤回。撤回后本期结束。",
            ),
            "pingtai withdraw bj-water-membrane --reason '调整建设计划' \\\n"
            "    --actor op-0036 --organisation 北京清栎膜技术服务有限公司",
        ),
        DecisionForm(
            "next-term",
            Kind.NEXT_TERM,
            Words(
                "In the last 180 days of validity the operator may apply for the next term, which begins "
                "the moment validity ends. A later application takes the place of the one before; until "
                "the end it can be taken back.",
                "有效期最后 180 天内可提交下一期申请，有效期届满时下一期随即开始。重新提交的替代前一份，"
                "届满前可撤回。",
            ),
            "pingtai next-term bj-water-membrane --application application-2.json \\\n"
            "    --actor op-0036 --organisation 北京清栎膜技术服务有限公司",
        ),
        DecisionForm(
            "change",
            Kind.FACTS_CHANGE,
            Words(
                "The commission changes the facts of a platform on a document: name, operator, lead "
                "unit, district, field, direction, services. What is left out stays.",
                "市科委、中关村管委会依据材料变更平台名称、运营单位、牵头单位、所在区、领域、布局方向"
                "或技术服务；未填写的不变。自变更之时起生效，此前情况可按日期查询。",
            ),
            "pingtai change bj-water-membrane --requested-by operator \\\n"
            "    --new-operator 北京清栎膜科技有限公司,91119999MA0009961A --reason '运营单位更名' \\\n"
            "    --document 名称变更通知.pdf \\\n"
            "    --actor commission-02 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "suspend",
            Kind.SUSPENSION,
            Words(
                "The commission suspends a platform on a document: no step runs late and support is "
                "refused; its validity runs on.",
                "市科委、中关村管委会依据材料暂停平台：各环节停止计时，不予登记支持，有效期照常计算。",
            ),
            "pingtai suspend bj-water-membrane --reason '场地搬迁' \\\n"
            "    --document 搬迁说明.pdf --actor commission-02 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "resume",
            Kind.RESUMPTION,
            Words(
                "The commission ends a suspension: the step goes on with the days that were left.",
                "市科委、中关村管委会恢复平台：各环节按剩余期限继续计时。",
            ),
            "pingtai resume bj-water-membrane --reason '搬迁完成' \\\n"
            "    --document 验收意见.pdf --actor commission-02 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "terminate",
            Kind.TERMINATION,
            Words(
                "The commission ends the term on a document: the operator was dissolved, never "
                "answers, or the plan is moot. An open assessment ends with it.",
                "运营单位注销、长期不予修改或方案不再实施的，市科委、中关村管委会依据材料终止本期；"
                "进行中的年度考核随之终止。",
            ),
            "pingtai terminate bj-water-membrane --reason '运营单位已注销' \\\n"
            "    --document 注销登记.pdf --actor commission-02 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "report",
            Kind.SELF_REPORT,
            Words(
                "Each year the operator reports on four groups and brings the operating mechanisms up "
                "to date. Once the report is overdue, the commission may go on without it, saying "
                "why.",
                "平台运营单位每年按四个方面报告情况，并更新运作机制。逾期未提交的，市科委、"
                "中关村管委会可说明理由后继续考核。",
            ),
            "pingtai report bj-water-membrane --mechanisms mechanisms.json \\\n"
            "    --group 'facilities_and_equipment=新增三台设备' --group 'teams=团队稳定' \\\n"
            "    --group 'management_and_mechanisms=运行正常' --group 'service_and_impact=服务企业40家' \\\n"
            "    --actor op-0036 --organisation 北京清栎膜技术服务有限公司",
        ),
        DecisionForm(
            "review",
            Kind.DISTRICT_REVIEW,
            Words(
                "The commission assesses together with the district, which gives its view of the year, "
                "and of the rectification before a reassessment. Once the view is overdue, the "
                "commission may go on without it, saying why.",
                "市科委、中关村管委会会同所在区考核：所在区对年度情况提出意见，整改后考核前对整改情况"
                "提出意见。逾期未提出的，市科委、中关村管委会可说明理由后继续。",
            ),
            "pingtai review bj-water-membrane --view '平台服务区内企业成效明显。' \\\n"
            "    --actor miyun-kw-02 --organisation 密云区科技主管部门 --district miyun",
        ),
        DecisionForm(
            "evaluate",
            Kind.EVALUATION,
            Words(
                "A finding for each of four groups, and the conclusion: effective, or not effective "
                "with what to rectify by when. People conclude; scores inform.",
                "对四个方面逐项给出意见，结论为成效显著或成效不明显；成效不明显的写明整改内容和期限。"
                "分数仅供参考。",
            ),
            "pingtai evaluate bj-water-membrane --outcome not_effective --finding all=satisfactory \\\n"
            "    --finding 'service_and_impact=unsatisfactory:服务不足@52' \\\n"
            "    --mend '对外服务机时提高到四成' --mend-by 2027-06-30 \\\n"
            "    --actor commission-11 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "rectify",
            Kind.RECTIFICATION_REPORT,
            Words(
                "The operator reports on the rectification. Once the report is overdue, the commission "
                "may go on without it, saying why.",
                "平台运营单位报告整改情况。逾期未提交的，市科委、中关村管委会可说明理由后继续。",
            ),
            "pingtai rectify bj-water-membrane --mended '对外服务机时已达四成二' \\\n"
            "    --actor op-0036 --organisation 北京清栎膜技术服务有限公司",
        ),
        DecisionForm(
            "reassess",
            Kind.REASSESSMENT,
            Words(
                "After rectification the same four groups are assessed again: met, the platform stays "
                "in; not met, it is no longer in the list from that day on.",
                "整改后按同样四个方面再次考核：符合要求的保留；仍不符合要求的，自当日起不再纳入。",
            ),
            "pingtai reassess bj-water-membrane --outcome met --finding all=satisfactory@80 \\\n"
            "    --actor commission-11 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "set-aside",
            Kind.SET_ASIDE,
            Words(
                "The commission corrects a wrong decision on the record: it and all that followed "
                "from it stay in the log, marked, and the case stands again where it was awaited.",
                "对错误的决定可予撤销更正：该决定及其后续均保留在记录中并注明，"
                "事项恢复到作出该决定之前的状态。",
            ),
            "pingtai set-aside bj-water-membrane --decision d-7 --reason '核查对象有误' \\\n"
            "    --actor commission-02 --organisation 市科委、中关村管委会",
        ),
        DecisionForm(
            "record",
            Kind.SUPPORT,
            Words(
                "While it is valid, and only then, a platform may enjoy support: fiscal, tax, "
                "finance, talent, intellectual property. What was given is recorded.",
                "有效期内的平台可享受财政、税收、金融、人才、知识产权等支持政策。"
                "所给予的支持予以登记。",
            ),
            "pingtai support record bj-water-membrane --support tax --given-on 2026-05-06 \\\n"
            "    --title 研发费用加计扣除 --actor commission-02 --organisation 市科委、中关村管委会",
            summary="Record support that was given to a valid platform. 支持记录 §四",
        ),
    )
}
"""The form of each kind of decision."""
