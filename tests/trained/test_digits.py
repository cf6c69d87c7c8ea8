import torch
from torch import Generator, Tensor
from torch.nn import functional

from explorer.trained.digits import SIZE, calm, on_paper, placed, thicken, written


def strokes(count: int = 40) -> Tensor:
    """A slanted stroke in the middle, as MNIST would hold it, with a soft edge."""
    image = torch.zeros(1, 1, 28, 28)
    for row in range(4, 24):
        image[0, 0, row, 10 + row // 4 : 13 + row // 4] = 1
    soft = functional.avg_pool2d(image, 3, 1, 1)
    return torch.maximum(image * 0.9, soft).expand(count, 1, 28, 28).contiguous()


def seeded(seed: int = 0) -> Generator:
    return Generator().manual_seed(seed)


def test_inputs_are_of_the_networks_size_and_range() -> None:
    found = written(strokes(16), torch.zeros(16, dtype=torch.bool), seeded())
    assert found.shape == (16, 1, SIZE, SIZE)
    assert 0 <= float(found.min()) < float(found.max()) <= 1
    assert bool(torch.isfinite(found).all())
    assert torch.equal(found, written(strokes(16), torch.ones(16, dtype=torch.bool), seeded()))  # never mirrored


def test_most_of_the_calm_ones_stay_nearly_as_they_are() -> None:
    found = calm(strokes(80), torch.zeros(80, dtype=torch.bool), seeded())
    assert found.shape == (80, 1, SIZE, SIZE)
    assert 0 <= float(found.min()) < float(found.max()) <= 1
    plain = functional.interpolate(strokes(1), SIZE, mode="bilinear")
    overlap = torch.minimum(found, plain).sum((1, 2, 3)) / torch.maximum(found, plain).sum((1, 2, 3))
    assert float(overlap[:60].median()) > 0.5 > float(overlap[60:].median())
    assert torch.equal(found, calm(strokes(80), torch.ones(80, dtype=torch.bool), seeded()))


def test_a_digit_goes_anywhere_and_stays_in_the_frame() -> None:
    found = placed(strokes(200), seeded()) > 0.2
    rows, cols = found.any(3)[:, 0], found.any(2)[:, 0]
    heights = rows.sum(1)
    assert int(heights.min()) > 30
    assert int(heights.max()) > 120
    middle = (cols.float() * torch.arange(SIZE)).sum(1) / cols.sum(1)
    assert float(middle.min()) < 40
    assert float(middle.max()) > 110
    # What is cut off by the frame would stand at its rim.
    cut = found[:, 0, [0, -1]].any((1, 2)) | found[:, 0, :, [0, -1]].any((1, 2))
    assert float(cut.float().mean()) < 0.15


def test_strokes_become_thick_and_thin() -> None:
    large = functional.interpolate(strokes(), SIZE, mode="bilinear", align_corners=False)
    drawn = thicken(large, seeded())
    assert 0 <= float(drawn.min()) <= float(drawn.max()) <= 1
    area = (drawn > 0.5).float().sum((1, 2, 3))
    usual = float((large[0] > 0.5).float().sum())
    assert float(area.min()) < 0.9 * usual
    assert float(area.max()) > 1.3 * usual
    assert float(drawn.amax((1, 2, 3)).min()) > 0.8  # even the thinnest is still there


def test_paper_is_black_for_half_and_shaded_for_half() -> None:
    found = on_paper(torch.zeros(60, 1, SIZE, SIZE), seeded())
    clean = (found.amax((1, 2, 3)) == 0).float().mean()
    assert 0.3 < float(clean) < 0.7
    assert 0.05 < float(found.max()) < 0.6
