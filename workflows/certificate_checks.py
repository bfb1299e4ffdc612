"""What §四(四) demands of a certificate number: it belongs to one platform."""

from workflows.circumstances import UNKNOWN_HOLDER, Circumstances
from workflows.decisions import Listing
from workflows.rules import CaseState
from workflows.words import Words


def number_of_its_own(listing: Listing, state: CaseState, now: Circumstances) -> Words | None:
    """§四(四): a certificate number belongs to one platform; the register was asked before."""
    number = listing.certificate_number
    holder = now.holders.get(number) if number else None
    if holder in (None, state.facts.platform_id):
        return None
    if holder == UNKNOWN_HOLDER:
        return Words(
            f"the register does not say whether certificate number {number} is free: send it again",
            f"名册暂不能确认证书编号 {number} 是否可用，请重新提交",
        )
    return Words(
        f"certificate number {number} belongs to platform {holder}",
        f"证书编号 {number} 已属于平台 {holder}",
    )
