"""The staff's commands, a line each; the entry point puts them together with the other folders' own."""

from starter.terminal.lazy_group import Listed


def _command(name: str, short_help: str, where: str = "") -> Listed:
    return Listed(name, short_help, f"starter.commands.{where or f'{name}:{name}_command'}")


def _form(name: str, short_help: str) -> Listed:
    return _command(name, short_help, "decision_commands:form_command")


COMMANDS = (
    _command("login", "Say once who you are. 登记本人身份"),
    _command("logout", "Forget who you are. 删除本人身份", "login:logout_command"),
    _command("inbox", "List the decisions that are waiting, and until when. 待办"),
    _command("apply", "Hand in an application. 提交申请 §四(一)"),
    _command(
        "import",
        "Start the platforms of a file. 批量导入申请 §四(一)",
        "importing.import_command:import_command",
    ),
    _form(
        "recommend", "The district recommends a plan, returns it or declines. 所在区推荐 §四(一)"
    ),
    _form(
        "inspect",
        "The commission's on-site inspection: seven findings and the outcome. 现场核查 §四(二)",
    ),
    _form("revise", "The operator files an improved or corrected plan. 方案修改完善 §四(二)"),
    _form(
        "opine", "The expert panel's opinion, with its members and their votes. 专家论证 §四(三)"
    ),
    _command(
        "list",
        "The commission includes the platform in a numbered list, or does not. 纳入名单 §四(四)",
        "listing:list_command",
    ),
    _form(
        "bring-in",
        "The commission says how a term stands that was listed before it came here. 既有平台转入 §四",
    ),
    _form("withdraw", "The operator withdraws, at any time before the term ends. 撤回 §四"),
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
        "The commission sets a wrong decision aside, with all that followed from it. 撤销更正",
    ),
    _command("decide", "Submit many decisions from one file. 批量办理"),
    _command("support", "Record and list the support given. 支持记录 §四"),
    _command("absence", "Name who acts for you while you are away. 委托代理"),
    _command("notices", "List notices and their deliveries. 通知"),
    _command("keys", "Keys of the HTTP intake. 接口密钥"),
    _command("show", "Show a platform: card, terms, assessments, log. 平台卡片"),
    _command("register", "List the platforms, or export them. 平台名册"),
    _command("valid", "Was a platform valid on a day? Exit code 0 or 1. 是否有效"),
    _command("layout", "The layout of fields and directions. 总体建设布局"),
    _command("mechanisms", "Legal forms, funding, governance, transfer. 运行机制"),
    _command("stats", "The programme in figures. 统计"),
    _command("completion", "Print a shell's completion script. 命令补全"),
)
"""What staff may do; `list` is a group, because whole lists are published too."""
