"""The patches that excite a filter most are those: nothing in the pictures excites it more."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.insight.patches import PER_PICTURE, strongest
from explorer.samples import SAMPLES
from explorer.trained import zoo
from explorer.trained.stages import activate

TINY = zoo.load("tiny-vgg")
PICTURES = {name: SAMPLES[name].load() for name in ("coffee", "cat", "shapes")}
FIELDS = {"conv_1_1": 3, "conv_2_1": 10, "conv_2_2": 14}


@pytest.mark.parametrize(("stage", "field"), FIELDS.items())
def test_a_patch_is_as_large_as_the_field_and_gives_its_number_wherever_it_is_put(stage: str, field: int) -> None:
    for number, patches in enumerate(strongest(TINY, stage, PICTURES, sizes=[64, 96], count=3)):
        assert [one.value for one in patches] == sorted((one.value for one in patches), reverse=True)
        for one in patches:
            assert one.pixels.shape == (3, field, field)
            picture = replace(TINY.preparation, size=one.size)(PICTURES[one.picture])
            box = one.box
            np.testing.assert_array_equal(one.pixels, picture[:, box.top : box.bottom, box.left : box.right])
            alone = np.zeros((3, 64, 64), np.float32)
            alone[:, :field, :field] = one.pixels
            cell = activate(TINY, alone).values[stage][number, 0, 0]
            assert float(cell) == pytest.approx(one.value, abs=1e-4)


def test_no_cell_of_the_pictures_excites_a_filter_more_than_its_first_patch() -> None:
    found = strongest(TINY, "conv_2_1", PICTURES, sizes=[64])
    most = np.max(
        [activate(TINY, TINY.prepare(one)).values["conv_2_1"].max((1, 2)) for one in PICTURES.values()], 0
    )
    np.testing.assert_allclose([patches[0].value for patches in found], most, rtol=1e-4, atol=1e-5)


def test_patches_lie_apart_and_few_are_of_the_same_picture() -> None:
    for patches in strongest(TINY, "conv_2_1", PICTURES, count=9):
        names = [one.picture for one in patches]
        assert max(map(names.count, names)) <= PER_PICTURE
        for place, one in enumerate(patches):
            for other in patches[:place]:
                if one.picture == other.picture:
                    a, b = (np.array(patch.box) / patch.size for patch in (one, other))
                    assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_the_search_is_the_same_every_time_and_says_how_far_it_is() -> None:
    shares: list[float] = []
    first = strongest(TINY, "conv_1_1", PICTURES, filters=[4], told=shares.append)
    again = strongest(TINY, "conv_1_1", PICTURES, filters=[4])
    assert shares == pytest.approx([1 / 3, 2 / 3, 1])
    assert [(one.picture, one.size, one.box, one.value) for one in first[0]] == [
        (one.picture, one.size, one.box, one.value) for one in again[0]
    ]


def test_a_picture_is_never_enlarged_and_what_excites_nothing_is_left_out() -> None:
    assert strongest(TINY, "conv_2_2", {"lecture": SAMPLES["lecture"].load()}) == ((),) * 10
    grey = {"grey": np.full((64, 64, 3), 128, np.uint8)}
    of_grey = activate(TINY, torch.full((3, 64, 64), 128 / 255).numpy()).values["relu_2_1"].max((1, 2))
    assert [bool(patches) for patches in strongest(TINY, "relu_2_1", grey)] == (of_grey > 0).tolist()


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="stage: got 'output'"):
        strongest(TINY, "output", PICTURES)
    with pytest.raises(ValueError, match="filters: got 10, legal is 0 to 9"):
        strongest(TINY, "conv_1_1", PICTURES, filters=[0, 10])
    with pytest.raises(ValueError, match="count: got 0"):
        strongest(TINY, "conv_1_1", PICTURES, count=0)
