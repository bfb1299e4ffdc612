"""What a key may do."""

from workflows.vocabulary import Role
from workflows.words import BilingualEnum


class Scope(BilingualEnum):
    """A key has one or several; `zh` says what each is for."""

    APPLY = "apply", "提交申请"
    READ = "read", "查阅"
    METRICS = "metrics", "监控指标"
    DECIDE_OPERATOR = "decide:operator", "以平台运营单位身份提交"
    DECIDE_DISTRICT = "decide:district", "以所在区身份决定"
    DECIDE_COMMISSION = "decide:commission", "以市科委、中关村管委会身份决定"


def deciding_as(role: Role) -> Scope:
    """The scope that a decision by this role needs."""
    return Scope(f"decide:{role}")
