#!/usr/bin/env python3
"""Statements rendered and signed a second, beside the plain way, in one run.

    python benchmarks/statements.py [--seconds 20] [--rounds 3] [--workers N] [--memory 500]

Plain: WeasyPrint and pyHanko called as their documentation shows (a style sheet as one
writes it, `HTML(string=…).write_pdf()`, an RSA-2048 key, PAdES B-B), in the same number of
processes, on the same content. Ours: the portal's own `render` and signer, which do more (a
fresh key and certificate for each signature, a time stamp, tags, PDF/A-3A, the data attached).
Rounds alternate, the medians are compared; on a busy machine the time of the processor says
more than the clock. No database is used.
"""

import argparse
import datetime
import io
import json
import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
FONTS = ROOT / "statements" / "fonts"
NOW = datetime.datetime(2026, 11, 23, 7, 0, tzinfo=datetime.UTC)
CODE = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

PLAIN_CSS = """
@font-face { font-family: "Noto Sans"; src: url(NotoSans-Regular.ttf) }
@font-face { font-family: "Noto Sans"; src: url(NotoSans-Bold.ttf); font-weight: bold }
@page { size: A4; margin: 16mm 18mm 24mm 20mm;
  @bottom-right { content: "Halaman " counter(page) " dari " counter(pages); font-size: 8pt } }
body { font-family: "Noto Sans", sans-serif; font-size: 9.5pt; line-height: 1.45 }
.letterhead { display: flex; align-items: center; border-bottom: 2pt solid #0b4a57 }
.letterhead-names { flex: 1; text-align: center }
.letterhead-emblem img { width: 17mm }
.classification { text-align: right }
.title { text-align: center } h1 { font-size: 13pt } h2 { font-size: 10.5pt; color: #0b4a57 }
table { width: 100%; border-collapse: collapse }
.grid th, .grid td { border: .5pt solid #b9c2cd; padding: 1mm 1.5mm; text-align: left }
.grid thead th { background: #e6f0f1 }
.fields th { text-align: left; font-weight: normal; width: 52mm }
.added { background: #e7f3ea } .changed { background: #fdf3d8 } .removed { background: #f8e7e6 }
.signatures { display: flex; justify-content: space-between }
.signature { flex: 1; text-align: center }
.signature a { display: block; height: 19mm; border: .6pt solid #b9c2cd }
.verification { display: flex; gap: 3mm; border: .6pt solid #b9c2cd; padding: 2mm }
.verification-qr img { width: 26mm }
"""


def start(keys: str) -> None:
    """Django without its database, with keys of this run."""
    os.environ["COI_ENVIRONMENT"] = "development"
    os.environ["DATABASE_URL"] = "postgresql://nobody@localhost/none"
    os.environ["DJANGO_SETTINGS_MODULE"] = "coi_portal.settings"
    os.environ["COI_KEY_DIR"] = keys
    os.environ["COI_KEY_PASSPHRASE"] = "benchmark-of-statements"
    import django

    django.setup()


def text_of(number: int) -> str:
    from statements.canonical import canonical_json
    from tests.statements.samples import NAMES, content

    name = f"{NAMES[number % len(NAMES)]} {number}"
    return canonical_json(
        content(rows=8, slots=2, name=name, number=f"F2/2026/04.02/{number:06d}")
    )


class Ours:
    def __init__(self) -> None:
        from statements.signers import ShortLivedSigner

        self.signer = ShortLivedSigner()

    def make(self, number: int) -> bytes:
        from statements import pdf
        from statements.signers import SigningOrder

        base = pdf.render(text_of(number), code=CODE, created_at=NOW)
        order = SigningOrder(
            slot="declarant",
            name=f"Pegawai {number}",
            nip="198001012005011001",
            post="",
            organisation="Dinas Kesehatan",
            is_first=True,
            is_last=False,
        )
        return self.signer.sign(base, order).pdf


class Plain:
    """As the two documentations show."""

    def __init__(self) -> None:
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import rsa
        from cryptography.hazmat.primitives.serialization import pkcs12
        from django.utils import timezone
        from pyhanko.sign import signers

        key = rsa.generate_private_key(65537, 2048)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Portal")])
        now = timezone.now()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(1)
            .not_valid_before(now)
            .not_valid_after(now + datetime.timedelta(days=30))
            .sign(key, hashes.SHA256())
        )
        with tempfile.NamedTemporaryFile(suffix=".p12") as file:
            file.write(
                pkcs12.serialize_key_and_certificates(
                    b"x", key, certificate, None, serialization.NoEncryption()
                )
            )
            file.flush()
            self.signer = signers.SimpleSigner.load_pkcs12(file.name)

    def make(self, number: int) -> bytes:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import fields, signers
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration

        page = _plain_page(text_of(number))
        font_config = FontConfiguration()
        css = CSS(string=PLAIN_CSS, font_config=font_config, base_url=f"{FONTS}/")
        base = HTML(string=page).write_pdf(stylesheets=[css], font_config=font_config)
        output = io.BytesIO()
        signers.sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(base)),
            signers.PdfSignatureMetadata(
                field_name="Signature1", subfilter=fields.SigSeedSubFilter.PADES
            ),
            signer=self.signer,
            output=output,
        )
        return output.getvalue()


def _plain_page(text: str) -> str:
    """The very template of the portal, its pictures as data addresses."""
    import base64

    from django.template.loader import get_template

    from statements import pdf

    context = pdf._context(json.loads(text), code=CODE, instant=NOW, footer=pdf.INTERNAL_FOOTER)
    page = get_template("statements/pdf/statement.html").template.render(context)
    emblem = (ROOT / "templates/statements/_emblem.svg").read_bytes()
    address = "data:image/svg+xml;base64," + base64.b64encode(emblem).decode()
    return page.replace("asset:emblem.svg", address)


def work(
    kind: str, keys: str, seconds: float, offset: int, answer: "multiprocessing.Queue"
) -> None:
    start(keys)
    maker = {"ours": Ours, "plain": Plain}[kind]()
    maker.make(offset)  # what is prepared once a process is not what is measured
    answer.put("ready")
    begin, spent, count = time.monotonic(), time.process_time(), 0
    while time.monotonic() - begin < seconds:
        count += 1
        maker.make(offset + count)
    answer.put((count, time.monotonic() - begin, time.process_time() - spent))


def measure(kind: str, keys: str, seconds: float, workers: int) -> tuple[float, float]:
    """Statements a second of `workers` processes, and milliseconds of processor for each."""
    context = multiprocessing.get_context("spawn")
    answer = context.Queue()
    processes = [
        context.Process(target=work, args=(kind, keys, seconds, 100_000 * number, answer))
        for number in range(workers)
    ]
    for process in processes:
        process.start()
    results = [answer.get(timeout=seconds + 120) for _ in range(2 * workers)]
    for process in processes:
        process.join()
    results = [result for result in results if result != "ready"]
    rate = sum(count / spent for count, spent, _cpu in results)
    return rate, 1000 * sum(r[2] for r in results) / sum(r[0] for r in results)


def remember(keys: str, count: int, answer: "multiprocessing.Queue") -> None:
    """Megabytes of one process, after every hundred statements; the first fifty warm it up."""
    start(keys)
    maker = Ours()
    for number in range(50):
        maker.make(number)
    measured = [_rss()]
    for number in range(count):
        maker.make(1000 + number)
        if (number + 1) % 100 == 0:
            measured.append(_rss())
    answer.put((measured, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def _rss() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1024 / 1024


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--memory", type=int, default=500, metavar="STATEMENTS")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        keys = str(Path(folder) / "keys")
        start(keys)
        from statements.authority import make_development_authority

        make_development_authority(Path(keys), os.environ["COI_KEY_PASSPHRASE"])
        rates: dict[str, list[tuple[float, float]]] = {"plain": [], "ours": []}
        for _round in range(options.rounds):
            for kind in rates:
                rates[kind].append(measure(kind, keys, options.seconds, options.workers))
                rate, cost = rates[kind][-1]
                print(f"{kind:>6} {rate:7.2f} statements/s, {cost:6.1f} ms CPU each", flush=True)
        for index, unit in ((0, "statements/s"), (1, "ms of processor a statement")):
            plain, ours = (
                statistics.median(item[index] for item in rates[kind]) for kind in rates
            )
            times = ours / plain if index == 0 else plain / ours
            print(f"median {ours:.2f} beside {plain:.2f} {unit}: {times:.2f} times")
        if options.memory:
            context = multiprocessing.get_context("spawn")
            answer = context.Queue()
            process = context.Process(target=remember, args=(keys, options.memory, answer))
            process.start()
            measured, most = answer.get()
            process.join()
            told = ", ".join(f"{megabytes:.1f}" for megabytes in measured)
            print(f"memory of one process after every 100 statements: {told} MB (most {most:.1f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
