"""The reproducible way to our recognition model: text, fonts, pictures, training, measuring.

`script/train` runs it all; `python -m training --help` tells the options.
"""
