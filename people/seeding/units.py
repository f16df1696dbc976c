"""Names of divisions, fields of learning and places, for the posts of the invented province."""

# ruff: noqa: E501 -- lists of words read best in blocks

GENERIC_DIVISIONS = ("Program", "Pembinaan", "Pelayanan", "Pengendalian dan Evaluasi")
DIVISIONS = {
    "01.01": ("Pemerintahan", "Otonomi Daerah", "Kesejahteraan Rakyat", "Bina Mental Spiritual"),
    "01.02": ("Peraturan Perundang-undangan", "Bantuan Hukum", "Dokumentasi Hukum", "HAM"),
    "01.03": ("Kebijakan Perekonomian", "BUMD dan BLUD", "Sumber Daya Alam", "Sarana Ekonomi"),
    "01.04": (
        "Pengelolaan Pengadaan Barang dan Jasa",
        "Layanan Pengadaan Secara Elektronik",
        "Pembinaan dan Advokasi Pengadaan",
        "Monitoring Pengadaan",
    ),
    "01.05": ("Penyusunan Program", "Pengendalian Program", "Evaluasi", "Pelaporan"),
    "01.06": ("Kelembagaan", "Tata Laksana", "Reformasi Birokrasi", "Pelayanan Publik"),
    "01.07": ("Rumah Tangga", "Perlengkapan", "Keuangan", "Tata Usaha"),
    "01.08": ("Perencanaan Kepegawaian", "Materi dan Komunikasi", "Protokol", "Tata Usaha Pimpinan"),
    "02": ("Persidangan", "Keuangan", "Fasilitasi Penganggaran", "Hubungan Masyarakat"),
    "04.01": ("Pembinaan SMA", "Pembinaan SMK", "Pendidikan Khusus", "Kebudayaan"),
    "04.02": (
        "Kesehatan Masyarakat",
        "Pelayanan Kesehatan",
        "Pencegahan dan Pengendalian Penyakit",
        "Sumber Daya Kesehatan",
    ),
    "04.03": ("Bina Marga", "Sumber Daya Air", "Cipta Karya", "Bina Konstruksi"),
    "04.04": ("Perumahan", "Kawasan Permukiman", "Pertanahan", "Prasarana dan Utilitas"),
    "04.05": (
        "Penegakan Perundang-undangan Daerah",
        "Ketertiban Umum",
        "Perlindungan Masyarakat",
        "Pemadam Kebakaran",
    ),
    "04.06": ("Rehabilitasi Sosial", "Perlindungan Jaminan Sosial", "Pemberdayaan", "Fakir Miskin"),
    "04.07": ("Penempatan Tenaga Kerja", "Pelatihan Kerja", "Hubungan Industrial", "Transmigrasi"),
    "04.08": ("Pemberdayaan Perempuan", "Perlindungan Anak", "Keluarga Berencana", "Data Gender"),
    "04.09": ("Ketersediaan Pangan", "Distribusi Pangan", "Konsumsi Pangan", "Keamanan Pangan"),
    "04.10": ("Tata Lingkungan", "Pengendalian Pencemaran", "Perlindungan Hutan", "Pemanfaatan Hutan"),
    "04.11": ("Pendaftaran Penduduk", "Pencatatan Sipil", "Data Kependudukan", "Kerja Sama"),
    "04.12": ("Pemerintahan Desa", "Ekonomi Desa", "Kelembagaan Desa", "Teknologi Tepat Guna"),
    "04.13": ("Lalu Lintas", "Angkutan Jalan", "Pelayaran", "Keselamatan"),
    "04.14": ("Aplikasi Informatika", "Infrastruktur TIK", "Komunikasi Publik", "Statistik"),
    "04.15": ("Kelembagaan Koperasi", "Pengawasan Koperasi", "Usaha Kecil", "Pembiayaan"),
    "04.16": ("Pelayanan Perizinan", "Promosi Penanaman Modal", "Pengendalian", "Pengaduan"),
    "04.17": ("Pemberdayaan Pemuda", "Pembudayaan Olahraga", "Prestasi Olahraga", "Sarana"),
    "04.18": ("Layanan Perpustakaan", "Deposit", "Pengelolaan Arsip", "Pembinaan Kearsipan"),
    "04.19": ("Perikanan Tangkap", "Perikanan Budi Daya", "Pengawasan", "Pesisir dan Pulau Kecil"),
    "04.20": ("Destinasi Pariwisata", "Pemasaran", "Ekonomi Kreatif", "Kelembagaan Pariwisata"),
    "04.21": ("Tanaman Pangan", "Hortikultura", "Perkebunan", "Prasarana dan Sarana"),
    "04.22": ("Kesehatan Hewan", "Produksi Ternak", "Pengolahan Hasil", "Kesehatan Masyarakat Veteriner"),
    "04.23": ("Mineral dan Batubara", "Geologi dan Air Tanah", "Ketenagalistrikan", "Energi Baru"),
    "04.24": ("Perdagangan Dalam Negeri", "Perdagangan Luar Negeri", "Industri", "Perlindungan Konsumen"),
    "05.01": ("Perencanaan", "Ekonomi dan SDA", "Infrastruktur", "Riset dan Inovasi"),
    "05.02": ("Anggaran", "Perbendaharaan", "Akuntansi", "Aset Daerah"),
    "05.03": ("Pajak Daerah", "Retribusi", "Penagihan dan Keberatan", "Pembinaan Pendapatan"),
    "05.04": ("Mutasi", "Pengadaan Pegawai", "Kinerja dan Disiplin", "Informasi Kepegawaian"),
    "05.05": ("Pengembangan Kompetensi Teknis", "Manajerial", "Sertifikasi", "Penjaminan Mutu"),
    "05.06": ("Ideologi dan Wawasan Kebangsaan", "Politik Dalam Negeri", "Kewaspadaan", "Ormas"),
    "05.07": ("Pencegahan", "Kedaruratan dan Logistik", "Rehabilitasi", "Rekonstruksi"),
    "05.08": ("Hubungan Antarlembaga", "Promosi Daerah", "Pelayanan", "Rumah Tangga"),
}  # fmt: skip
# Where a field of learning prevails, see names.BY_FIELD.
FIELDS = {
    "03": "audit", "01.02": "law", "04.01": "education", "04.02": "health", "04.03": "works",
    "04.04": "works", "04.05": "law", "04.09": "farming", "04.10": "forest", "04.14": "computing",
    "04.19": "farming", "04.21": "farming", "04.22": "farming", "04.23": "works", "04.13": "works",
    "06.01": "health", "06.02": "health",
}  # fmt: skip
REGENCIES = (
    "Kota Bengkulu", "Bengkulu Utara", "Bengkulu Selatan", "Bengkulu Tengah", "Rejang Lebong",
    "Kepahiang", "Lebong", "Mukomuko", "Seluma", "Kaur",
)  # fmt: skip
