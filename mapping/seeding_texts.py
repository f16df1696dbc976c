"""Areas that no template of the library has, for the demonstration: an OPD's own words."""

from mapping.models import ConflictSource, RiskAreaTemplate

REMARKS = (
    "Sebutkan jabatan yang memutus, bukan hanya unitnya.",
    "Kemungkinan tampak terlalu rendah; jelaskan alasannya.",
    "Pencegahan belum menyebut siapa yang memeriksa.",
)
CONTROLS = (
    "Rotasi anggota tim setiap enam bulan",
    "Daftar periksa deklarasi sebelum penugasan",
    "Reviu oleh pihak kedua di luar unit",
    "Pencocokan nama pihak dengan daftar kepentingan pribadi",
    "Sosialisasi konflik kepentingan kepada unit terkait",
    "Penerbitan SOP dan daftar larangan",
)
EVIDENCE = ("Nota dinas", "Surat edaran", "Berita acara", "Laporan triwulan")
EXISTING = (
    "SOP berlaku, belum diuji",
    "Reviu atasan langsung sebelum keputusan",
    "Pemeriksaan berkas oleh dua orang",
)

# area, activity, form of conflict, source, cause, impact in words, likelihood, impact, MCSP area
_OWN = (
    (
        "Kerja sama media", "Penunjukan media untuk publikasi kegiatan",
        "Media yang ditunjuk milik keluarga pejabat", "KELUARGA",
        "Penunjukan tanpa daftar rekanan terbuka", "Biaya publikasi tidak wajar", 4, 3,
        "PENGADAAN",
    ),
    (
        "Tenaga ahli", "Penunjukan narasumber dan tenaga ahli",
        "Honor diberikan kepada rekan sendiri", "AFILIASI",
        "Kriteria narasumber tidak tertulis", "Mutu kegiatan turun", 3, 3, "PENGANGGARAN",
    ),
    (
        "Sewa lahan kantor", "Pengelolaan parkir dan sewa lahan kantor",
        "Penyewa adalah usaha milik pegawai", "BISNIS",
        "Perjanjian sewa tidak diumumkan", "Pendapatan daerah berkurang", 4, 4,
        "MANAJEMEN_BMD",
    ),
    (
        "Rekomendasi teknis", "Pemberian rekomendasi teknis kepada mitra",
        "Mitra mempekerjakan keluarga penilai", "KELUARGA",
        "Penilai tidak menyatakan hubungan", "Rekomendasi berpihak", 4, 4, "PELAYANAN_PUBLIK",
    ),
    (
        "Magang dan tenaga kontrak", "Penerimaan magang dan tenaga kontrak",
        "Pelamar adalah keluarga pegawai", "KELUARGA", "Seleksi tanpa penilai kedua",
        "Pelamar yang lebih layak tersisih", 3, 3, "MANAJEMEN_ASN",
    ),
)  # fmt: skip


def own_areas() -> list[RiskAreaTemplate]:
    """Unsaved, so that rows made of them have no template."""
    sources = {source.code: source for source in ConflictSource.objects.all()}
    return [
        RiskAreaTemplate(
            code=f"SENDIRI-{number}", area=area, activity=activity, conflict_form=form,
            source=sources[source], cause=cause, officials="Pejabat yang memutus",
            consequence=consequence, likelihood=likelihood, impact=impact,
            prevention="Deklarasi sebelum penugasan; penilai kedua",
            handling="Diputus oleh pejabat lain", target="SEMUA", mcsp_area=mcsp_area,
        )
        for number, (
            area, activity, form, source, cause, consequence, likelihood, impact, mcsp_area,
        ) in enumerate(_OWN, 1)
    ]  # fmt: skip
