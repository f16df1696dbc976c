"""A synthetic province: nobody in it exists, everybody in it could.

The same seed, size and day give the same province, byte for byte. `names` and `numbers` are
pure; `structure` lays out the posts, `population` fills them, `writing` copies the rows in.
"""
