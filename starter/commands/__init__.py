"""The staff's commands, a line each; the entry point puts them together with the other folders' own."""

from starter.terminal.lazy_group import Listed


def _command(name: str, short_help: str, where: str = "") -> Listed:
    return Listed(name, short_help, f"starter.commands.{where or f'{name}:{name}_command'}")


def _form(name: str, short_help: str) -> Listed:
    return _command(name, short_help, "decision_command:form_command")


COMMANDS = (
    _command("login", "Save who you are, so that no command needs it again. 登记本人身份"),
    _command(
        "whoami",
        "Show who you are, your roles, and the public key for the roster. 查看本人身份",
        "login:whoami_command",
    ),
    _command("logout", "Remove the profile. 删除本人身份", "login:logout_command"),
    _command("inbox", "List the decisions that are waiting, earliest due first. 待办"),
    _command("apply", "Submit an application. 提交申请 §四(一)"),
    _command(
        "import",
        "Submit applications from a file: JSON, CSV, XLSX. 批量导入 §四(一)",
        "importing.import_command:import_command",
    ),
    _form(
        "recommend", "The district recommends a plan, returns it or declines. 所在区推荐 §四(一)"
    ),
    _form(
        "inspect",
        "The commission's on-site inspection: seven findings and the outcome. 现场核查 §四(二)",
    ),
    _form("revise", "The operator files an improved or corrected plan. 方案完善 §四(二)"),
    _form("opine", "The expert panel's opinion, with its members and votes. 专家论证 §四(三)"),
    _command(
        "list",
        "The commission includes the platform in a numbered list, or does not. 纳入名单 §四(四)",
        "listing:list_command",
    ),
    _form(
        "bring-in",
        "The commission enters a platform that was listed before this system existed. 既有平台转入 §四",
    ),
    _form("withdraw", "The operator withdraws, at any time before the term ends. 撤回 §四"),
    _form(
        "next-term",
        "The operator applies for the next term before this one ends, or takes that back. 下一期申请 §四",
    ),
    _form(
        "change",
        "The commission changes a platform's name, operator, district or other facts. 信息变更 §四",
    ),
    _form("suspend", "The commission suspends a platform: its steps stand still. 暂停 §四"),
    _form("resume", "The commission ends a suspension. 恢复 §四"),
    _form("terminate", "The commission ends the term, on a document. 终止 §四"),
    _form(
        "report", "The operator's yearly report; or the commission goes on without it. 年度报告 §六"
    ),
    _form("review", "The district's view of the year. 所在区意见 §六"),
    _form(
        "evaluate",
        "The commission's evaluation of the year: four findings, the conclusion. 考核评价 §六",
    ),
    _form(
        "rectify",
        "The operator reports on the rectification; or the commission goes on without it. 整改报告 §六",
    ),
    _form(
        "reassess",
        "The commission's assessment after rectification, on the same four groups. 整改后考核 §六",
    ),
    _form(
        "set-aside",
        "The commission sets aside a wrong decision and all that followed from it. 撤销更正",
    ),
    _command(
        "decide",
        "Submit many decisions from one file. 批量办理",
        "batch.batch_command:decide_command",
    ),
    _command(
        "countersign",
        "Sign as the second person what another officer has decided, and submit it. 会签",
    ),
    _command(
        "drafts",
        "List forms that were begun and not sent, and remove them. 草稿",
        "draft_list:drafts_command",
    ),
    _command(
        "panels",
        "List the panels of experts that are kept, and their members. 专家组",
        "panel_list:panels_command",
    ),
    _command("support", "Record and list support given to valid platforms. 支持记录 §四"),
    _command("plaque", "Record and list the plaques of the platforms. 牌子 §四"),
    _command("absence", "Name who acts for you while you are away. 委托代理"),
    _command(
        "roster",
        "Who may sign decisions, and with which keys. 人员目录",
        "roster.roster_command:roster_command",
    ),
    _command("mandate", "Let another sign for you while you are away, by your signature. 委托书"),
    _command("notices", "List notices and their deliveries, and resend failed ones. 通知"),
    _command("keys", "Create, list and revoke keys of the HTTP API. 接口密钥"),
    _command("show", "Show a platform: card, terms, assessments, log. 平台卡片"),
    _command("plan", "Show, compare or fetch a platform's plan. 建设方案 §四(一)"),
    _command("find", "Find platforms by a part of their name, operator or id. 查找平台"),
    _command("register", "List the platforms, or export them. 平台名册"),
    _command("valid", "Answer whether a platform was valid on a day. 是否有效 §四"),
    _command("layout", "Show, adopt and compare layouts of fields and directions. 建设布局 §四"),
    _command("mechanisms", "Show the operating mechanisms of the platforms. 运行机制 §五"),
    _command("stats", "Count platforms, durations of steps, and results of assessments. 统计"),
    _command("completion", "Print a shell's completion script. 命令补全"),
)
"""What staff may do; `list` is a group, because whole lists are published too."""
