"""Who says something, and in whose place."""

from typing import Annotated

from pydantic import Field

from workflows.credit_codes import CreditCode, is_none
from workflows.field_labels import Label
from workflows.mandate_messages import Mandate
from workflows.model import Day, Identifier, Message, Name
from workflows.named_document import Document
from workflows.vocabulary import District, Role
from workflows.words import Words

__all__ = ["Actor", "Document", "Substitution"]


class Substitution(Message):
    """In whose place a substitute acts, and for which days, both included (Beijing time)."""

    principal_id: Annotated[Identifier, Label("absent person's id", "被代理人编号")]
    first_day: Annotated[Day, Label("first day", "代理首日")]
    last_day: Annotated[Day, Label("last day", "代理末日")]
    mandate: Annotated[
        Mandate | None,
        Label(
            "mandate",
            "委托书",
            rare=True,
            help=Words(
                "Signed by the absent person; needed where decisions are signed.",
                "由被代理人签名；决定须签名的，必须附上。",
            ),
        ),
    ] = Field(default=None, exclude_if=is_none)


class Actor(Message):
    """Who says something: an id, the role taken, the organisation; district staff also their district.

    A substitute acts under their own id, and names the principal in `acting_for`.
    """

    id: Annotated[Identifier, Label("person's id", "人员编号")]
    role: Annotated[Role, Label("role", "身份")]
    organisation: Annotated[Name, Label("organisation", "单位")]
    district: Annotated[
        District | None,
        Label("district", "所在区", help=Words("District staff only.", "仅区级人员填写。")),
    ] = None
    credit_code: Annotated[
        CreditCode | None,
        Label(
            "credit code",
            "统一社会信用代码",
            rare=True,
            help=Words(
                "Of the organisation. Where both have one, it tells bodies apart, not the name.",
                "单位的代码。双方均有代码的，以代码判定是否同一单位。",
            ),
        ),
    ] = Field(default=None, exclude_if=is_none)
    acting_for: Annotated[Substitution | None, Label("acting for", "代理")] = None
