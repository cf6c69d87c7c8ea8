"""What a link says is text on every page: nothing in it becomes a link, a picture or a formula."""

from __future__ import annotations

import pytest

from explorer.ui.plain_text import plain
from tests.pages.opened import opened

PICTURE = "![x](http://pictures.example/x.png)"


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("operations/convolution", {"kernel": PICTURE}),
        ("operations/filters", {"kernel": PICTURE}),
        ("operations/filters", {"stride": PICTURE}),
        ("operations/pooling", {"pool": PICTURE}),
        ("operations/layer", {"stride": PICTURE}),
        ("networks/architecture", {"net": PICTURE}),
        ("networks/activations", {"network": PICTURE}),
    ],
)
def test_a_picture_in_a_link_stays_text(page: str, query: dict[str, str]) -> None:
    section, _, name = page.partition("/")
    app = opened(name, {"size": "32", **query}, section=section)
    assert app.warning
    for warning in app.warning:
        assert "![" not in warning.value


def test_what_looks_like_markdown_is_escaped_and_a_sentence_is_left_alone() -> None:
    assert plain("_a_ *b* `c` $d$ ~e~ <f> :red[g]") == r"\_a\_ \*b\* \`c\` \$d\$ \~e\~ \<f\> \:red\[g\]"
    assert plain("# a\n- b\n+ c") == "\\# a\n\\- b\n\\+ c"
    sentence = "conv_1_1: got 3 × 3 (at 2, 1), needed is −4 to 4; 1.5e+38 is too large!"
    assert plain(sentence) == sentence


def test_an_error_is_its_sentence() -> None:
    assert plain(ValueError("a [b]")) == r"a \[b\]"
