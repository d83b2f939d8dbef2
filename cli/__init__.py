"""The commands that `yuanwen.py` puts together: wiring and wording only. Each module is one command, or one group of them."""
