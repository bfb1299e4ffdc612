"""What an erasure changes, in words: the tables of the register that have rows of a term, and the term."""

from collections.abc import Mapping

from workflows.erasure_decisions import ErasedTerm
from workflows.words import Words

TABLES: Mapping[str, Words] = {
    "assessments": Words("yearly assessments", "年度考核"),
    "awaiting": Words("pending", "待办"),
    "conflicts": Words("conflicting histories", "历史冲突"),
    "countersign_drafts": Words("drafts for countersigning", "待会签决定"),
    "deliveries": Words("failed deliveries", "投递失败说明"),
    "findings": Words("findings", "核查和考核意见"),
    "listings": Words("listings", "纳入名单"),
    "log_entries": Words("log entries", "记录"),
    "notices": Words("notices", "通知"),
    "plan_versions": Words("versions of the plan", "建设方案版本"),
    "plaque_entries": Words("plaque entries", "牌子记录"),
    "support": Words("support", "支持记录"),
    "terms": Words("terms", "期次"),
}


def term_words(of: ErasedTerm) -> Words:
    """Return of which platform it is, and which term."""
    return Words(f"{of.platform_id}, term {of.term}", f"{of.platform_id} 第 {of.term} 期")
