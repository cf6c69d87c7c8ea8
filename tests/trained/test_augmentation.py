import math

import pytest
import torch
from torch import Generator, Tensor

from explorer.trained.augmentation import Moves, cut_out, mix, move, relight, shift, uniform


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def pictures(count: int = 6, side: int = 8) -> Tensor:
    return torch.rand(count, 3, side, side, generator=seeded(9))


def plain(count: int) -> Tensor:
    return torch.zeros(count, dtype=torch.bool)


def test_numbers_lie_between_their_bounds() -> None:
    numbers = uniform(10_000, -2, 3, seeded())
    assert -2 <= float(numbers.min()) < -1.99
    assert 2.99 < float(numbers.max()) <= 3


def test_no_move_changes_nothing_and_a_mirror_mirrors() -> None:
    images = pictures()
    torch.testing.assert_close(move(images, plain(6), Moves(), seeded()), images)
    mirrored = torch.tensor([True, False, True, False, False, False])
    found = move(images, mirrored, Moves(), seeded())
    torch.testing.assert_close(found[[0, 2]], images[[0, 2]].flip(3))
    torch.testing.assert_close(found[[1, 3]], images[[1, 3]])


def test_a_larger_scale_shows_things_larger() -> None:
    image = torch.zeros(1, 1, 32, 32)
    image[:, :, 12:20, 12:20] = 1
    found = move(image, plain(1), Moves(smallest=2, largest=2), seeded(), edge="zeros")
    assert float(found.sum()) == pytest.approx(4 * 64, rel=0.05)
    wide = move(image, plain(1), Moves(smallest=2, largest=2), seeded(), size=64, edge="zeros")
    assert float(wide.sum()) == pytest.approx(16 * 64, rel=0.05)


def test_a_turn_keeps_the_area_and_moves_the_mass_round_the_centre() -> None:
    image = torch.zeros(200, 1, 33, 33)
    image[:, :, 15:18, 24:27] = 1  # to the right of the centre
    found = move(image, plain(200), Moves(turn=30), seeded(), edge="zeros")
    rows = (found.sum((1, 3)) * (torch.arange(33) - 16)).sum(1) / found.sum((1, 2, 3))
    cols = (found.sum((1, 2)) * (torch.arange(33) - 16)).sum(1) / found.sum((1, 2, 3))
    torch.testing.assert_close(torch.hypot(rows, cols), torch.full((200,), 9.0), atol=0.2, rtol=0)
    angles = torch.atan2(rows, cols) * 180 / math.pi
    assert 25 < float(angles.abs().max()) < 31
    assert abs(float(angles.mean())) < 4


def test_relighting_stays_in_range_and_leaves_the_mean_of_grey_to_brightness_alone() -> None:
    images = pictures() * 0.4 + 0.3
    found = relight(images, seeded(), brightness=0.5, contrast=1.0, saturation=1.0)
    assert 0 <= float(found.min()) <= float(found.max()) <= 1
    assert not torch.equal(found, images)
    toned = relight(images, seeded(), brightness=0.0, contrast=0.3, saturation=0.3)
    torch.testing.assert_close(toned.mean((1, 2, 3)), images.mean((1, 2, 3)))
    torch.testing.assert_close(relight(images, seeded(), brightness=0, contrast=0, saturation=0), images)


def test_a_shift_moves_whole_cells_and_reflects_the_edge() -> None:
    images = pictures(50)
    found = shift(images, plain(50), 2, seeded())
    padded = torch.nn.functional.pad(images, (2, 2, 2, 2), "reflect")
    places = set()
    for image, moved in zip(padded, found, strict=True):
        fits = [
            (row, col)
            for row in range(5)
            for col in range(5)
            if torch.equal(image[:, row : row + 8, col : col + 8], moved)
        ]
        assert fits
        places |= set(fits)
    assert len(places) > 15
    mirrored = shift(images, ~plain(50), 0, seeded())
    assert torch.equal(mirrored, images.flip(3))


def test_a_square_of_its_size_is_painted_over_with_the_mean() -> None:
    images = pictures(200, 16)
    found = cut_out(images, 4, seeded())
    hidden = (found != images).all(1)
    assert int(hidden.sum((1, 2)).max()) == 16
    assert int(hidden.sum((1, 2)).min()) >= 4  # at a corner a quarter is left
    mean = images[0].mean((1, 2))
    torch.testing.assert_close(found[0][:, hidden[0]], mean[:, None].expand(3, int(hidden[0].sum())))


def test_a_rectangle_of_another_picture_comes_to_its_own_place_and_its_share_is_its_area() -> None:
    images = pictures(200, 32)
    found, others, own = mix(images, 0.5, seeded())
    taken = (found != images).all(1)
    mixed = others != torch.arange(200)
    assert int(mixed.sum()) == 100
    assert torch.equal(found, torch.where(taken[:, None], images[others], images))
    torch.testing.assert_close(own, 1 - taken.float().mean((1, 2)))
    assert torch.equal(own < 1, mixed & taken.any(2).any(1))
    rows, cols = taken.any(2), taken.any(1)
    assert torch.equal(taken, rows[:, :, None] & cols[:, None, :])
    assert all((line.int().diff() != 0).sum() <= 2 for line in torch.cat([rows, cols]))  # in one piece
    assert 0.45 < float(own.min()) < 0.6  # half the area, to within the rounding of its sides
    assert float(own[mixed].mean()) == pytest.approx(0.81, abs=0.04)  # 0.75, and more where an edge cuts it off
    assert sorted(others.tolist()) == list(range(200))  # each is another's rectangle once


@pytest.mark.parametrize(("part", "count"), [(0.0, 6), (1.0, 1)])
def test_nothing_is_mixed_where_there_is_no_other(part: float, count: int) -> None:
    images = pictures(count)
    found, others, own = mix(images, part, seeded())
    assert torch.equal(found, images)
    assert others.tolist() == list(range(count))
    assert part == 1 or own.tolist() == [1] * count


def test_the_same_seed_makes_the_same_pictures() -> None:
    images, moves = pictures(), Moves(turn=20, smallest=0.5, shift=0.2)
    assert torch.equal(move(images, plain(6), moves, seeded(5)), move(images, plain(6), moves, seeded(5)))
    assert not torch.equal(move(images, plain(6), moves, seeded(5)), move(images, plain(6), moves, seeded(6)))
