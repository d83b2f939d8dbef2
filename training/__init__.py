"""How the shipped models are made: the reader's training and the exports. Nothing in the product imports this package."""
