"""People, posts and assignments from a personnel office's table.

A file is read (`reading`), each cell is understood (`parsing`), the whole is compared with
itself and with the database (`planning`), and only a plan without a fault is carried out
(`applying`). `batches` does the same for an upload on the page.
"""
