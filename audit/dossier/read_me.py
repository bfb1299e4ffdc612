"""The first thing that somebody reads who was given a dossier."""

from audit.dossier.format import Head

_TEXT = """\
{title_zh}

本档案载明平台 {platform} 自申请以来的全部经过，任何人均可核验，无需联网，也无需信任编制者。

report.zh.html, report.en.html   可读报告（浏览器打开，可按 A4 打印）
histories/                       Temporal 的原始历史（JSON），含各次运行与子流程
logs/                            各期、各年考核的记录（JSON Lines），每条以 SHA-256 接续前一条
plans/                           方案各版本全文
states.json                      由记录推得的状态
replay.json                      以所列代码重放全部历史的结果
deadlines.json                   各步骤当时算得的期限
proof.json                       （如有）记录载于每日摘要的证明
manifest.json                    清单：每个文件的 SHA-256、代码与指引版本

核验：安装 pingtai {release} 后运行
    pingtai audit verify 本档案.zip
只核对文件哈希，任何 SHA-256 工具均可。


Dossier of platform {platform}

It holds all that happened to the platform since it applied. Whoever has it can check it, without a
network, and without trusting whoever made it.

report.zh.html, report.en.html   to be read (any browser; prints on A4)
histories/                       Temporal's own histories (JSON), of all runs and children
logs/                            the log of each term and assessment (JSON Lines); each entry is
                                 sealed by SHA-256 with the one before it
plans/                           the text of every plan version
states.json                      the states that the logs lead to
replay.json                      what came of replaying every history with the code named
deadlines.json                   when each step was due, as it was worked out then
proof.json                       (if any) the proof that the logs stand in a daily digest
manifest.json                    SHA-256 of every file, versions of code and guideline

To check it, install pingtai {release} and run
    pingtai audit verify DOSSIER.zip
For the hashes of the files alone, any SHA-256 tool will do.

pingtai {release}, temporalio {sdk}
workflows SHA-256 {workflows}
{guideline}
"""


def read_me(head: Head) -> str:
    """The text, in both languages."""
    guideline = head.guideline
    return _TEXT.format(
        title_zh=f"共性技术平台档案 {head.platform_id}",
        platform=head.platform_id,
        release=head.code.pingtai,
        sdk=head.code.temporalio,
        workflows=head.code.workflows_sha256,
        guideline=f"《{guideline.title}》（{guideline.number}，{guideline.issued_on}）",
    )
