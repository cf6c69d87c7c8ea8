import pytest
import torch
from torch import nn

from explorer.trained import narrow


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("size", [(1, 1), (3, 3), (5, 3), (2, 4)])
def test_it_is_the_convolution_in_float64(size: tuple[int, int], bias: bool) -> None:
    torch.manual_seed(1)
    layer, x = nn.Conv2d(7, 5, size, bias=bias), torch.randn(1, 7, 20, 23)
    with torch.inference_mode():
        found = narrow.convolve(layer, x)
        right = layer.double()(x.double())
    assert found.is_contiguous()
    assert found.shape == right.shape
    torch.testing.assert_close(found.double(), right, rtol=0, atol=3e-6)


def test_only_what_it_can_compute_and_is_slow_in_torch_is_given_to_it() -> None:
    x = torch.zeros(1, 10, 62, 62)
    assert narrow.fits(nn.Conv2d(10, 10, 3), x)
    for others in ({"stride": 2}, {"padding": 1}, {"padding": "same"}, {"dilation": 2}, {"groups": 2}):
        assert not narrow.fits(nn.Conv2d(10, 10, 3, **others), x)
    assert not narrow.fits(nn.Conv2d(10, 32, 3), x)
    assert not narrow.fits(nn.Conv2d(3, 10, 3), x[:, :3])
    assert not narrow.fits(nn.Conv2d(10, 10, 3), x.repeat(2, 1, 1, 1))
    assert not narrow.fits(nn.Conv2d(10, 10, 3), x.to(memory_format=torch.channels_last))
    assert not narrow.fits(nn.Conv2d(10, 10, 3), x[:, :, :30, :30].contiguous())
