"""Pictures for the README, taken from a running demonstration.

    ./run                                          # in one terminal
    .venv/bin/python -m scripts.screenshots        # in another

The demonstration's own accounts are used (`var/demo-accounts.txt`, `var/secrets.env`); drafts are
begun and signed in it, so take a fresh one. Needs what `./test` installs, and `pdftoppm`.
"""

import argparse
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from coi_portal import local_environment

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
PHONE = {"viewport": {"width": 390, "height": 780}, "is_mobile": True, "has_touch": True}
DESKTOP = {"viewport": {"width": 1240, "height": 820}}
LARGEST = 120_000
BUTTON = "main .form-actions .btn-primary"
NIP = re.compile(r"\b\d{18}\b")


class Camera:
    """One browser window, logged in as one of the demonstration's people."""

    def __init__(self, page: Page, base: str) -> None:
        self.page, self.base = page, base

    def open(self, path: str) -> None:
        self.page.goto(self.base + path)

    def log_in(self, nip: str, password: str) -> None:
        self.open("/akun/masuk/")
        self.page.fill("[name=login]", nip)
        self.page.fill("[name=password]", password)
        self.press("form[action='/akun/masuk/'] button[type=submit]")

    def press(self, selector: str) -> None:
        with self.page.expect_navigation():
            self.page.locator(selector).first.click()

    def choose(self, **answers: str) -> None:
        for question, value in answers.items():
            fields = self.page.locator(f"main form [name$='-{question}']")
            kind = fields.first.evaluate("field => field.type")
            if kind == "radio":
                chosen = fields.and_(self.page.locator(f"[value='{value}']"))
                self.page.click(f"label[for='{chosen.get_attribute('id')}']")
            elif kind.startswith("select"):
                fields.first.select_option(value)
            else:
                fields.first.fill(value)

    def links(self, page: str, selector: str) -> list[str]:
        self.open(page)
        return [link.get_attribute("href") for link in self.page.locator(selector).all()]

    @property
    def path(self) -> str:
        return self.page.url.removeprefix(self.base)

    def take(self, name: str, *, at: str = "", full: bool = False) -> None:
        """`at` brings an element to the top of the picture."""
        # The warnings of a demonstration; the README says them in words.
        self.page.locator(".strip").evaluate_all("all => all.forEach((strip) => strip.remove())")
        if at:
            self.page.locator(at).first.evaluate("part => part.scrollIntoView({block: 'start'})")
        target = FOLDER / f"{name}.png"
        self.page.screenshot(path=target, full_page=full, animations="disabled")
        shrink(target)
        print(f"{target.name}: {target.stat().st_size // 1024} KB")


def shrink(target: Path) -> None:
    """A palette of as many colours as fit below the limit."""
    with Image.open(target) as picture:
        plain = picture.convert("RGB")
    for colours in (128, 64, 32):
        plain.quantize(colours, dither=Image.Dither.NONE).save(target, optimize=True)
        if target.stat().st_size < LARGEST:
            return


def pdf_page(pdf: Path, name: str) -> None:
    subprocess.run(
        ["pdftoppm", "-png", "-r", "70", "-f", "1", "-singlefile", pdf, FOLDER / name], check=True
    )
    shrink(FOLDER / f"{name}.png")


def accounts(table: Path) -> list[str]:
    """The NIPs in the order in which `demo_accounts` prints the roles."""
    return NIP.findall(table.read_text(encoding="utf-8"))


@contextmanager
def window(browser: Browser, base: str, size: dict) -> Iterator[Camera]:
    # A page that still glides to its place would be photographed half drawn.
    context = browser.new_context(
        locale="id-ID", accept_downloads=True, reduced_motion="reduce", **size
    )
    context.set_default_timeout(20_000)
    yield Camera(context.new_page(), base)
    context.close()


def main() -> None:
    local_environment.load()
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--address", default="http://localhost:8000")
    parser.add_argument("--password", default=os.environ.get("COI_DEMO_PASSWORD", ""))
    options = parser.parse_args()
    people = accounts(local_environment.var_dir() / "demo-accounts.txt")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        chromium = os.environ.get("COI_CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        album = Album(browser, options.address, people, options.password)
        album.declarant_on_a_phone()
        album.declarant_at_a_desk()
        album.superior_at_a_desk()
        browser.close()


class Album:
    """Who is photographed doing what."""

    def __init__(self, browser: Browser, base: str, people: list[str], password: str) -> None:
        self.browser, self.base, self.password = browser, base, password
        self.declarant, self.superior = people[:2]

    def declarant_on_a_phone(self) -> None:
        with window(self.browser, self.base, PHONE) as camera:
            camera.open("/akun/masuk/")
            camera.take("phone-login")
            camera.log_in(self.declarant, self.password)
            camera.take("phone-home")
            tasks = camera.links("/", "main a.btn[href^='/daftar-kepentingan/'][href$='/isi/']")[0]
            address = tasks.removesuffix("isi/")
            camera.open(tasks)
            camera.take("phone-register-sections", at="main .task-list")
            camera.open(f"{address}perbedaan/")
            camera.take("phone-register-delta", at="main h2")
            self._statement_with_a_hit(camera)

    def _statement_with_a_hit(self, camera: Camera) -> None:
        for address in camera.links("/pernyataan/?keadaan=draft", "main table a"):
            camera.open(f"{address}kemiripan/")
            if camera.path.endswith("kemiripan/"):  # Without a hit there is no such page.
                break
        camera.take("phone-statement-hit")

    def declarant_at_a_desk(self) -> None:
        """A clean statement, from its first page to the signed PDF and its check."""
        with window(self.browser, self.base, DESKTOP) as camera:
            camera.open("/akun/masuk/")
            camera.take("desktop-login")
            camera.log_in(self.declarant, self.password)
            camera.take("desktop-home")
            address = write_statement(camera)
            camera.open(f"{address}periksa-jawaban/")
            camera.take("desktop-check-answers")
            camera.open(f"{address}tanda-tangan/")
            camera.press(BUTTON)
            camera.take("desktop-statement-signed")
            self._document(camera, address)

    def _document(self, camera: Camera, address: str) -> None:
        camera.open(address)
        link = camera.page.locator("main a[href*='/unduh/']")
        while not link.count():
            camera.page.wait_for_timeout(1_000)
            camera.page.reload()
        with tempfile.TemporaryDirectory() as folder:
            with camera.page.expect_download() as started:
                link.first.click()
            pdf = Path(folder) / "statement.pdf"
            started.value.save_as(pdf)
            pdf_page(pdf, "pdf-statement")
            camera.page.context.clear_cookies()
            camera.open("/verifikasi/")
            camera.page.set_input_files("input[type=file]", pdf)
            camera.press(BUTTON)
            camera.take("desktop-verification")

    def superior_at_a_desk(self) -> None:
        with window(self.browser, self.base, DESKTOP) as camera:
            camera.log_in(self.superior, self.password)
            camera.open("/keputusan-atasan/")
            camera.press("main a[href*='/keputusan-atasan/deklarasi/']")
            camera.take("desktop-case")
            camera.press("form[action$='/mulai/'] button")
            decision = camera.path
            camera.open(f"{decision}risk/")
            camera.choose(likelihood="4", impact="3")
            camera.page.wait_for_load_state("networkidle")
            camera.take("desktop-decision-risk", at="#risk-level")
            camera.open("/pengendalian/")
            camera.press("main table a[href*='/pengendalian/']")
            camera.take("desktop-control-plan")


def write_statement(camera: Camera) -> str:
    """A draft with everything answered; its address."""
    camera.open("/pernyataan/mulai/")
    camera.press(BUTTON)
    address = camera.path.split("isi/")[0]
    camera.choose(
        kind="PBJ", title="Pengadaan kursi roda untuk puskesmas", value="240.000.000",
        risk_area="TIDAK_ADA", own_role="Pejabat Pembuat Komitmen",
        number=f"027/{camera.page.evaluate('Date.now() % 9000 + 1000')}/DINKES/2026",
    )  # fmt: skip
    camera.press(BUTTON)
    camera.open(f"{address}isi/parties/tambah/")
    camera.choose(name="PT Roda Sehat Nusantara", role="Peserta")
    camera.press(BUTTON)
    camera.open(f"{address}isi/sources/")
    for field in camera.page.locator("main input[type=radio][value=no]").all():
        camera.page.click(f"label[for='{field.get_attribute('id')}']")
    camera.press(BUTTON)
    return address


if __name__ == "__main__":
    main()
