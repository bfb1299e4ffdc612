"""What §四(四) demands of a listing, and of one that is brought in: its number, its days, its past."""

from datetime import timedelta

from workflows.bringing_in import NOT_MET, BringingIn
from workflows.circumstances import UNKNOWN_HOLDER, Circumstances, Edition
from workflows.decisions import Listing
from workflows.model import InvalidMessage, invalid
from workflows.periods import anniversary, beijing_date, last_day, validity_as_printed
from workflows.rules import CaseState
from workflows.vocabulary import ListingOutcome
from workflows.words import Words


def number_of_its_own(
    listing: Listing | BringingIn, state: CaseState, now: Circumstances
) -> Words | None:
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
    return belongs_to_another(number, holder)


def belongs_to_another(number: str | None, holder: str) -> Words:
    """Return why a platform is not listed under another one's certificate number."""
    return Words(
        f"certificate number {number} belongs to platform {holder}",
        f"证书编号 {number} 已属于平台 {holder}",
    )


def not_brought_in(number: str, holder: str) -> InvalidMessage:
    """Return why a platform is not brought in under another one's certificate number (§四(四))."""
    return invalid(
        "PlatformApplication",
        "brought_in.certificate_number",
        f"{number} belongs to platform {holder} (§四(四))",
        f"{number} 已属于平台 {holder}（§四(四)）",
    )


def entered_in_time(listing: Listing, state: CaseState, now: Circumstances) -> Words | None:
    """§四(四): a listing of long ago is a fact that documents show, and not decided here."""
    within = state.facts.policy.listing_entered_within_days
    late = (beijing_date(now.at) - listing.decided_on).days
    if not within or late <= within or listing.outcome is not ListingOutcome.INCLUDED:
        return None
    return Words(
        f"the listing of {listing.decided_on} is entered {late} days later, and {within} are allowed:"
        " bring the platform in, by the documents that show its listing",
        f"{listing.decided_on} 的纳入决定距今已 {late} 天（录入期限 {within} 天）：请按既有平台转入，"
        "并附证明其纳入的文件",
    )


def of_this_term(brought: BringingIn, state: CaseState, now: Circumstances) -> Words | None:
    """§四: what is brought in is the term that was applied for."""
    term = state.facts.term
    if brought.term == term:
        return None
    return Words(
        f"the case is about term {term}, not about term {brought.term}",
        f"本案为第 {term} 期，不是第 {brought.term} 期",
    )


def no_longer_than_valid(brought: BringingIn, state: CaseState, now: Circumstances) -> Words | None:
    """§四, last paragraph: validity has its years and no more; it stood so on a day within them."""
    years = state.facts.policy.validity_years
    last = anniversary(brought.listed_on, years)
    # Who counts the day of the listing prints the day before: such a certificate is brought in as it is.
    printed = (last, last - timedelta(days=1)) if now.edition >= Edition.V0_5 else (last,)
    if brought.last_day not in (None, *printed):
        return Words(
            f"listed on {brought.listed_on} it is valid for {years} years, until {last}, and not until"
            f" {brought.last_day}",
            f"{brought.listed_on} 纳入，有效期 {years} 年至 {last}，不是至 {brought.last_day}",
        )
    last = brought.last_day or last
    if brought.decided_on > last:
        return Words(
            f"on {brought.decided_on} it was no longer valid: its validity ended on {last}",
            f"{brought.decided_on} 已不在有效期内：有效期至 {last}",
        )
    return None


def not_over(brought: BringingIn, state: CaseState, now: Circumstances) -> Words | None:
    """§四: a term whose validity has ended is not brought in."""
    end = validity_as_printed(
        brought.listed_on, state.facts.policy.validity_years, brought.last_day
    )
    if now.at < end:
        return None
    return Words(
        f"its validity ended on {last_day(end)}: such a term is not entered; apply again",
        f"其有效期已于 {last_day(end)} 届满，不再转入；请重新申请",
    )


def still_listed(brought: BringingIn, state: CaseState, now: Circumstances) -> Words | None:
    """§六: who did not meet what was to be mended is no longer listed, from that day on."""
    last = brought.assessments[-1] if brought.assessments else None
    if last is None or last.result != NOT_MET:
        return None
    return Words(
        f"it was delisted by the assessment of year {last.year}, on {last.concluded_on}: it is not valid,"
        " and may apply again",
        f"第 {last.year} 年考核后（{last.concluded_on}）已不再纳入：不在有效期内，可重新申请",
    )
