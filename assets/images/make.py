"""Make the copies in this folder from the photographs inside scikit-image's package.

scikit-image is needed only here, so it is not among the project's requirements: run this where it is
installed (``pip install scikit-image==0.26.0``), from any folder. README.md beside this file lists sources
and terms.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from PIL import Image

LARGEST = 512  # the shorter side: the largest working size
HERE = Path(__file__).parent
# Name in scikit-image's data folder -> name here. Photographs become JPEG at full colour
# resolution, the outline PNG, which is lossless and smaller.
COPIES = {
    "coffee.png": "coffee.jpg",
    "chelsea.png": "cat.jpg",
    "horse.png": "horse.png",
    "camera.png": "camera.jpg",
    "rocket.jpg": "rocket.jpg",
    "brick.png": "brick.jpg",
    "grass.png": "grass.jpg",
    "gravel.png": "gravel.jpg",
}


def copy(source: Path, target: Path) -> None:
    """Write a copy of ``source``, its shorter side at most ``LARGEST`` pixels; an outline on white paper."""
    image = Image.open(source)
    if target.suffix == ".png":
        side = max(image.size)  # a square, so that the centre crop of the app cuts nothing off
        paper = Image.new("RGBA", (side, side), "white")
        paper.alpha_composite(image.convert("RGBA"), ((side - image.width) // 2, (side - image.height) // 2))
        paper.convert("L").save(target, optimize=True)
        return
    image = image.convert("L" if image.mode == "L" else "RGB")
    scale = min(1.0, LARGEST / min(image.size))
    size = (round(image.width * scale), round(image.height * scale))
    if size != image.size:
        image = image.resize(size, Image.Resampling.LANCZOS)
    image.save(target, quality=88, subsampling=0, optimize=True)


def main() -> None:
    """Write every copy and print its size."""
    data = Path(str(resources.files("skimage") / "data"))
    for source, target in COPIES.items():
        copy(data / source, HERE / target)
        print(f"{target}: {Image.open(HERE / target).size}, {(HERE / target).stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
