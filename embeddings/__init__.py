"""Text to vectors, vectors to neighbours."""

from embeddings.encoder import Embedder, load_embedder
from embeddings.index import VectorIndex
from embeddings.vectors import PassageVectors

__all__ = ["Embedder", "PassageVectors", "VectorIndex", "load_embedder"]
