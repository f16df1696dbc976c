"""Memory that stays flat over thousands of documents.

pyHanko's readers and WeasyPrint's boxes refer to each other in rings that hold a whole file.
Python's collector would let dozens of them pile up; looked for after each document they cost a
third of a millisecond, as long as what was loaded at the start is not walked again.
"""

import functools
import gc


@functools.cache
def settle() -> None:
    """What is loaded now stays for good: the collector never looks at it again."""
    gc.collect()
    gc.freeze()


def tidy() -> None:
    """Give back what the last document left behind."""
    settle()
    gc.collect()
