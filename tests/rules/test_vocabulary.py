"""The words of the guideline: how many there are, what they are called, where they stand."""

import re

import pytest

from workflows import vocabulary
from workflows.vocabulary import District, Field, Word

ARTICLE = re.compile(r"^§[一二三四五六](\([一二三四五]\))?(, §[一二三四五六])*$")
WORDS = [
    words
    for words in vars(vocabulary).values()
    if isinstance(words, type) and issubclass(words, Word) and words is not Word
]
COUNTS = {
    "Field": 6,
    "Service": 6,
    "Origin": 2,
    "LeadUnitKind": 3,
    "Condition": 5,
    "PlanPart": 4,
    "InspectionItem": 7,
    "ExpertField": 4,
    "IndicatorGroup": 4,
    "Support": 6,
    "Role": 3,
    "Stage": 12,
    "AssessmentStage": 12,
    "Kind": 19,
    "HappeningOutcome": 10,
    "Happening": 18,
    "Authorship": 3,
    "SecondSignature": 4,
    "SoleOutcome": 8,
    "RecommendationOutcome": 3,
    "InspectionOutcome": 3,
    "OpinionOutcome": 4,
    "Vote": 5,
    "ListingOutcome": 2,
    "FilingOutcome": 2,
    "ReviewOutcome": 2,
    "NextTermOutcome": 2,
    "EvaluationOutcome": 2,
    "ReassessmentOutcome": 2,
    "Finding": 3,
    "LegalForm": 2,
    "GovernanceBody": 4,
    "TransferPractice": 2,
}
CODES = {
    "东城区": "110101",
    "西城区": "110102",
    "朝阳区": "110105",
    "丰台区": "110106",
    "石景山区": "110107",
    "海淀区": "110108",
    "门头沟区": "110109",
    "房山区": "110111",
    "通州区": "110112",
    "顺义区": "110113",
    "昌平区": "110114",
    "大兴区": "110115",
    "怀柔区": "110116",
    "平谷区": "110117",
    "密云区": "110118",
    "延庆区": "110119",
    "北京经济技术开发区": "",
}


def test_districts_are_sixteen_and_the_development_area() -> None:
    """Each district has its GB/T 2260 code; the development area is no district and has none."""
    assert {district.zh: district.code for district in District} == CODES


def test_every_list_has_as_many_words_as_the_guideline_names() -> None:
    """No word of the guideline is missing and none was invented; its 等 is a word `other`."""
    assert {words.__name__: len(words) for words in WORDS} == COUNTS


@pytest.mark.parametrize("words", WORDS, ids=lambda words: words.__name__)
def test_every_word_has_its_own_chinese_term_and_an_article(words: type[Word]) -> None:
    """Within a list no two words share a term; each cites an article in the guideline's form."""
    terms = [word.zh for word in words]
    assert sorted(set(terms)) == sorted(terms)
    assert [word for word in words if not re.search(r"[\u4e00-\u9fff]", word.zh)] == []
    assert [word for word in words if not ARTICLE.match(word.article)] == []


def test_the_six_fields_are_those_of_article_3_2() -> None:
    """§三(二) names six fields."""
    named = ["新一代信息技术", "医药健康", "智能装备", "人工智能", "节能环保", "集成电路"]
    assert [field.zh for field in Field] == named


def test_a_word_is_its_english_value() -> None:
    """A word reads the same in a history, in JSON and on a screen."""
    assert [str(word) for words in WORDS for word in words] == [
        word.value for words in WORDS for word in words
    ]
    assert Field("medicine_and_health") is Field.MEDICINE_AND_HEALTH
