"""Pickles, which are code: refused, with what to do instead."""

from dlscaffold.errors import ScaffoldError
from dlscaffold.models.description import Contents, Source


def read(source: Source) -> Contents:
    """Raise ScaffoldError."""
    raise ScaffoldError(
        f"{source.path} is a pickle (a state dict or a whole module), and unpickling "
        "runs whatever code is in it: where the model was trained, write "
        "`torch.export.save(torch.export.export(model, examples), 'model.pt2')` and "
        "inspect that."
    )
