"""Contents of statements as the forms make them."""

from typing import Any

NAMES = ("Suharto", "Ma'ruf", "Siti binti A.", "Dr. H. Nama Panjang Sekali, S.H., M.Si.")


def content(*, rows: int = 3, slots: int = 1, name: str = NAMES[3], **changes: Any) -> dict:
    """A clean statement before a decision (F2), with `rows` rows in its table."""
    people = [
        ("declarant", "Yang membuat pernyataan", name, "198001012005011001", "Kepala Bidang"),
        (
            "superior",
            "Mengetahui, Atasan langsung",
            "Ma'ruf",
            "197501012000031002",
            "Kepala Dinas",
        ),
        ("head", "Menyetujui, Kepala Perangkat Daerah", "Siti binti A.", "197001011995032003", ""),
    ]
    result = {
        "schema": "coi-statement/1",
        "kind": "F2",
        "form": {
            "code": "F2",
            "version": 3,
            "title": "Pernyataan Bebas Konflik Kepentingan",
        },
        "title": "PERNYATAAN BEBAS KONFLIK KEPENTINGAN",
        "classification": "TERBATAS",
        "language": "id",
        "opd": {"code": "04.02", "name": "Dinas Kesehatan"},
        "person": {
            "name": name,
            "nip": "198001012005011001",
            "grade": "Pembina (IV/a)",
            "post": "Kepala Bidang Pelayanan Kesehatan",
            "unit": "Bidang Pelayanan Kesehatan",
            "opd": "Dinas Kesehatan Provinsi Bengkulu",
        },
        "legal_basis": [
            "Undang-Undang Nomor 30 Tahun 2014 tentang Administrasi Pemerintahan.",
            "Peraturan Menteri PANRB Nomor 17 Tahun 2024 tentang Pengelolaan Konflik Kepentingan.",
        ],
        "date": "2026-11-23",
        "place": "Bengkulu",
        "letterhead": {
            "province": "Pemerintah Provinsi Bengkulu",
            "address": "Jalan Pembangunan Nomor 1, Kota Bengkulu 38225",
        },
        "sections": [
            {
                "title": "Keputusan",
                "blocks": [
                    {
                        "type": "fields",
                        "rows": [
                            {"label": "Jenis keputusan", "value": "Pengadaan barang/jasa"},
                            {"label": "Nomor", "value": "027/118/PPK/2026"},
                            {
                                "label": "Nilai",
                                "value": "Rp1.250.000.000",
                                "change": "changed",
                                "before": "Rp1.000.000.000",
                            },
                        ],
                    },
                ],
            },
            {
                "title": "Pihak yang terlibat",
                "note": "Setiap pihak dibandingkan dengan daftar kepentingan pribadi Anda.",
                "blocks": [
                    {
                        "type": "table",
                        "columns": ["Nama pihak", "NPWP/NIB", "Peran"],
                        "rows": [
                            {
                                "cells": [
                                    f"PT Contoh Sejahtera {i}",
                                    f"01.234.{i:03}",
                                    "Penyedia",
                                ],
                                **({"change": "added"} if i == 1 else {}),
                                **({"change": "removed"} if i == 2 else {}),
                            }
                            for i in range(rows)
                        ],
                        "empty": "Nihil",
                    }
                ],
            },
            {
                "title": "Pertanyaan",
                "blocks": [
                    {"type": "paragraph", "text": "Jawaban saya atas setiap sumber konflik:"},
                    {"type": "list", "items": ["Kepemilikan aset: tidak", "Kekerabatan: tidak"]},
                    {"type": "table", "columns": ["Sumber", "Jawaban"], "rows": []},
                ],
            },
        ],
        "statement": [
            "Dengan ini saya menyatakan tidak memiliki konflik kepentingan dalam keputusan ini.",
            "Pernyataan ini saya buat dengan sebenarnya dan penuh tanggung jawab.",
        ],
        "signatures": [
            {"slot": slot, "caption": caption, "name": who, "nip": nip, "post": post}
            for slot, caption, who, nip, post in people[:slots]
        ],
        "data": {"answers": {"kinship": False, "assets": False}, "value": 1_250_000_000},
    }
    result.update(changes)
    return result
