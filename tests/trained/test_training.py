import io
import re
from pathlib import Path

import pytest

from explorer.trained import cards, training
from explorer.trained.loop import Moment
from explorer.trained.recipes import RECIPES
from explorer.trained.training import Progress, clock, main
from tests.trained import small


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(training, "RECIPES", {"objects": small.recipe(epochs=2)})
    parts = {"train": small.colours(60, side=32), "test": small.colours(20, side=32)}
    path = small.packed(tmp_path / "cifar10.npz", parts)
    folders = ["--models", str(tmp_path / "models"), "--checkpoints", str(tmp_path / "run")]
    return ["objects", "--data", str(path), *folders, "--threads", "1", "--precision", "float32"]


def said(arguments: list[str]) -> tuple[int, str]:
    stream = io.StringIO()
    return main(arguments, stream), stream.getvalue()


def test_it_trains_judges_and_writes(command: list[str], tmp_path: Path) -> None:
    code, text = said(command)
    assert code == 0
    assert "objects begins: 40 pictures of CIFAR-10, 20 held out, 2 epochs of 2 steps" in text
    assert re.search(r"epoch 2: loss \d\.\d+, accuracy [\d.]+%, held out [\d.]+%, after 0:\d\d", text)
    card = cards.read(tmp_path / "models" / "objects.json")
    assert f"test part: {card['accuracy']['overall']:.2%} of 20 pictures" in text
    assert card["training"]["command"].endswith("training objects --epochs 2 --seed 0")
    code, text = said(command)
    assert "goes on from step 4" in text
    assert cards.read(tmp_path / "models" / "objects.json") == card
    assert "begins" in said([*command, "--fresh"])[1]


def test_short_of_the_goal_it_says_so(command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "RECIPES", {"objects": small.recipe(epochs=1, goal=1.1)})
    code, text = said(command)
    assert code == 1
    assert f"short of the goal, written to {tmp_path / 'run' / 'objects'}" in text


def test_short_of_the_goal_it_is_shipped_where_that_is_asked_for(
    command: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "RECIPES", {"objects": small.recipe(epochs=1, goal=1.1)})
    code, text = said([*command, "--short"])
    assert code == 1
    assert f"short of the goal, written to {tmp_path / 'models'}" in text
    assert cards.read(tmp_path / "models" / "objects.json")["accuracy"]["goal"] == 1.1


def test_it_goes_on_from_what_is_shipped(command: list[str], tmp_path: Path) -> None:
    code, text = said([*command, "--onward", "0.5"])
    assert code == 2
    assert "The model card objects.json can't be read" in text
    assert said(command)[0] == 0
    first = cards.read(tmp_path / "models" / "objects.json")
    assert "another training" in said([*command, "--onward", "0.5"])[1]
    code, text = said([*command, "--onward", "0.5", "--epochs", "1", "--fresh"])
    assert code == 0
    card = cards.read(tmp_path / "models" / "objects.json")
    assert card["training"]["command"].endswith("training objects --epochs 1 --seed 0 --onward 0.5")
    assert card["training"]["rate"] == pytest.approx(first["training"]["rate"] / 2)
    assert card["training"]["share"] == 1
    assert (card["training"]["grown"], card["training"]["still"]) == ([], [])
    before = card["training"]["begun_from"]
    assert before == {
        "sha256": first["weights"]["sha256"],
        "accuracy": first["accuracy"]["overall"],
        **first["training"],
    }
    assert card["training"]["history"][0]["loss"] < first["training"]["history"][0]["loss"]
    assert said([*command, "--onward", "0.5", "--still", "last"])[1].startswith("still: got 'last', legal are ")
    more = ["--share", "0.25", "--still", "first"]
    assert said([*command, "--onward", "0.5", "--epochs", "1", "--fresh", *more])[0] == 0
    card = cards.read(tmp_path / "models" / "objects.json")
    assert card["training"]["command"].endswith("--epochs 1 --seed 0 --onward 0.5 --share 0.25 --still first")
    assert card["training"]["still"] == ["first"]
    assert card["training"]["share"] == 0.25


def test_what_it_made_worse_does_not_take_the_place_of_what_it_came_from(
    command: list[str], tmp_path: Path
) -> None:
    assert said(command)[0] == 0
    path = tmp_path / "models" / "objects.json"
    card = cards.read(path)
    card["accuracy"]["held_out"] = 1.01
    path.write_text(cards.as_text(card))
    again = [*command, "--onward", "0.5", "--epochs", "1", "--fresh", "--short"]
    code, text = said(again)
    assert code == 1
    assert re.search(r"held out: ([\d.]+)%, worse than before \(\1% after 101.00%\); the test part was ", text)
    assert text.endswith(f"{tmp_path / 'run' / 'objects'}\n")
    assert cards.read(path) == card
    refused = cards.read(tmp_path / "run" / "objects" / "objects.json")
    assert refused["training"]["begun_from"]
    assert (refused["confusion"], "overall" in refused["accuracy"]) == ([], False)


def test_a_training_can_leave_the_test_part_alone_and_another_one_go_on_from_it(
    command: list[str], tmp_path: Path
) -> None:
    code, text = said([*command, "--unjudged"])
    beside = tmp_path / "run" / "objects"
    assert code == 0
    assert re.search(rf"held out: [\d.]+%; the test part was left alone, written to {beside}\n$", text)
    assert not (tmp_path / "models").exists()
    between = cards.read(beside / "objects.json")
    assert between["weights"]["precision"] == "float32"
    assert (between["confusion"], set(between["accuracy"])) == ([], {"held_out", "goal"})
    onward = ["--onward", "0.5", "--share", "0.01", "--from", str(beside), "--checkpoints", str(tmp_path / "next")]
    assert said([*command, *onward])[0] == 0
    begun = cards.read(tmp_path / "models" / "objects.json")["training"]["begun_from"]
    assert (begun["sha256"], begun["accuracy"]) == (between["weights"]["sha256"], None)


@pytest.mark.parametrize(
    ("more", "says"),
    [(["--data", "missing.npz"], "missing.npz does not exist"), (["--seed", "1"], "another training")],
)
def test_what_cannot_be_trained_is_a_sentence(command: list[str], more: list[str], says: str) -> None:
    assert said(command)[0] == 0
    code, text = said([*command, *more])
    assert code == 2
    assert says in text
    assert "Traceback" not in text


def test_without_data_and_without_a_place_to_fetch_it_from_it_names_the_option(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    code, text = said(["tiny-vgg", "--threads", "1"])
    assert code == 2
    assert "--data" in text


@pytest.mark.parametrize(
    "wrong",
    [
        ["nothing"],
        ["objects", "--epochs", "0"],
        ["objects", "--threads", "-1"],
        ["objects", "--onward", "2"],
        ["objects", "--onward", "1", "--share", "2"],
        ["objects", "--share", "0.5"],
        ["objects", "--still", "conv_1"],
        ["objects", "--from", "build"],
    ],
)
def test_wrong_arguments_are_refused(wrong: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(wrong)
    assert "usage" in capsys.readouterr().err


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_is_one_line_in_a_terminal_and_few_in_a_file() -> None:
    moments = [Moment(step, 400, 1.0, 0.5, 75) for step in range(1, 101)]
    live, kept = Terminal(), io.StringIO()
    for stream in (live, kept):
        tell = Progress(stream)
        for moment in moments:
            tell(moment)
    assert live.getvalue().count("\r") == 100
    assert "\n" not in live.getvalue()
    assert "██████··················  25.0%  step 100 of 400" in live.getvalue()
    assert "1:15 left" in live.getvalue()
    assert kept.getvalue().count("\n") == 1


def test_every_network_has_its_recipe_and_its_data() -> None:
    assert list(training.RECIPES) == list(RECIPES) == ["tiny-vgg", "objects", "example"]


def test_a_time_is_written_as_on_a_clock() -> None:
    assert [clock(seconds) for seconds in (0, 59.6, 3599, 3600)] == ["0:00", "1:00", "59:59", "1:00:00"]
