@dataclass(frozen=True)
class Preprocessing:
    """How an image becomes an input: grey, resized, each pixel multiplied by `scale`.

    `layout` orders the axes: N batch, H height, W width, C channels.
    """

    height: int
    width: int
    layout: str
    scale: float


