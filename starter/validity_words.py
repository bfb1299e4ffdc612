"""Why a platform is valid on a day, or is not, in words."""

from db.validity_queries import Listing, Validity, Why
from starter.clock import today
from workflows.words import Words


def why_valid(found: Validity) -> Words:
    """Return why a platform was valid on a day, or not, and by which listing."""
    listing, words = found.listing, reason_words(found)
    if listing is None:
        return words
    term, number, certificate = listing.term, listing.list_number, listing.certificate_number
    entered = _entered(listing)
    brought_in = Words(", brought in", "，转入登记") if listing.brought_in_on else Words("", "")
    suspended = _suspended(found)
    return Words(
        f"{words.en} (term {term}, list {number}, certificate {certificate}"
        f"{brought_in.en}{entered.en}){suspended.en}",
        f"{words.zh}（第 {term} 期，名单 {number}，证书 {certificate}"
        f"{brought_in.zh}{entered.zh}）{suspended.zh}",
    )


def _suspended(found: Validity) -> Words:
    """A platform that is suspended stays valid; whoever asks wants to know both."""
    since = found.suspended_on
    if since is None:
        return Words("", "")
    return Words(
        f"; suspended since {since}, no support meanwhile",
        f"；自 {since} 起暂停，暂停期间不予支持",
    )


def _entered(listing: Listing) -> Words:
    """When a listing was entered, if not on its own day: whoever asked before was told otherwise."""
    if listing.entered_on in (None, listing.listed_on):
        return Words("", "")
    return Words(f", entered on {listing.entered_on}", f"，{listing.entered_on} 录入")


def reason_words(found: Validity) -> Words:
    """Return the reason alone; what is yet to come is said as such."""
    words = _REASONS[found.reason]
    if found.reason is Why.EXPIRED and found.listing and found.listing.last_day >= today():
        words = _WILL_EXPIRE
    return Words(words.en.format(found.listing), words.zh.format(found.listing))


_REASONS = {
    Why.VALID: Words(
        "from {0.listed_on} until {0.last_day}", "有效期 {0.listed_on} 至 {0.last_day}"
    ),
    Why.NOT_YET_LISTED: Words("first listed on {0.listed_on}", "{0.listed_on} 首次纳入名单"),
    Why.EXPIRED: Words("expired after {0.last_day}", "有效期于 {0.last_day} 届满，已移出名单"),
    Why.DELISTED: Words("delisted on {0.ended_on}", "{0.ended_on} 移出名单，不再纳入"),
    Why.WITHDRAWN: Words("withdrawn on {0.ended_on}", "{0.ended_on} 撤回"),
    Why.TERMINATED: Words("terminated on {0.ended_on}", "{0.ended_on} 终止"),
    Why.SET_ASIDE: Words(
        "its listing of {0.listed_on} was set aside on {0.set_aside_on}",
        "{0.listed_on} 的纳入决定已于 {0.set_aside_on} 撤销",
    ),
    Why.NEVER_LISTED: Words("it was never listed", "未曾纳入名单"),
}
_WILL_EXPIRE = Words(
    "valid until {0.last_day}, and removed from the list after it",
    "有效期至 {0.last_day}，届满后将移出名单",
)
