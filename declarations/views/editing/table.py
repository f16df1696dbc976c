"""The pages of every `EditingSet`: name, address below the subject's own, view."""

from declarations.views.editing import rows, sections, signing

PAGES = (
    ("tasks", "isi/", sections.TasksView),
    ("nil_all", "isi/nihil/", sections.AllNilView),
    ("check", "periksa-jawaban/", signing.CheckView),
    ("sign", "tanda-tangan/", signing.SignView),
    ("done", "selesai/", signing.DoneView),
    ("section", "isi/<slug:section>/", sections.SectionView),
    ("nil", "isi/<slug:section>/nihil/", sections.NilView),
    ("row_add", "isi/<slug:section>/tambah/", rows.RowAddView),
    ("row", "isi/<slug:section>/baris/<uuid:row>/", rows.RowView),
    ("row_remove", "isi/<slug:section>/baris/<uuid:row>/hapus/", rows.RowRemoveView),
    ("paste", "isi/<slug:section>/tempel/", rows.PasteView),
    ("merge", "isi/<slug:section>/gabung/", rows.MergeView),
)
