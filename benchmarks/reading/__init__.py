"""The reader measured by itself and in the product: what it finds, what it leaves out, how well it knows, how fast it is.

    python -m benchmarks.reading                                   # every row of the table
    python -m benchmarks.reading --rows 300                        # a fixed sample of each set
    python -m benchmarks.reading --only speakers multispan --reader FOLDER

- `sets`: the question sets, and which of their rows are asked
- `metrics`: how right an answer is
- `measures`: one function for each row of the table
- `product`: a question asked of the whole product over one text
- `calibration`: confidences of the whole product, over libraries made of held-out paragraphs
- `fp32`: the same reader in torch, in full precision
"""
