"""A stack of transformer layers run by onnxruntime on the CPU: word vectors in, whatever the graph's head gives out.

Beside each graph ``NAME.onnx`` lies ``NAME.json``, its manifest: what it is, what it was made from, and its checksum.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from corpus.errors import ModelError

if TYPE_CHECKING:
    import onnxruntime

FORMAT = 1
"""Version of the agreement between exporter and loader: names and shapes of inputs and outputs, fields of the manifest."""


def manifest_path(path: Path) -> Path:
    """The manifest that belongs to a graph."""
    return path.with_suffix(".json")


def read_manifest(path: Path) -> dict[str, Any]:
    """The manifest of the graph at *path*, checked against the file itself (15 ms for 22 MB). Raises ModelError."""
    beside = manifest_path(path)
    try:
        manifest = json.loads(beside.read_text(encoding="utf-8"))
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise ModelError(
            f"The model {path} or its manifest {beside.name} is missing or unreadable ({error}). Reinstall yuanwen."
        ) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        found = manifest.get("format") if isinstance(manifest, dict) else manifest
        raise ModelError(
            f"The model {path} has format {found!r}, and this version reads format {FORMAT}. Export it again, or reinstall yuanwen."
        )
    if len(data) != manifest.get("bytes") or hashlib.sha256(data).hexdigest() != manifest.get("sha256"):
        raise ModelError(f"The model {path} is damaged: it is not the file that its manifest {beside.name} describes. Reinstall yuanwen.")
    return manifest


class OnnxLayers:
    """A graph from ``inputs_embeds`` on. The session is made at the first ``run``; running is safe from several threads.

    Raises ModelError when the file is missing, damaged or of another format.
    """

    def __init__(self, path: Path | str, *, threads: int | None = None) -> None:
        self.path = Path(path)
        self.manifest = read_manifest(self.path)
        self.threads = threads
        self._lock = threading.Lock()

    @functools.cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads or physical_cores()
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            return onnxruntime.InferenceSession(str(self.path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's own exception classes share no public base
            raise ModelError(f"onnxruntime {onnxruntime.__version__} cannot load {self.path} ({error}).") from error

    def run(self, inputs_embeds: npt.NDArray[np.float32], attention_mask: npt.NDArray[np.int64]) -> list[npt.NDArray[np.float32]]:
        """Run one batch.

        Args:
            inputs_embeds: word vectors, float32 (n_texts, n_tokens, dimension); positions and token type are added in the graph.
            attention_mask: int64 (n_texts, n_tokens), 1 for a token and 0 for padding, which comes last.

        Returns:
            The graph's outputs in order, each float32 (n_texts, n_tokens, ...); what they say of padding means nothing.
        """
        with self._lock:  # only until the session exists
            session = self._session
        outputs: list[npt.NDArray[np.float32]] = session.run(None, {"inputs_embeds": inputs_embeds, "attention_mask": attention_mask})
        return outputs


def physical_cores() -> int:
    """Threads worth using: the processors this process may run on, without the second thread of a core; at least 1."""
    try:
        logical = len(os.sched_getaffinity(0))
    except AttributeError:  # not on Linux
        logical = os.cpu_count() or 1
    return max(1, min(logical, 8))
