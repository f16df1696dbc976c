"""Invented companies with the sound of Bengkulu; no two share their words."""

import random
from dataclasses import dataclass

FORMS = ("CV", "CV", "CV", "CV", "PT", "PT", "UD", "Toko", "Koperasi", "Apotek")
FIRST = (
    "Rafflesia", "Tapak Paderi", "Pantai Panjang", "Bukit Kaba", "Bukit Barisan", "Seblat",
    "Ketahun", "Sungai Serut", "Ratu Samban", "Padang Jati", "Serawai", "Rejang", "Enggano",
    "Muara Bangkahulu", "Fort Marlborough", "Bunga Kawa", "Kepahiang", "Curup", "Manna", "Ipuh",
    "Lebong", "Tais", "Bintuhan", "Danau Dendam", "Teluk Segara", "Gading Cempaka", "Anggut",
    "Cahaya", "Sinar", "Tirta", "Graha", "Citra", "Surya", "Dharma", "Anugerah", "Berkah",
    "Karya", "Mitra", "Putra", "Mega", "Bumi", "Samudra", "Kencana", "Delima", "Melati",
)  # fmt: skip
SECOND = (
    "Sejahtera", "Mandiri", "Abadi", "Utama", "Perkasa", "Makmur", "Sentosa", "Lestari",
    "Persada", "Nusantara", "Pratama", "Gemilang", "Mulia", "Konstruksi", "Teknik", "Medika",
    "Farma", "Komputindo", "Agro", "Tani", "Bahari", "Sarana", "Niaga", "Prima", "Cemerlang",
    "Bersaudara", "Harapan", "Wisata", "Boga", "Logistik",
)  # fmt: skip
THIRD = ("Jaya", "Raya", "Indah", "Bersama", "Group", "Sukses", "Baru", "Satu", "Timur", "Barat")
FIELDS = (
    "Konstruksi", "Perdagangan alat tulis dan cetakan", "Katering", "Alat kesehatan dan obat",
    "Jasa konsultansi", "Perkebunan", "Perikanan", "Transportasi", "Komputer dan jaringan",
    "Bahan bangunan", "Percetakan", "Perhotelan dan wisata",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Company:
    name: str
    field: str
    nib: str
    npwp: str


class CompanyMaker:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.taken: set[tuple[str, ...]] = set()
        self.serial = 0

    def make(self, form: str = "") -> Company:
        rng = self.rng
        while True:
            words: tuple[str, ...] = (rng.choice(FIRST), rng.choice(SECOND))
            if len(self.taken) > 600 or rng.random() < 0.2:
                words += (rng.choice(THIRD),)
            if len(self.taken) > 9_000:
                words += (str(self.serial),)
            if words not in self.taken:
                break
        self.taken.add(words)
        self.serial += 1
        return Company(
            name=f"{form or rng.choice(FORMS)} {' '.join(words)}",
            field=rng.choice(FIELDS),
            nib=f"{rng.randrange(10**9, 9 * 10**9)}{self.serial % 1000:03d}",
            npwp=f"{rng.randrange(10**12, 9 * 10**12)}{self.serial % 1000:03d}",
        )
