#!/usr/bin/env python3
"""Make the statements' fonts from the npm package @fontsource/noto-sans (OFL 1.1).

WOFF2 is unpacked to static TTF and the Latin and Latin Extended-A subsets are merged, so
that names such as `Łucja` or `Đorđe` need no second font. Static TTF gives the same PDF
bytes for the same input; WOFF 1 and variable fonts do not. The result is committed:
run this only to change the version.
"""

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from fontTools import merge, subset
from fontTools.ttLib import TTFont

PACKAGE = "@fontsource/noto-sans@5.3.0"
TARGET = Path(__file__).resolve().parent.parent / "statements" / "fonts"
WEIGHTS = {"400": "Regular", "700": "Bold"}
LATIN_EXTENDED_A = range(0x100, 0x180)
EXTRA = (0x2013, 0x2014, 0x2018, 0x2019, 0x201C, 0x201D, 0x2026)


def fetch(folder: Path) -> Path:
    """Download the pinned package with npm and unpack it."""
    command = ["npm", "pack", "--silent", PACKAGE]
    name = subprocess.run(
        command, cwd=folder, check=True, capture_output=True, text=True
    ).stdout.split()[-1]
    with tarfile.open(folder / name) as archive:
        archive.extractall(folder, filter="data")
    return folder / "package"


def unpack(source: Path, target: Path, *, characters: range | None = None) -> None:
    options = subset.Options(hinting=False, layout_features=["kern", "mark", "ccmp"])
    font = TTFont(source, recalcTimestamp=False)
    font.flavor = None
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters or font.getBestCmap())
    subsetter.subset(font)
    font.save(target)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package = fetch(folder)
        for weight, style in WEIGHTS.items():
            parts = [folder / f"latin-{weight}.ttf", folder / f"ext-{weight}.ttf"]
            files = package / "files"
            unpack(files / f"noto-sans-latin-{weight}-normal.woff2", parts[0])
            unpack(
                files / f"noto-sans-latin-ext-{weight}-normal.woff2",
                parts[1],
                characters=LATIN_EXTENDED_A,
            )
            font = merge.Merger().merge([str(part) for part in parts])
            font["head"].modified = font["head"].created
            font.recalcTimestamp = False
            font.save(TARGET / f"NotoSans-{style}.ttf")
        # Whole inside each PDF's form, for the visible signatures: no shaping, so no tables.
        options = subset.Options(
            hinting=False, layout_features=[], notdef_outline=True, glyph_names=False
        )
        options.drop_tables += ["GSUB", "GPOS", "GDEF", "gasp"]
        font = TTFont(TARGET / "NotoSans-Regular.ttf", recalcTimestamp=False)
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[c for c in font.getBestCmap() if c < 0x180 or c in EXTRA])
        subsetter.subset(font)
        font.save(TARGET / "NotoSans-Appearance.ttf")
        (TARGET / "LICENSE.txt").write_text((package / "LICENSE").read_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
