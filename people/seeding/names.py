"""Indonesian names as they really look: of many regions, of one word, with and without titles.

Pure functions of a random generator. The lists are of common given names, clan names and
titles; a combination may by chance be the name of a living person, as any name may.
"""

# ruff: noqa: E501 -- lists of words read best in blocks

import random
from dataclasses import dataclass
from functools import cache

MALE, FEMALE = 1, 2
RETIRING_AGE_OF_OLD_TITLES = 1970


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


@dataclass(frozen=True, slots=True)
class Region:
    """How people of a region are named: given names by sex, then what follows."""

    key: str
    weight: int
    male: tuple[str, ...]
    female: tuple[str, ...]
    male_second: tuple[str, ...]
    female_second: tuple[str, ...]
    # Names of a clan or family, passed on; empty where people have none.
    family: tuple[str, ...] = ()
    mononyms: float = 0.0
    is_mostly_muslim: bool = True
    first_part: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())


REGIONS = (
    Region(
        "rejang",
        20,
        _words(
            "Alfian Arwan Bahrun Burhan Chairul Darmawan Edison Efran Erwin Firman Hamdan Haryadi "
            "Herwan Ikhsan Iskandar Jonaidi Kadirman Lukman Marwan Mulyadi Nasrun Pirman Rahman "
            "Ramlan Risman Rozali Sabirin Saipul Samsul Suherman Syafran Syahril Tarmizi Usman "
            "Wahyudin Yanuar Zainal Zulfan Zulkarnain"
        ),
        _words(
            "Asnawati Cik Darmawati Elvina Emilia Erlina Ernawati Fatmawati Harlina Herlina "
            "Husnaini Idawati Jumiati Kartini Leli Lismawati Marlena Megawati Murniati Nelly "
            "Nurbaiti Nurhayati Rahmawati Rosmala Rusmini Salmah Sukmawati Susilawati Syamsiar "
            "Upik Yanti Yulinar Zahara Zaleha Zubaidah"
        ),
        _words(
            "Efendi Hadi Hidayat Jaya Kurniawan Mahdi Nazar Oktavian Pratama Putra Rizal Saputra "
            "Sahar Sanusi Setiawan Siregar Syahputra Taufik Wijaya Zaini"
        ),
        _words(
            "Anggraini Apriani Dewi Eka Fitri Handayani Hartati Indriani Juwita Kusuma Lestari "
            "Marlina Novita Oktaviani Permata Puspita Rahayu Sari Suryani Wahyuni Yuliana"
        ),
        mononyms=0.06,
    ),
    Region(
        "serawai",
        18,
        _words(
            "Amrullah Asmawi Azwar Badarudin Bustami Cik Darlan Dahrul Edi Fahrul Gunawan Hasan "
            "Herman Imran Jauhari Junaidi Kamarudin Liswan Mahyudin Medi Midun Nahrul Padlan "
            "Rahidin Reskan Rusdi Sahirman Sudirman Suhaimi Sukarman Tamrin Tarmudin Umardani "
            "Wahidin Yurman Zamhari Zulhendri"
        ),
        _words(
            "Aisyah Baiti Deswita Dismawati Ermawati Evi Fauziah Gusnita Hayati Hermi Indarti "
            "Jasmani Kasmawati Linda Misrawati Nilawati Neti Okta Pitri Rahayu Resti Rohani "
            "Rusmiati Sahara Sulastri Surtini Tuti Umi Wita Yasmiati Yeni Zurmi"
        ),
        _words(
            "Ali Aprizal Bakti Candra Dinata Effendi Fajri Gustian Harianto Irawan Jamil Karim "
            "Lubis Mirza Nopian Pebrian Rozi Sukri Syahrial Topan Yadi Yusuf"
        ),
        _words(
            "Agustina Aryani Citra Dahlia Elisa Febrianti Gustina Hasanah Kurnia Lusiana Mayasari "
            "Nengsi Oktarina Purnama Rosalina Septiani Tri Utami Violita Yunita Zulaika"
        ),
        mononyms=0.05,
    ),
    Region(
        "jawa",
        20,
        _words(
            "Adi Agung Agus Ahmad Arif Bagus Bambang Budi Cahyo Catur Danang Deni Didik Djoko Dwi "
            "Eko Fajar Gatot Guntur Hadi Hari Heru Imam Irwan Joko Kuncoro Mugiyono Nanang Nugroho "
            "Paijo Panji Prasetyo Puji Rudi Sigit Slamet Sugeng Suharto Sukirno Sumarno Supriyadi "
            "Sutrisno Teguh Tri Untung Wahyu Waluyo Widodo Wisnu Yudi"
        ),
        _words(
            "Ambar Ani Asih Astuti Atik Dewi Dwi Endah Endang Erna Eny Hesti Indah Kartika "
            "Kustiyah Lestari Lilik Mugi Mulyani Murni Ninik Nunung Puji Purwanti Ratna Retno Rini "
            "Sari Siti Sri Sulastri Sumarni Sunarti Suparmi Susi Titik Tri Tutik Umi Wahyu Wiwik "
            "Wulan Yuni"
        ),
        _words(
            "Budiono Handoko Hartono Hermawan Iswanto Kusuma Laksono Mulyono Nugroho Pamungkas "
            "Prabowo Pranoto Prasetyo Purnomo Purwanto Raharjo Riyanto Santoso Saputro Setiawan "
            "Subagyo Sudarmono Sugiarto Suhartono Sulistyo Supriyanto Susanto Sutanto Utomo "
            "Wibowo Wicaksono Widodo Wijaya Winarno Yulianto"
        ),
        _words(
            "Astuti Handayani Hapsari Hartati Indrawati Kurniasih Kusumawati Lestari Maharani "
            "Mulyani Ningrum Ningsih Nuraini Palupi Pertiwi Puspitasari Rahayu Rahmawati Rahmadani "
            "Setyaningsih Setyowati Suharti Sulistyowati Susanti Utami Wahyuningsih Wardani "
            "Wibawanti Widiastuti Wijayanti Wulandari Yuliati"
        ),
        mononyms=0.18,
    ),
    Region(
        "minang",
        12,
        _words(
            "Afrizal Aldi Andri Asrul Azwar Bakhtiar Basri Daswir Dedi Desrizal Efrizal Elfi "
            "Erizal Fadli Febrizal Hendri Indra Irfan Jasrizal Joni Masrul Nofrizal Novri Rinaldi "
            "Rifki Ronaldi Syafrizal Syafril Syamsuar Taufiq Wendri Yasrizal Yulizar Zulfadli "
            "Zulhelmi Zulkifli"
        ),
        _words(
            "Afrida Asnidar Darneli Desmawati Elfina Elvi Ermayanti Fitria Gusnimar Hasnah "
            "Helmayanti Ida Mardiana Marnis Mira Nelfia Nofrianti Nurlela Rahmi Rina Rosnida "
            "Silvia Suryani Syofia Vivi Wirda Yarnis Yelfi Yenni Yulfia Zulmiati"
        ),
        _words("Akbar Anwar Chandra Darwis Eka Fauzi Hamid Ilyas Jamal Kurnia Nazir Putra Rusli"),
        _words("Amelia Dewita Elza Gusti Husna Irma Melati Nofia Oktavia Putri Ramadhani Yusra"),
        family=_words(
            "Tanjung Chaniago Koto Piliang Sikumbang Jambak Guci Pitopang Melayu Panyalai Caniago"
        ),
        mononyms=0.06,
    ),
    Region(
        "batak",
        8,
        _words(
            "Albert Binsar Bonar Charles Daniel David Edward Elman Freddy Gomgom Hasudungan Hotman "
            "James Jansen Johannes Jonas Josua Lamhot Mangatas Marulak Marihot Martua Maruli Monang "
            "Parlindungan Parulian Poltak Ramses Robert Rudolf Sahat Samuel Saut Tumpal Togar Wilson"
        ),
        _words(
            "Agnes Anita Berliana Christina Debora Derma Elfrida Ester Friska Hotmaida Imelda "
            "Juliana Kristina Lamria Lasma Lenny Linda Magdalena Maria Marlina Martha Mery "
            "Norita Rosdiana Rosmaida Ruth Sabrina Sondang Sinta Tiurma Tiarma Veronika Yohana"
        ),
        _words("Binsar Ganda Hasiholan Jonggi Maruhum Parsaoran Pardomuan Tua"),
        _words("Ariani Elisabet Ida Lestari Marintan Natalia Rosalia Tiominar"),
        family=_words(
            "Aritonang Butarbutar Gultom Hutabarat Hutagalung Hutapea Lumbantobing Manalu "
            "Manurung Marpaung Nababan Nainggolan Naibaho Napitupulu Pakpahan Panjaitan Pardede "
            "Pasaribu Purba Samosir Saragih Siahaan Sianturi Sihombing Sihotang Silaban Silalahi "
            "Simanjuntak Simatupang Simbolon Sinaga Sirait Siregar Sitanggang Sitompul Sitorus "
            "Situmorang Tambunan Tampubolon"
        ),
        is_mostly_muslim=False,
    ),
    Region(
        "sunda",
        6,
        _words(
            "Aceng Ade Agus Asep Cecep Cucu Dadan Dadang Dede Deden Endang Enjang Entis Iwan Jajang "
            "Maman Nandang Oman Rahmat Rohman Tatang Tedi Ujang Usep Wawan Yayan Yayat"
        ),
        _words(
            "Ai Cucu Dede Eneng Entin Euis Heni Iis Imas Kokom Lilis Mimin Neneng Nenden Neng Nining "
            "Nurjanah Rina Rosita Teti Tini Titin Wiwin Yani Yeti Yoyoh"
        ),
        _words(
            "Darmawan Firmansyah Gunawan Herdiana Hermawan Hidayat Kosasih Kurnia Mulyana "
            "Nugraha Permana Ramdani Ruhiyat Rustandi Saefudin Setiawan Sobari Sudrajat Suherman "
            "Sukmana Suryana Sutisna"
        ),
        _words(
            "Aisyah Kartika Komala Kurniasih Kuraesin Nurhayati Nurlaela Rahmawati Rohaeti "
            "Rohayati Sartika Sumiati Suryani Yulianti"
        ),
        mononyms=0.05,
    ),
    Region(
        "bugis",
        3,
        _words(
            "Akbar Amiruddin Arifuddin Basri Burhanuddin Hasanuddin Ilham Jamaluddin Kaharuddin "
            "Mappasere Muhtar Nasruddin Rusdi Saharuddin Syamsuddin Tenri Wahyuddin Zainuddin"
        ),
        _words(
            "Asriani Besse Dahlia Fatimah Hasnawati Hasriani Indo Jumriani Kasmawati Marwah Nurlina "
            "Rosdiana Rosmiati Sitti Syamsiah Tenri"
        ),
        _words("Baso Dahlan Halim Latif Makmur Mattalatta Palaguna Rauf Saleh Salam Tahir"),
        _words("Amriani Hamid Juliana Mutmainnah Patimah Rahman Ramlah Saleha Sulfiana"),
        first_part=(("Andi", "", "", ""), ("Andi", "", "", "")),
        mononyms=0.08,
    ),
    Region(
        "bali",
        2,
        _words(
            "Adnyana Arjana Artawan Budiarta Dharma Gunawan Mahendra Parwata Sudana Suarjana Suartika"
        ),
        _words(
            "Adnyani Ariani Budiasih Darmayanti Lestari Maheswari Puspawati Sukerti Suryaningsih"
        ),
        _words("Adiputra Arimbawa Pradnyana Saputra Wirawan Yasa"),
        _words("Dewi Kusumayanti Pratiwi Utami Widiantari"),
        is_mostly_muslim=False,
        first_part=(
            ("I Wayan", "I Made", "I Nyoman", "I Ketut", "I Gede", "I Gusti Ngurah"),
            ("Ni Wayan", "Ni Made", "Ni Nyoman", "Ni Ketut", "Ni Luh", "I Gusti Ayu"),
        ),
    ),
    Region(
        "arab",
        11,
        _words(
            "Abdullah Abdurrahman Ahmad Ali Aminullah Fadhil Faisal Fauzan Fauzi Habibie Hafiz "
            "Hamzah Hasan Husein Ibrahim Idris Ismail Jafar Khairul Khalid Luthfi Ma'ruf Mahmud "
            "Malik Mansur Muhammad Mustafa Nurdin Qosim Rasyid Ridwan Salim Syarif Taufik Umar Yahya "
            "Yusuf Zaki"
        ),
        _words(
            "Aisyah Aminah Asma Azizah Fadhilah Faridah Fatimah Habibah Hafsah Halimah Hanifah "
            "Husna Jamilah Khadijah Khairunnisa Latifah Maimunah Maryam Mutia Nabila Nadia Nur "
            "Rahmah Rukayah Safitri Salsabila Sarah Siti Syarifah Ummi Zahra Zainab"
        ),
        _words(
            "Alatas Amin Anshari Aziz Basyir Fikri Hakim Hanafi Hidayatullah Ikhwan Kamil Maulana "
            "Mubarak Munir Nasution Nawawi Rahman Ramadhan Rasyidi Rizki Sidik Syukri Wahab Zuhri"
        ),
        _words(
            "Aini Azzahra Fauziah Hasanah Hidayati Isnaini Khasanah Laila Mardhiyah Maulida "
            "Munawaroh Nafisah Nisa Qomariah Ramadhani Salamah Ulfah Wahidah Zahrani"
        ),
        mononyms=0.04,
    ),
)
BY_KEY = {region.key: region for region in REGIONS}
_WEIGHTS = tuple(region.weight for region in REGIONS)


@dataclass(frozen=True, slots=True)
class Name:
    region: str
    text: str
    # What children and siblings share: a clan name, else the father's name.
    family: str = ""


def pick_region(rng: random.Random) -> Region:
    return rng.choices(REGIONS, _WEIGHTS)[0]


def make(rng: random.Random, sex: int, *, region: str = "", family: str = "") -> Name:
    """A name for somebody of that sex; with `family`, of that family."""
    found = BY_KEY[region] if region else pick_region(rng)
    given = rng.choice(found.male if sex == MALE else found.female)
    second = rng.choice(found.male_second if sex == MALE else found.female_second)
    parts = [*_prefix(rng, found, sex), given]
    if found.family:
        family = family or rng.choice(found.family)
        if rng.random() < 0.35:
            parts.append(second)
        parts.append(family)
    elif family:
        parts.append(family)
    elif rng.random() >= found.mononyms:
        parts.append(second)
        if rng.random() < 0.15:
            parts.append(rng.choice(found.male_second if sex == MALE else found.female_second))
        family = second
    return Name(found.key, " ".join(_without_repeats(parts)), family)


def _prefix(rng: random.Random, region: Region, sex: int) -> list[str]:
    choices = region.first_part[sex - 1]
    first = rng.choice(choices) if choices else ""
    if first:
        return [first]
    if region.is_mostly_muslim and rng.random() < 0.12:
        options = ("Muhammad", "M.", "Muh.", "Ahmad", "Abdul") if sex == MALE else ("Siti", "Nur")
        return [rng.choice(options)]
    return []


def _without_repeats(parts: list[str]) -> list[str]:
    return list(dict.fromkeys(parts))


FIRST_DEGREES = (
    "S.E.", "S.E.", "S.H.", "S.Sos.", "S.IP.", "S.T.", "S.Kom.", "S.AP.", "S.P.", "S.Pd.",
)  # fmt: skip
SECOND_DEGREES = ("M.Si.", "M.Si.", "M.M.", "M.AP.", "M.H.", "M.T.", "M.Pd.", "M.Ec.Dev.")
BY_FIELD: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "health": (("S.Kep.", "S.K.M.", "S.Farm.", "S.Gz."), ("M.Kes.", "M.K.M.", "M.Kep.")),
    "education": (("S.Pd.", "S.Pd.", "S.Si."), ("M.Pd.", "M.Pd.", "M.Si.")),
    "works": (("S.T.", "S.T.", "S.Ars."), ("M.T.", "M.Eng.")),
    "law": (("S.H.",), ("M.H.", "M.Kn.")),
    "forest": (("S.Hut.", "S.P.", "S.Si."), ("M.Si.", "M.Ling.")),
    "farming": (("S.P.", "S.Pt.", "S.Pi."), ("M.P.", "M.Si.")),
    "computing": (("S.Kom.", "S.T.", "S.Si."), ("M.Kom.", "M.T.", "M.T.I.")),
    "audit": (("S.E.", "S.E., Ak.", "S.H.", "S.T."), ("M.Ak.", "M.Si.", "M.M.")),
}
DIPLOMAS = ("A.Md.", "A.Md.", "A.Md.Kep.", "A.Md.Kom.", "A.Md.Ak.")


def titles(
    rng: random.Random, *, sex: int, born: int, rank: int, region: str, field: str = ""
) -> tuple[str, str]:
    """Titles before and after the name. `rank` 0 (staff) to 4 (heads) raises the learning."""
    before, after = [], []
    first, second = BY_FIELD.get(field, (FIRST_DEGREES, SECOND_DEGREES))
    chance = rng.random()
    if rank >= 3 and chance < 0.18:
        before.append("Dr.")
    if field == "health" and rng.random() < 0.12 + 0.08 * rank:
        before.append(rng.choice(("dr.", "dr.", "drg.", "apt.")))
        if before[-1] == "apt.":
            after.append("S.Farm.")
    elif born < RETIRING_AGE_OF_OLD_TITLES and rng.random() < 0.25 and rank:
        before.append(rng.choice(("Drs.", "Ir.")) if sex == MALE else rng.choice(("Dra.", "Ir.")))
    elif rank or chance < 0.62:
        after.append(rng.choice(first))
    elif chance < 0.75:
        after.append(rng.choice(DIPLOMAS))
    if rng.random() < (0.05, 0.35, 0.55, 0.8, 0.92)[rank]:
        after.append(rng.choice(second))
    if BY_KEY[region].is_mostly_muslim and born < 1982 and rng.random() < 0.05 + 0.08 * rank:
        before.append("H." if sex == MALE else "Hj.")
    return " ".join(before), ", ".join(after)


@cache
def slug_table() -> dict[int, str]:
    return {ord(" "): ".", ord("'"): "", ord("."): "", ord(","): "", ord("-"): ""}


def slug(text: str) -> str:
    return text.lower().translate(slug_table())
