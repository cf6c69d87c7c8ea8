"""The model card as a person reads it; its numbers are those of the shipped file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer.trained import zoo
from explorer.ui import activations_words as words
from explorer.ui import model_card

SHIPPED = [name for name in zoo.NAMES if (zoo.MODELS / f"{name}.json").exists()]


def opened(name: str) -> AppTest:
    def script(name: str) -> None:
        import streamlit as st

        from explorer.trained import zoo
        from explorer.ui import model_card

        st.session_state.setdefault(model_card.KEY, True)
        model_card.show(zoo.load(name))

    app = AppTest.from_function(script, args=(name,), default_timeout=60).run()
    assert not app.exception
    return app


@pytest.mark.parametrize("name", SHIPPED)
def test_the_confusion_matrix_is_the_cards(name: str) -> None:
    card = zoo.load(name).card
    table = model_card.confusion_table(card)
    cells = [int(count) for count in re.findall(r'style="--share:\d+%">(\d+)</td>', table)]
    assert cells == [count for row in card["confusion"] for count in row]
    assert table.count('class="right"') == 10
    assert all(f"<th scope=row>{label}</th>" in table for label in card["classes"])


def test_a_class_is_only_text() -> None:
    card = {"classes": ["<b>x</b>", "y"], "confusion": [[3, 1], [0, 0]]}
    table = model_card.confusion_table(card)
    assert "<b>" not in table
    assert "&lt;b&gt;x&lt;/b&gt;" in table
    assert "75%</td>" in table
    assert "0%</td>" in table


def test_a_network_short_of_its_goal_says_so_and_what_it_went_on_from() -> None:
    card = zoo.load("tiny-vgg").card
    short = {**card, "accuracy": {**card["accuracy"], "goal": 0.9}}
    assert "**It falls short of the 90% that it was to reach.**" in model_card._goodness(short)
    assert "falls short" not in model_card._goodness(card)
    assert words.account(replace(zoo.load("tiny-vgg"), card=short)).endswith(", short of its goal of 90%")
    assert words.account(zoo.load("tiny-vgg")).endswith("never learned from")
    made = {key: value for key, value in card["training"].items() if key != "begun_from"}
    first = {**made, "sha256": "0123456789", "accuracy": 0.5}
    again = {**made, "epochs": 5, "begun_from": {**first, "epochs": 20, "begun_from": {**first, "epochs": 3}}}
    onward = model_card._making({**card, "training": again})
    assert "5 epochs of AdamW, the weights averaged, going on from 23 before." in onward
    assert f"`{made['command']}`, from the weights before these (SHA-256 01234567…, 50.0%)" in onward
    assert "before these" not in model_card._making(card)
    shared = model_card._making({**card, "training": {**again, "share": 0.3}})
    assert " The weights are an average: 30% what it ended with, the rest what it went on from. Each " in shared
    assert "an average" not in onward
    noted = model_card._making({**card, "training": {**again, "share": 0.3, "note": " That was one, too."}})
    assert " the rest what it went on from. That was one, too. Each picture was " in noted
    unshipped = model_card._making({**card, "training": {**again, "begun_from": {**first, "accuracy": None}}})
    assert "`, from weights that were not shipped (SHA-256 01234567…): docs/training.md says" in unshipped
    seldom = model_card._making({**card, "training": {**made, "easy": 0.4}})
    assert " Of the pictures that were easier for it, two in three, an epoch saw 40%. " in seldom
    assert "easier" not in model_card._making(card)
    grown = model_card._making({**card, "training": {**again, "grown": ["c", "d", "e"], "still": ["a", "b"]}})
    assert " c, d and e were new: they began by handing their maps on. a and b stayed as they were." in grown
    one = model_card._making({**card, "training": {**again, "grown": ["c"], "still": []}})
    assert " c were" not in one
    assert " c was new: it began by handing its maps on." in one
    assert "stayed" not in one
    small = model_card._making({**card, "weights": {**card["weights"], "precision": "int8"}})
    assert small.endswith(" kB, 8 bits a weight: whole numbers up to 127, times the step of their map")


@pytest.mark.parametrize("name", SHIPPED)
def test_the_card_says_how_good_it_is_and_what_it_cannot_know(name: str) -> None:
    card, said = zoo.load(name).card, "\n".join(one.value for one in opened(name).markdown)
    right, pictures = card["accuracy"]["right"], card["accuracy"]["pictures"]
    assert f"Right on {right:,} of {pictures:,} test pictures: {right / pictures:.1%}" in said
    assert all(limit in said for limit in card["limits"])
    assert card["data"]["terms"] in said
    assert f"`{card['training']['command']}`" in said
    assert f"seed {card['training']['seed']}" in said


def test_the_layers_are_a_table_that_adds_up() -> None:
    card = zoo.load("tiny-vgg").card
    table = opened("tiny-vgg").dataframe[0].value
    assert int(table["Parameters"].sum()) == card["network"]["parameters"] == 19_920
    assert list(table["Layer"])[:2] == ["conv_1_1", "relu_1_1"]


def test_a_network_that_is_not_here_at_all_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def script() -> None:
        from explorer.ui import model_card

        model_card.say_missing("objects", ValueError("The model card objects.json can't be read"))

    monkeypatch.setattr(zoo, "MODELS", tmp_path)
    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    assert not app.error
    (said,) = [one.value for one in app.info]
    assert said.startswith("**This network is not here.**")
    assert "`objects.safetensors` and `objects.json`" in said
    assert "python -m explorer.trained.training objects" in said
    (tmp_path / "objects.safetensors").write_bytes(b"half of it")
    assert "git checkout" in app.run().error[0].value


def test_missing_files_are_answered_with_what_to_do() -> None:
    def script() -> None:
        from pathlib import Path

        from explorer.trained import zoo
        from explorer.ui import model_card

        try:
            zoo.load("example", Path("nowhere"))
        except ValueError as error:
            model_card.say_missing("example", error)

    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception
    said = app.error[0].value
    assert "example.json can't be read" in said
    assert "git checkout -- assets/models/example.json assets/models/example.safetensors" in said
    assert "python -m explorer.trained.training example" in said


def test_what_was_taken_for_what_is_a_table_too() -> None:
    card = {"classes": ["cup", "a, cat"], "confusion": [[9, 1], [2, 8]]}
    file = model_card.confusion_csv("tiny-vgg", card)
    assert (file.name, file.data()) == ("tiny-vgg-taken-for.csv", 'class,cup,"a, cat"\ncup,9,1\n"a, cat",2,8\n')
