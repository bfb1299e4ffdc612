"""What pydantic says of a field, as people are told it: on the command line and by the HTTP service."""

import re

_PHRASES = (
    (re.compile(r"^Field required$"), "missing"),
    (
        re.compile(r"^Input should be a valid date\b.*outside expected range\b.*"),
        "there is no such day",
    ),
    (re.compile(r"^Input should be a valid date\b.*"), "use YYYY-MM-DD"),
    (re.compile(r"^Input should be a valid string\b.*"), "should be text"),
    (re.compile(r"^Input should be a valid (?:integer|int)\b.*"), "should be a whole number"),
    (re.compile(r"^Input should be a valid boolean\b.*"), "should be true or false"),
    (re.compile(r"^Input should be a valid (?:list|tuple|array)\b.*"), "should be a list"),
    (re.compile(r"^Input should be a(?: valid)? (?:dictionary|object)\b.*"), "should be an object"),
    (re.compile(r"^Input should be less than or equal to (\S+)"), r"at most \1"),
    (re.compile(r"^Input should be greater than or equal to (\S+)"), r"at least \1"),
    (re.compile(r"^(?:String|List|Tuple) should have (at \w+ \d+ \w+).*"), r"\1"),
    (re.compile(r"^Input should be "), "should be "),
)


def plain_english(phrase: str) -> str:
    """Return a phrase of the library in our words; any other text as it is."""
    for pattern, plain in _PHRASES:
        phrase = pattern.sub(plain, phrase)
    return phrase
