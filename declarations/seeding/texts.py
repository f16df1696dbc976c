"""What officials write: titles of decisions, situations, reasons."""

TITLES = {
    "PBJ": (
        "Pengadaan {thing} {opd} Tahun {year}",
        "Belanja {thing} untuk {opd}",
        "Pemeliharaan {thing} {opd} Tahun {year}",
    ),
    "KONTRAK": ("Serah terima pekerjaan {thing} {opd}", "Pengendalian kontrak {thing} {year}"),
    "IZIN": ("Rekomendasi teknis izin {permit}", "Perpanjangan izin {permit}"),
    "SELEKSI": ("Penilaian calon pejabat {level} {opd}", "Mutasi pegawai {opd} Tahun {year}"),
    "HIBAH": ("Verifikasi proposal hibah {body}", "Penetapan penerima hibah {body} Tahun {year}"),
    "AUDIT": ("Audit kinerja {opd} Tahun {year}", "Reviu rencana kerja dan anggaran {opd}"),
    "ANGGARAN": ("Penyusunan RKA {opd} Tahun {year}", "Pergeseran anggaran {opd} Tahun {year}"),
    "ASET": ("Penghapusan kendaraan dinas {opd}", "Sewa gedung milik {opd}"),
    "PAJAK": ("Pemeriksaan pajak daerah Tahun {year}", "Keberatan pajak kendaraan Tahun {year}"),
    "PENEGAKAN": ("Penertiban usaha {permit} Tahun {year}",),
    "LAINNYA": ("Penunjukan narasumber kegiatan {opd}", "Perjalanan dinas {opd} Tahun {year}"),
}
AREAS = {
    "PBJ": ("PBJ-01", "PBJ-02", "PBJ-03"),
    "KONTRAK": ("PBJ-04",),
    "IZIN": ("IZN-01", "IZN-02", "IZN-03"),
    "SELEKSI": ("SDM-01", "SDM-02", "SDM-03"),
    "HIBAH": ("HIB-01", "HIB-02"),
    "AUDIT": ("AUD-01", "AUD-02"),
    "ANGGARAN": ("REN-01",),
    "ASET": ("AST-02", "AST-03"),
    "PAJAK": ("PJK-01", "PJK-02"),
    "PENEGAKAN": ("HKM-01",),
    "LAINNYA": ("UMM-01", "UMM-02"),
}
# Which kinds of decision an OPD takes most; the others everywhere.
KINDS_OF_OPD = {
    "01.04": ("PBJ", "PBJ", "KONTRAK"),
    "03": ("AUDIT", "AUDIT", "AUDIT", "PBJ"),
    "04.05": ("PENEGAKAN", "PBJ"),
    "04.16": ("IZIN", "IZIN", "PBJ"),
    "04.23": ("IZIN", "IZIN", "PBJ"),
    "05.02": ("ASET", "ANGGARAN", "PBJ"),
    "05.03": ("PAJAK", "PAJAK", "PBJ"),
    "05.04": ("SELEKSI", "SELEKSI", "PBJ"),
}
USUAL_KINDS = ("PBJ", "PBJ", "KONTRAK", "HIBAH", "ANGGARAN", "SELEKSI", "LAINNYA")
THINGS = (
    "alat tulis kantor", "komputer dan jaringan", "obat dan bahan habis pakai", "mebel",
    "seragam dinas", "jasa kebersihan", "jalan lingkungan", "gedung kantor",
    "kendaraan operasional", "bibit tanaman", "jasa konsultansi perencanaan",
    "makan dan minum rapat",
)  # fmt: skip
PERMITS = ("pertambangan batuan", "air tanah", "angkutan", "usaha perkebunan", "rumah sakit")
BODIES = ("Yayasan Pendidikan Nusa Indah", "KONI Provinsi", "Kelompok Tani Maju", "PMI")
ROLES = (
    "Pejabat Pembuat Komitmen", "Anggota kelompok kerja pemilihan", "Kuasa Pengguna Anggaran",
    "Pejabat Pelaksana Teknis Kegiatan", "Verifikator", "Penanda tangan", "Anggota tim teknis",
)  # fmt: skip
PARTY_ROLES = ("Peserta", "Penyedia", "Pemohon", "Calon penerima")
SITUATIONS = {
    "BISNIS": "Saya memiliki usaha bersama {party}, yang menjadi pihak dalam keputusan ini.",
    "KELUARGA": "Anggota keluarga saya bekerja sebagai pengurus {party}.",
    "AFILIASI": "Saya berteman usaha dengan pengurus {party} sejak beberapa tahun lalu.",
    "KERJA_LUAR": "Saya pernah menerima honorarium sebagai konsultan {party}.",
    "RANGKAP_JABATAN": "Saya duduk sebagai pengurus pada {party}.",
    "GRATIFIKASI": "Saya pernah menerima bingkisan dari {party} dan melaporkannya ke UPG.",
    "MANTAN_PEJABAT": "Saya bekerja di {party} sebelum menjabat.",
    "INFO_ASET": "Saya memiliki tanah di dekat lokasi pekerjaan yang diputuskan.",
    "LAINNYA": "Ada hubungan lain dengan {party} yang perlu diketahui atasan.",
}
IMPACT = "Keputusan dapat dipandang tidak netral oleh peserta lain."
TRUTH = (
    "Keterangan pegawai sesuai dengan dokumen yang diperiksa.",
    "Hubungan yang dideklarasikan terbukti ada menurut data yang tersedia.",
)
NO_TRUTH = "Hubungan yang dideklarasikan sudah berakhir dan tidak terkait dengan keputusan ini."
REASON_FOUND = "Kepentingan pribadi dapat memengaruhi keputusan; pengendalian diperlukan."
REASON_CLEAR = "Tidak ada kepentingan yang memengaruhi netralitas keputusan."
EVIDENCE = "Berita acara pengalihan dan surat tugas pengganti sudah diunggah."
FINDINGS = "Pengendalian dilaksanakan sesuai rencana; tidak ada keterlibatan lagi."
QUESTION = "Mohon jelaskan sejak kapan hubungan itu berlangsung dan lampirkan buktinya."
ANSWER = "Hubungan berlangsung sejak tahun 2022; bukti saya serahkan kepada atasan."
