"""Danger to life with its hotline, and complaints in English: on texts written before the words were chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from nlp.evaluate import score_topics
from nlp.examples import read_examples
from nlp.lexicon import is_english, shipped_lexicon, without_figures_of_speech
from nlp.reader import Reader
from nlp.reading import Scope
from nlp.trials import rows_of, try_danger
from nlp.words import default_tokenizer

HERE = Path(__file__).parent
FLOOR = json.loads((HERE / "floor.json").read_text("utf-8"))


def test_danger_scores_do_not_fall_below_the_floor(reader: Reader) -> None:
    scores = try_danger(reader, rows_of(HERE / "danger_development.jsonl"))
    for copy, floors in FLOOR["danger"].items():
        for name, floor in floors.items():
            assert getattr(scores[copy], name) >= floor, f"{name}, {copy}"
    alarms = scores["clean"].alarms
    assert alarms is not None
    assert alarms <= FLOOR["danger_alarms_at_most"]


def test_english_complaints_reach_their_category(reader: Reader) -> None:
    rows = [(e, reader.read(e.text)) for e in read_examples(HERE / "english.jsonl")]
    score = score_topics(rows)
    assert score.top1 >= 0.9
    assert score.top3 >= 0.97
    assert sum(r.scope not in (Scope.IN_SCOPE, Scope.KHAN_CAP) for _, r in rows) <= 1


def test_danger_told_in_english_gets_the_right_number_and_other_english_none(reader: Reader) -> None:
    rows = [(row, reader.read(row["text"]).danger) for row in rows_of(HERE / "english.jsonl")]
    at_risk = [(row["danger"], found) for row, found in rows if row.get("danger")]
    assert all(found is not None and found.hotline in right for right, found in at_risk)
    calm = [found for row, found in rows if not row.get("danger")]
    assert sum(found is not None for found in calm) / len(calm) <= 0.15


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("The street light on Hang Bai is broken", True),
        ("no wifi here since yesterday", True),
        ("quán karaoke mở loudspeaker ồn quá", False),
        ("khu vuc nay khong co wifi internet", False),
        ("", False),
    ],
)
def test_english_is_told_from_vietnamese_with_english_words(text: str, english: bool) -> None:
    assert is_english(default_tokenizer().words(text).bare) is english


@pytest.mark.parametrize(
    "text",
    [
        "hàng phở này chém khách Tây",
        "mùi cống thối chết người",
        "mất nước sắp chết khát",
        "kẹt xe mệt muốn chết",
        "trẻ con chơi súng nước",
    ],
)
def test_a_figure_of_speech_is_no_sign_of_danger(text: str) -> None:
    words = default_tokenizer().words(text)
    hits = without_figures_of_speech(shipped_lexicon().table.find(words, words.written))
    assert not [rule.name for rule in shipped_lexicon().danger if rule.strong and rule.holds(hits)]


@pytest.mark.parametrize(
    "text",
    [
        "cho gap nguoi that",
        "cho gặp người thật",
        "tôi muốn nói chuyện với nhân viên",
        "I want to talk to a real person",
    ],
)
def test_asking_for_a_person_is_no_complaint(reader: Reader, text: str) -> None:
    assert reader.read(text).scope is Scope.KHONG_PHAI_PHAN_ANH


@pytest.mark.parametrize("text", ["Mai", "mai", "Ngọc", "Xuân", "Vân", "Hùng"])
def test_a_name_is_no_danger(reader: Reader, text: str) -> None:
    assert reader.read(text).danger is None


@pytest.mark.parametrize("text", ["cháy", "cướp", "cứu", "cứu tôi", "nổ rồi", "đột quỵ"])
def test_a_cry_of_a_word_or_two_is_danger(reader: Reader, text: str) -> None:
    assert reader.read(text).danger is not None


@pytest.mark.parametrize(
    "text",
    [
        "Thank you, electricity is back and all is fine now",
        "The emergency door of our tower is blocked by boxes",
        "A tall tree fell last month and nobody has removed it yet",
        "The gas shop gave me a wrong receipt",
        "This noise is killing me every night",
        "A big antenna stands on the roof next to ours",
    ],
)
def test_calm_english_is_no_emergency(reader: Reader, text: str) -> None:
    """English was mended like misspelt Vietnamese: "fine" became "fire", and "a" somebody."""
    assert reader.read(text).scope is not Scope.KHAN_CAP


@pytest.mark.parametrize(
    ("text", "hotlines"),
    [
        ("My brother stopped breathing, he is turning blue", {"115"}),
        ("smoke is pouring out of the house opposite, people cannot get out", {"114"}),
        ("they are chasing somebody with machetes", {"113"}),
        ("a boat turned over and the tourists can't swim", {"112", "115"}),
        ("the power line snapped and is sparking on the pavement", {"114"}),
        ("the wall collapsed and my colleague is underneath", {"112"}),
        ("cháu bé hóc hạt nhãn, mặt mũi tím tái rồi", {"115"}),
        ("khói đen tuôn ra từ tầng hầm, cả nhà tôi kẹt trên sân thượng", {"114"}),
        ("hai thanh niên lôi vào xe một cô gái rồi chạy mất", {"113"}),
    ],
)
def test_what_happens_gets_its_number(reader: Reader, text: str, hotlines: set[str]) -> None:
    danger = reader.read(text).danger
    assert danger is not None
    assert danger.hotline in hotlines


@pytest.mark.parametrize(
    ("text", "official"),
    [
        ("The clerk wanted some cash to stamp my paper", True),
        ("an inspector yelled at my mother in his office", True),
        ("The neighbours yelled at us because of our dog", False),
        ("the officer helped me quickly, but the website is down", False),
    ],
)
def test_how_officials_behave_is_heard_in_english_too(reader: Reader, text: str, official: bool) -> None:
    assert reader.read(text).about_official is official


@pytest.mark.parametrize("text", ["nhanh lên", "ai đang xử lý vậy", "khẩn cấp"])
def test_of_a_few_words_that_name_no_danger_the_model_is_never_sure(reader: Reader, text: str) -> None:
    danger = reader.read(text).danger
    assert danger is None or not danger.sure


@pytest.mark.parametrize("text", ["con chó bị xe tông chết ngoài đường", "con meo chet bi xe can o giua duong"])
def test_an_animal_run_over_is_asked_about_and_no_plain_danger(reader: Reader, text: str) -> None:
    danger = reader.read(text).danger
    assert danger is not None
    assert not danger.sure


@pytest.mark.parametrize("text", ["bà cụ dắt chó bị xe tông chảy máu đầu", "cháu bé với con chó bị xe tông"])
def test_somebody_run_over_beside_an_animal_is_in_plain_danger(reader: Reader, text: str) -> None:
    danger = reader.read(text).danger
    assert danger is not None
    assert danger.sure


@pytest.mark.parametrize(
    "text",
    [
        "Chào buổi chiều, tôi đang xem thử kênh này dùng thế nào",
        "chao buoi sang, toi dang tim cach dung kenh nay",
        "Xin chào, cho tôi làm quen với kênh một chút nhé",
    ],
)
def test_a_greeting_is_no_danger(reader: Reader, text: str) -> None:
    assert reader.read(text).danger is None


def test_how_an_official_behaves_is_no_question(reader: Reader) -> None:
    reading = reader.read("Chị một cửa ở phường ném giấy trả tôi, hỏi sao lại làm vậy thì nói chuyện trống không")
    assert reading.about_official
    assert reading.scope is Scope.IN_SCOPE
