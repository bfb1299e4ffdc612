"""The words of the guideline 京科发〔2023〕25号, each with its Chinese term and its article.

Every word is a string, so that it reads the same in a history, in the register and on a screen.
"""

from workflows.words import BilingualEnum, Words


class Word(BilingualEnum):
    """A term of the field: `zh` is the guideline's own, `article` says where it stands."""

    def __init__(self, value: str, zh: str = "", article: str = "") -> None:
        super().__init__(value, zh)
        self.article = article


class Field(Word):
    """The fields that §三(二) names; its 等 leaves the list open, so a policy may add to it."""

    NEXT_GENERATION_IT = "next_generation_it", "新一代信息技术", "§三(二)"
    MEDICINE_AND_HEALTH = "medicine_and_health", "医药健康", "§三(二)"
    INTELLIGENT_EQUIPMENT = "intelligent_equipment", "智能装备", "§三(二)"
    ARTIFICIAL_INTELLIGENCE = "artificial_intelligence", "人工智能", "§三(二)"
    ENERGY_SAVING_AND_ENVIRONMENT = "energy_saving_and_environment", "节能环保", "§三(二)"
    INTEGRATED_CIRCUITS = "integrated_circuits", "集成电路", "§三(二)"


class District(BilingualEnum):
    """Beijing's sixteen districts with their GB/T 2260 codes, and the development area, which has none."""

    def __init__(self, value: str, zh: str, code: str) -> None:
        super().__init__(value, zh)
        self.code = code

    DONGCHENG = "dongcheng", "东城区", "110101"
    XICHENG = "xicheng", "西城区", "110102"
    CHAOYANG = "chaoyang", "朝阳区", "110105"
    FENGTAI = "fengtai", "丰台区", "110106"
    SHIJINGSHAN = "shijingshan", "石景山区", "110107"
    HAIDIAN = "haidian", "海淀区", "110108"
    MENTOUGOU = "mentougou", "门头沟区", "110109"
    FANGSHAN = "fangshan", "房山区", "110111"
    TONGZHOU = "tongzhou", "通州区", "110112"
    SHUNYI = "shunyi", "顺义区", "110113"
    CHANGPING = "changping", "昌平区", "110114"
    DAXING = "daxing", "大兴区", "110115"
    HUAIROU = "huairou", "怀柔区", "110116"
    PINGGU = "pinggu", "平谷区", "110117"
    MIYUN = "miyun", "密云区", "110118"
    YANQING = "yanqing", "延庆区", "110119"
    BEIJING_ETOWN = "beijing_etown", "北京经济技术开发区", ""

    @property
    def words(self) -> Words:
        """The names on signs and maps: people are not shown the code of a district."""
        en = f"{self.capitalize()} District" if self.code else "Beijing E-Town"
        return Words(en, self.zh)


class Service(Word):
    """What a platform offers (§一): one or more."""

    RESEARCH = "research", "研发", "§一"
    DESIGN = "design", "设计", "§一"
    PROCESSING = "processing", "加工", "§一"
    PRODUCTION = "production", "生产", "§一"
    COMMERCIAL_VALIDATION = "commercial_validation", "商业验证", "§一"
    OTHER = "other", "其他", "§一"
    """Its 等 leaves the list open: the application names them."""


class Origin(Word):
    """What a platform grows from (§二(四), §三): a centre that is there already, or nothing yet."""

    EXISTING_CENTRE = "existing_centre", "盘活存量", "§二(四)"
    NEW = "new", "培育增量", "§二(四)"


class LeadUnitKind(Word):
    """Who may lead a platform (§三)."""

    ENTERPRISE = "enterprise", "企业", "§三"
    UNIVERSITY = "university", "高等院校", "§三"
    RESEARCH_INSTITUTE = "research_institute", "科研机构", "§三"


class Condition(Word):
    """The five conditions of §三 that every application answers."""

    LEAD_UNIT_STRENGTH = "lead_unit_strength", "牵头单位实力", "§三(一)"
    STRATEGIC_FIT = "strategic_fit", "符合战略布局、领域和所在区产业", "§三(二)"
    PLAN_AND_ORGANISATION = "plan_and_organisation", "定位、内容、组织与持续运营能力", "§三(三)"
    RESOURCES_AND_TEAM = "resources_and_team", "场地、设备、设施与团队", "§三(四)"
    OPENNESS = "openness", "开放性", "§三(五)"


class PlanPart(Word):
    """The four parts of a plan (§四(一))."""

    APPROACH = "approach", "思路", "§四(一)"
    GOALS = "goals", "目标", "§四(一)"
    KEY_TASKS = "key_tasks", "重点任务", "§四(一)"
    SAFEGUARDS = "safeguards", "保障措施", "§四(一)"


class InspectionItem(Word):
    """The seven things that an on-site inspection looks at (§四(二))."""

    FOUNDATION = "foundation", "建设基础", "§四(二)"
    SITE = "site", "场地", "§四(二)"
    EQUIPMENT = "equipment", "设备", "§四(二)"
    FACILITIES = "facilities", "设施", "§四(二)"
    SUPPORTING_CONDITIONS = "supporting_conditions", "相关配套条件", "§四(二)"
    TECHNICAL_TEAM = "technical_team", "技术团队", "§四(二)"
    OPERATIONS_TEAM = "operations_team", "运营团队", "§四(二)"


class ExpertField(Word):
    """The four kinds of expert a panel must have (§四(三))."""

    TECHNOLOGY = "technology", "技术", "§四(三)"
    INDUSTRY = "industry", "产业", "§四(三)"
    COMMERCIALISATION = "commercialisation", "转化", "§四(三)"
    MANAGEMENT = "management", "管理", "§四(三)"


class IndicatorGroup(Word):
    """The four groups of indicators that a yearly assessment judges (§六)."""

    FACILITIES_AND_EQUIPMENT = "facilities_and_equipment", "软硬件设施、设备和条件", "§六"
    TEAMS = "teams", "技术和运营团队", "§六"
    MANAGEMENT_AND_MECHANISMS = "management_and_mechanisms", "管理体制和运作机制", "§六"
    SERVICE_AND_IMPACT = "service_and_impact", "共性技术研发和应用服务、支撑带动产业发展", "§六"


class Support(Word):
    """The kinds of support a valid platform may enjoy (§四, last paragraph)."""

    FISCAL = "fiscal", "财政", "§四"
    TAX = "tax", "税收", "§四"
    FINANCE = "finance", "金融", "§四"
    TALENT = "talent", "人才", "§四"
    INTELLECTUAL_PROPERTY = "intellectual_property", "知识产权", "§四"
    OTHER = "other", "其他", "§四"
    """等 leaves the list open: the title of the record names it."""


class Role(Word):
    """Who acts. The system itself takes no decision: what it notes are happenings."""

    OPERATOR = "operator", "平台运营单位", "§四(一)"
    DISTRICT = "district", "所在区", "§四(一)"
    COMMISSION = "commission", "市科委、中关村管委会", "§四"


class Stage(Word):
    """Where a platform stands: the steps of §四, being in, and how a term ended."""

    RECOMMENDATION = "recommendation", "待所在区推荐", "§四(一)"
    CORRECTION = "correction", "退回修改", "§四"
    INSPECTION = "inspection", "待现场核查", "§四(二)"
    IMPROVEMENT = "improvement", "方案完善", "§四(二)"
    EXPERT_REVIEW = "expert_review", "待专家论证", "§四(三)"
    LISTING = "listing", "待纳入名单", "§四(四)"
    VALID = "valid", "有效期内", "§四"
    EXPIRED = "expired", "有效期届满", "§四"
    DELISTED = "delisted", "已移出名单", "§六"
    DECLINED = "declined", "未通过", "§四"
    WITHDRAWN = "withdrawn", "已撤回", "§四"
    TERMINATED = "terminated", "已终止", "§四"


class AssessmentStage(Word):
    """Where a yearly assessment stands (§六), and how it ended."""

    SELF_REPORT = "self_report", "待年度报告", "§六"
    DISTRICT_REVIEW = "district_review", "待所在区意见", "§六"
    EVALUATION = "evaluation", "待考核评价", "§六"
    RECTIFICATION = "rectification", "整改中", "§六"
    REASSESSMENT_VIEW = "reassessment_view", "待所在区整改意见", "§六"
    REASSESSMENT = "reassessment", "待整改后考核", "§六"
    EFFECTIVE = "effective", "成效显著", "§六"
    UNMENDED = "not_effective_unmended", "成效不明显（有效期内不及整改）", "§六"
    MET = "met", "整改后符合要求", "§六"
    NOT_MET = "not_met", "整改后仍不符合要求", "§六"
    ENDED_WITH_VALIDITY = "ended_with_validity", "随有效期届满终止", "§四"
    ENDED_WITH_PLATFORM = "ended_with_platform", "随平台退出终止", "§四"


class Kind(Word):
    """The kinds of decision: each is the name of a signal, and the `kind` of an update."""

    RECOMMENDATION = "recommendation", "所在区推荐", "§四(一)"
    INSPECTION = "inspection", "现场核查", "§四(二)"
    PLAN_REVISION = "plan_revision", "方案修改完善", "§四(二)"
    EXPERT_OPINION = "expert_opinion", "专家论证意见", "§四(三)"
    LISTING = "listing", "纳入名单", "§四(四)"
    BRINGING_IN = "bringing_in", "既有平台转入", "§四"
    WITHDRAWAL = "withdrawal", "撤回", "§四"
    SET_ASIDE = "set_aside", "撤销更正", "§四, §六"
    FACTS_CHANGE = "facts_change", "信息变更", "§四"
    SUSPENSION = "suspension", "暂停", "§四"
    RESUMPTION = "resumption", "恢复", "§四"
    TERMINATION = "termination", "终止", "§四"
    SUPPORT = "support", "支持记录", "§四"
    NEXT_TERM = "next_term", "下一期申请", "§四"
    SELF_REPORT = "self_report", "年度报告", "§六"
    DISTRICT_REVIEW = "district_review", "所在区意见", "§六"
    EVALUATION = "evaluation", "考核评价", "§六"
    RECTIFICATION_REPORT = "rectification_report", "整改报告", "§六"
    REASSESSMENT = "reassessment", "整改后考核", "§六"


class HappeningOutcome(Word):
    """The outcomes of happenings. An assessment that ended by the rules has its last stage instead."""

    OPENED = "opened", "已开始", "§四, §六"
    TOLD = "told", "已提示", "§四, §六"
    STOPPED = "stopped", "已停止", "§四"
    STARTED = "started", "已恢复", "§四"
    CLOSED = "closed", "已终止", "§六"
    PERIOD_OVER = "period_over", "期限届满", "§四"
    WITHDRAWN = "withdrawn", "已撤回", "§四"
    FOLLOWED = "followed", "已同步", "§六"
    BROKEN_OFF = "broken_off", "中断", "§六"
    GOES_ON = "goes_on", "已接续", "§四, §六"


class Happening(Word):
    """What the case notes of its own accord: it records, opens and ends by the clock, and decides nothing."""

    def __init__(
        self, value: str, zh: str, article: str, outcome: HappeningOutcome | None = None
    ) -> None:
        super().__init__(value, zh, article)
        self.outcome = outcome
        """The only one; None where there are several."""

    APPLIED = "applied", "提交申请", "§四(一)", HappeningOutcome.OPENED
    REMINDED = "reminded", "到期提醒", "§四, §六", HappeningOutcome.TOLD
    OVERDUE = "overdue", "逾期", "§四, §六", HappeningOutcome.TOLD
    ESCALATED = "escalated", "逾期督办", "§四, §六", HappeningOutcome.TOLD
    CLOCK_STOPPED = "clock_stopped", "计时停止", "§四", HappeningOutcome.STOPPED
    CLOCK_STARTED = "clock_started", "计时恢复", "§四", HappeningOutcome.STARTED
    ASSESSMENT_OPENED = "assessment_opened", "年度考核开始", "§六", HappeningOutcome.OPENED
    ASSESSMENT_ENDED = "assessment_ended", "年度考核结束", "§六"
    ASSESSMENT_CLOSED = "assessment_closed", "年度考核随更正终止", "§六", HappeningOutcome.CLOSED
    VALIDITY_NEARING = "validity_nearing", "有效期将满", "§四", HappeningOutcome.TOLD
    VALIDITY_ENDED = "validity_ended", "有效期届满", "§四", HappeningOutcome.PERIOD_OVER
    PLATFORM_WITHDRAWN = "platform_withdrawn", "平台撤回", "§四", HappeningOutcome.WITHDRAWN
    PLATFORM_TERMINATED = "platform_terminated", "平台终止", "§四", HappeningOutcome.CLOSED
    FACTS_CHANGED = "facts_changed", "平台信息变更", "§四", HappeningOutcome.FOLLOWED
    PLATFORM_SUSPENDED = "platform_suspended", "平台暂停", "§四", HappeningOutcome.FOLLOWED
    PLATFORM_RESUMED = "platform_resumed", "平台恢复", "§四", HappeningOutcome.FOLLOWED
    ROSTER_LEARNED = "roster_learned", "知悉人员目录新版", "§四, §六", HappeningOutcome.FOLLOWED
    RECOVERED = "recovered", "据记录接续", "§四, §六", HappeningOutcome.GOES_ON


class Authorship(Word):
    """Whether decisions on a case are signed by those who take them."""

    NONE = "none", "不要求", "§四, §六"
    RECORDED = "recorded", "有签名即核验", "§四, §六"
    REQUIRED = "required", "必须签名", "§四, §六"


class SecondSignature(Word):
    """The decisions that may be asked to have a second signature, by another person of the same role."""

    LISTING = "listing", "纳入名单", "§四(四)"
    SET_ASIDE = "set_aside", "撤销更正", "§四, §六"
    DELISTING = "delisting", "不再纳入", "§六"
    TERMINATION = "termination", "终止", "§四"


class SoleOutcome(Word):
    """The outcomes of decisions that leave no choice."""

    BROUGHT_IN = "brought_in", "已转入", "§四"
    WITHDRAWN = "withdrawn", "已撤回", "§四"
    SET_ASIDE = "set_aside", "已撤销", "§四, §六"
    CHANGED = "changed", "已变更", "§四"
    SUSPENDED = "suspended", "已暂停", "§四"
    RESUMED = "resumed", "已恢复", "§四"
    TERMINATED = "terminated", "已终止", "§四"
    RECORDED = "recorded", "已登记", "§四"


class RecommendationOutcome(Word):
    """What a district may say of a plan."""

    RECOMMENDED = "recommended", "推荐", "§四(一)"
    RETURNED = "returned", "退回修改", "§四(一)"
    DECLINED = "declined", "不予推荐", "§四(一)"


class InspectionOutcome(Word):
    """How an on-site inspection may end."""

    PASSED = "passed", "通过", "§四(二)"
    RETURNED = "returned", "退回修改", "§四(二)"
    FAILED = "failed", "不通过", "§四(二)"


class OpinionOutcome(Word):
    """What a panel may conclude."""

    SUPPORTED = "supported", "支持", "§四(三)"
    RETURNED = "returned", "退回修改", "§四(三)"
    NOT_SUPPORTED = "not_supported", "不支持", "§四(三)"
    NO_CONCLUSION = "no_conclusion", "未形成结论", "§四(三)"


class Vote(Word):
    """What a member of a panel says. Who abstains or is recused casts no vote."""

    SUPPORTED = "supported", "支持", "§四(三)"
    RETURNED = "returned", "退回修改", "§四(三)"
    NOT_SUPPORTED = "not_supported", "不支持", "§四(三)"
    ABSTAINED = "abstained", "弃权", "§四(三)"
    RECUSED = "recused", "回避", "§四(三)"


class ListingOutcome(Word):
    """Whether the commission includes a platform in its list."""

    INCLUDED = "included", "纳入", "§四(四)"
    NOT_INCLUDED = "not_included", "不纳入", "§四(四)"


class FilingOutcome(Word):
    """Whether a report was filed, or the commission goes on without it."""

    FILED = "filed", "已提交", "§六"
    NOT_FILED = "not_filed", "逾期未提交", "§六"


class NextTermOutcome(Word):
    """Whether an application for the next term was handed in, or taken back."""

    FILED = "filed", "已提交", "§四"
    TAKEN_BACK = "taken_back", "已撤回", "§四"


class ReviewOutcome(Word):
    """Whether a district gave its view, or the commission goes on without it."""

    GIVEN = "given", "已提出", "§六"
    NOT_GIVEN = "not_given", "逾期未提出", "§六"


class EvaluationOutcome(Word):
    """The conclusion of a yearly evaluation."""

    EFFECTIVE = "effective", "成效显著", "§六"
    NOT_EFFECTIVE = "not_effective", "成效不明显", "§六"


class ReassessmentOutcome(Word):
    """The conclusion after rectification."""

    MET = "met", "符合要求", "§六"
    NOT_MET = "not_met", "仍不符合要求", "§六"


class Finding(Word):
    """What was found of one item of an inspection or one group of an assessment."""

    SATISFACTORY = "satisfactory", "符合", "§四(二)"
    TO_IMPROVE = "to_improve", "需改进", "§四(二)"
    UNSATISFACTORY = "unsatisfactory", "不符合", "§四(二)"


class LegalForm(Word):
    """How the platform stands in law (§五(一))."""

    INDEPENDENT = "independent", "独立法人", "§五(一)"
    SEPARATELY_MANAGED = "separately_managed", "人、财、物相对独立管理", "§五(一)"


class GovernanceBody(Word):
    """Bodies and practices of governance that a platform may set up (§五(二))."""

    STRATEGY_COMMITTEE = "strategy_committee", "战略委员会", "§五(二)"
    ACADEMIC_COMMITTEE = "academic_committee", "学术委员会", "§五(二)"
    OPEN_COMPETITION = "open_competition", "揭榜挂帅", "§五(二)"
    PARALLEL_COMPETITION = "parallel_competition", "赛马", "§五(二)"


class TransferPractice(Word):
    """Ways of transferring results (§五(四))."""

    USE_FIRST_PAY_LATER = "use_first_pay_later", "先使用后付费", "§五(四)"
    PRIORITY_LICENCE = "priority_licence", "向会员企业和中小企业优先许可转让", "§五(四)"
