"""The mean of several trainings' weights: ``python -m training.mean OUT WEIGHTS WEIGHTS …``.

Trainings that began at the same weights and went on with other rows can be averaged, and the mean often keeps more of what each of
them is good at than the last one does (Wortsman et al. 2022, "Model soups", arXiv:2203.05482).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import numpy as np
import numpy.typing as npt
import typer

from training.model import ADDED

Weights = Mapping[str, npt.NDArray[np.float16]]


def mean(several: Sequence[Weights]) -> dict[str, npt.NDArray[np.float16]]:
    """Average weights name by name, added up in float32. What is given twice counts twice.

    A head that some of them were trained without is the mean of the others'.

    Raises:
        ValueError: they aren't weights of the same network.
    """
    shapes = {name: value.shape for one in several for name, value in one.items()}
    needed = {name for name in shapes if not name.startswith(ADDED)}
    for one in several:
        if not needed <= one.keys() or any(shapes[name] != value.shape for name, value in one.items()):
            raise ValueError("the weights are of different networks: their names or shapes differ")
    found = {}
    for name in shapes:
        average = np.mean([one[name].astype(np.float32) for one in several if name in one], axis=0)
        found[name] = average.astype(np.float16)  # one rounding, at the end
    return found


def main(
    out: Annotated[Path, typer.Argument(help="The .safetensors file to write.")],
    weights: Annotated[list[Path], typer.Argument(metavar="WEIGHTS", help="The .safetensors files of the trainings.")],
) -> None:
    """Write the mean of several trainings' weights."""
    from safetensors.numpy import load_file, save_file

    save_file(mean([load_file(path) for path in weights]), out)


if __name__ == "__main__":
    typer.run(main)
