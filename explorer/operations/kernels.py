"""The kernels that come with the project, each with what it finds and where it is from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import ArrayLike, NDArray

from explorer.operations import kernel_build as build

Float = NDArray[np.float32]

OWN = "own"
LARGEST = 15


@dataclass(frozen=True, eq=False)
class Kernel:
    """Weights with a name.

    Attributes
    ----------
    name
        The key in `KERNELS`; "own" for a person's.
    weights
        (kH, kW) float32, read-only.
    summary
        One sentence: what it finds or does.
    source
        The paper with its year, or the textbook.
    title, family
        What is shown, and under which heading.
    positive, negative
        What a positive and a negative number of the feature map mean; may be empty.
    """

    name: str
    weights: Float
    summary: str
    source: str
    title: str = ""
    family: str = ""
    positive: str = ""
    negative: str = ""

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused below
            weights = np.array(self.weights, np.float32)
        if weights.ndim != 2 or 0 in weights.shape:
            raise ValueError(f"kernel: got the shape {weights.shape}, needed is (kH, kW), not empty")
        if not np.isfinite(weights).all():
            raise ValueError("kernel: got a weight that is not finite, needed are numbers")
        weights.flags.writeable = False
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "title", self.title or self.name)

    @classmethod
    def own(cls, weights: ArrayLike) -> Kernel:
        """Return a person's own kernel (kH, kW)."""
        return cls(OWN, np.asarray(weights), "Your own kernel.", "you", "Own kernel", "Own")

    @property
    def shape(self) -> tuple[int, int]:
        """(kH, kW)."""
        return self.weights.shape[0], self.weights.shape[1]

    def _key(self) -> tuple[str, tuple[int, ...], bytes]:
        return self.name, self.weights.shape, self.weights.tobytes()

    def __eq__(self, other: object) -> bool:
        """Two kernels are equal with the same name and the same weights."""
        return isinstance(other, Kernel) and self._key() == other._key()

    def __hash__(self) -> int:
        """Hash what `__eq__` compares."""
        return hash(self._key())


@dataclass(frozen=True)
class Parameter:
    """One number of a parametric kernel.

    Attributes
    ----------
    name, label, unit
        The builder's argument, what is shown, and of what.
    low, high, step, default
        Every value from low to high in these steps is legal. Whole numbers where the step is whole.
    """

    name: str
    label: str
    low: float
    high: float
    step: float
    default: float
    unit: str = ""


@dataclass(frozen=True)
class Parametric:
    """A family of kernels with numbers to choose.

    Attributes
    ----------
    slug
        The library's kernel that has the defaults.
    function
        From the parameters to weights.
    parameters
        In the order they are shown.
    """

    slug: str
    function: Callable[..., Float]
    parameters: tuple[Parameter, ...]

    def build(self, **values: float) -> Kernel:
        """Build the kernel; what is not given stands at its default.

        Raises
        ------
        ValueError
            If a value is out of its range or has an unknown name.

        Examples
        --------
        >>> PARAMETRIC["gaussian"].build(size=3, sigma=0.8).weights.shape
        (3, 3)
        """
        known = {p.name: p for p in self.parameters}
        for name, value in values.items():
            if name not in known:
                raise ValueError(f"{self.slug}: got a parameter {name!r}, legal are {', '.join(known)}")
            low, high, step = known[name].low, known[name].high, known[name].step
            if not isinstance(value, (int, float, np.integer, np.floating)) or not low <= value <= high:
                raise ValueError(f"{name}: got {value!r}, legal is {low:g} to {high:g}")
            if float(step).is_integer() and (value - low) % step:
                raise ValueError(f"{name}: got {value!r}, legal is {low:g} to {high:g} in steps of {step:g}")
        chosen = {name: values.get(name, p.default) for name, p in known.items()}
        whole = {name: int(v) if float(known[name].step).is_integer() else float(v) for name, v in chosen.items()}
        library = KERNELS[self.slug]
        weights = self.function(**whole)
        if np.array_equal(weights, library.weights):
            return library
        return Kernel(
            OWN,
            weights,
            library.summary,
            library.source,
            library.title,
            library.family,
            library.positive,
            library.negative,
        )


_GONZALEZ = "R. Gonzalez, R. Woods, Digital Image Processing, 4th ed. (2018)"
_SMOOTH, _SHARP, _EDGE, _SECOND, _LINE, _OTHER = (
    "Blur",
    "Sharpen",
    "Edges",
    "Second derivative",
    "Lines and corners",
    "Other",
)
_RIGHT = ("darker on its left, brighter on its right", "brighter on its left, darker on its right")
_DOWN = ("darker above, brighter below", "brighter above, darker below")
_SPOT = ("brighter than its surroundings", "darker than its surroundings")
_SPOT_INVERSE = _SPOT[::-1]
_COMPASS = ("north", "north-east", "east", "south-east", "south", "south-west", "west", "north-west")
_COMPASS_SLUGS = ("n", "ne", "e", "se", "s", "sw", "w", "nw")


def _edges() -> list[Kernel]:
    sources = {
        "sobel": "I. Sobel, G. Feldman (1968); R. Duda, P. Hart, Pattern Classification and Scene Analysis (1973)",
        "prewitt": "J. Prewitt, Object enhancement and extraction, Picture Processing and Psychopictorics (1970)",
        "scharr": "H. Scharr, Optimale Operatoren in der Digitalen Bildverarbeitung, thesis, Heidelberg (2000)",
    }
    return [
        Kernel(
            f"{name}-{direction}",
            build.edges(build.SMOOTH[name], vertical=direction == "vertical"),
            f"Finds {direction} edges and is smooth along them.",
            sources[name],
            f"{name.capitalize()}, {direction} edges",
            _EDGE,
            *(_RIGHT if direction == "vertical" else _DOWN),
        )
        for name in sources
        for direction in ("vertical", "horizontal")
    ]


def _kirsch() -> list[Kernel]:
    return [
        Kernel(
            f"kirsch-{slug}",
            build.kirsch(turns),
            f"Answers where it gets brighter towards the {way}.",
            "R. Kirsch, Computer determination of the constituent structure of biological images, "
            "Computers and Biomedical Research 4 (1971)",
            f"Kirsch, {way}",
            _EDGE,
            f"brighter to the {way}",
            f"darker to the {way}",
        )
        for turns, (slug, way) in enumerate(zip(_COMPASS_SLUGS, _COMPASS, strict=True))
    ]


def _library() -> list[Kernel]:
    laplace = f"{_GONZALEZ}, section 3.6"
    marr = "D. Marr, E. Hildreth, Theory of edge detection, Proceedings of the Royal Society B 207 (1980)"
    roberts = "L. Roberts, Machine Perception of Three-Dimensional Solids, dissertation, MIT (1963)"
    lines = f"{_GONZALEZ}, section 10.2"
    return [
        Kernel(
            "identity", build.identity(), "Copies the image: each pixel is itself.", laplace, "Identity", _OTHER
        ),
        Kernel(
            "box-blur",
            build.box(),
            "Averages nine neighbours, each with 1/9.",
            f"{_GONZALEZ}, section 3.5",
            "Box blur",
            _SMOOTH,
        ),
        Kernel(
            "gaussian",
            build.gaussian(),
            "Averages with the near pixels counting most.",
            f"{_GONZALEZ}, section 3.5",
            "Gaussian blur",
            _SMOOTH,
        ),
        Kernel(
            "motion-blur",
            build.motion(),
            "Averages along a line, as a moving camera does.",
            f"{_GONZALEZ}, section 5.6",
            "Motion blur",
            _SMOOTH,
        ),
        Kernel(
            "sharpen",
            np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], np.float32),
            "Adds to each pixel what sets it apart from its four neighbours.",
            laplace,
            "Sharpen",
            _SHARP,
        ),
        Kernel(
            "unsharp",
            build.unsharp(),
            "Adds what a Gaussian blur would take away.",
            laplace,
            "Unsharp mask",
            _SHARP,
        ),
        Kernel(
            "laplacian-4",
            np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], np.float32),
            "Finds edges in all directions; the lecture's edge detector.",
            laplace,
            "Laplacian, 4 neighbours",
            _SECOND,
            *_SPOT_INVERSE,
        ),
        Kernel(
            "laplacian-8",
            np.array([[1, 1, 1], [1, -8, 1], [1, 1, 1]], np.float32),
            "Finds edges in all directions, diagonals included.",
            laplace,
            "Laplacian, 8 neighbours",
            _SECOND,
            *_SPOT_INVERSE,
        ),
        Kernel(
            "outline",
            np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], np.float32),
            "Keeps outlines and takes away what is flat.",
            lines,
            "Outline",
            _SECOND,
            *_SPOT,
        ),
        Kernel(
            "log",
            build.laplacian_of_gaussian(),
            "Blurs, then finds spots and edges; zero crossings lie on edges.",
            marr,
            "Laplacian of Gaussian",
            _SECOND,
            *_SPOT,
        ),
        Kernel(
            "dog",
            build.difference_of_gaussians(),
            "A narrow blur minus a wide one: spots of one size stand out.",
            marr,
            "Difference of Gaussians",
            _SECOND,
            *_SPOT,
        ),
        *_edges(),
        Kernel(
            "roberts-falling",
            np.array([[1, 0], [0, -1]], np.float32),
            "Compares a pixel with the one below on its right.",
            roberts,
            "Roberts, falling diagonal",
            _EDGE,
            "brighter at the upper left",
            "brighter at the lower right",
        ),
        Kernel(
            "roberts-rising",
            np.array([[0, 1], [-1, 0]], np.float32),
            "Compares a pixel with the one above on its right.",
            roberts,
            "Roberts, rising diagonal",
            _EDGE,
            "brighter at the upper right",
            "brighter at the lower left",
        ),
        *_kirsch(),
        Kernel(
            "emboss",
            np.array([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], np.float32),
            "Lights the image from the side, like a relief.",
            "GIMP documentation, convolution matrix filter, example emboss",
            "Emboss",
            _OTHER,
        ),
        Kernel(
            "gabor",
            build.gabor(),
            "Finds stripes of one width and direction.",
            "J. Daugman, Uncertainty relation for resolution in space, spatial frequency, and orientation, "
            "JOSA A 2 (1985)",
            "Gabor",
            _LINE,
            "stripes in step with the wave",
            "stripes against the wave",
        ),
        *(
            Kernel(
                f"ridge-{slug}",
                build.line(angle=angle),
                f"Finds {word} lines one pixel wide.",
                lines,
                f"Ridge, {word}",
                _LINE,
                "a bright line",
                "a dark line, or beside a bright one",
            )
            for angle, slug, word in (
                (0, "horizontal", "horizontal"),
                (90, "vertical", "vertical"),
                (45, "rising", "rising"),
                (135, "falling", "falling"),
            )
        ),
        Kernel(
            "corner",
            np.array([[-4, -4, -4], [-4, 5, 5], [-4, 5, 5]], np.float32),
            "Finds upper left corners of bright things.",
            "a template made for this app: bright lower right block against a dark surround",
            "Corner, upper left",
            _LINE,
            "a bright corner opens to the lower right",
            "a dark corner opens to the lower right",
        ),
        Kernel(
            "checker",
            np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32),
            "Finds points where both directions change at once: corners and single dots.",
            "J. Immerkær, Fast noise variance estimation, Computer Vision and Image Understanding 64 (1996)",
            "Corner, cross derivative",
            _LINE,
            "a dot or crossing, brighter",
            "a dot or crossing, darker",
        ),
    ]


KERNELS: Mapping[str, Kernel] = MappingProxyType({kernel.name: kernel for kernel in _library()})


def _sized(default: int) -> Parameter:
    return Parameter("size", "Size", 3, LARGEST, 2, default, "pixels")


PARAMETRIC: Mapping[str, Parametric] = MappingProxyType(
    {
        entry.slug: entry
        for entry in (
            Parametric("box-blur", build.box, (_sized(3),)),
            Parametric(
                "gaussian", build.gaussian, (_sized(5), Parameter("sigma", "Sigma", 0.3, 5, 0.1, 1, "pixels"))
            ),
            Parametric(
                "unsharp",
                build.unsharp,
                (
                    _sized(5),
                    Parameter("sigma", "Sigma", 0.3, 5, 0.1, 1, "pixels"),
                    Parameter("amount", "Amount", 0.1, 5, 0.1, 1),
                ),
            ),
            Parametric(
                "motion-blur", build.motion, (_sized(9), Parameter("angle", "Angle", 0, 175, 5, 0, "degrees"))
            ),
            Parametric(
                "log",
                build.laplacian_of_gaussian,
                (_sized(9), Parameter("sigma", "Sigma", 0.5, 4, 0.1, 1.4, "pixels")),
            ),
            Parametric(
                "dog",
                build.difference_of_gaussians,
                (
                    _sized(9),
                    Parameter("sigma", "Sigma", 0.5, 4, 0.1, 1, "pixels"),
                    Parameter("ratio", "Ratio of the two", 1.1, 4, 0.1, 1.6),
                ),
            ),
            Parametric(
                "gabor",
                build.gabor,
                (
                    _sized(11),
                    # At 2 pixels an odd wave is 0 in every cell.
                    Parameter("wavelength", "Wavelength", 2.5, 15, 0.5, 5, "pixels"),
                    Parameter("angle", "Angle", 0, 175, 5, 0, "degrees"),
                    Parameter("sigma", "Sigma", 0.5, 5, 0.1, 2.5, "pixels"),
                    Parameter("phase", "Phase", 0, 270, 90, 0, "degrees"),
                ),
            ),
        )
    }
)
