"""DOC, DOCX and plain text as PDF, by LibreOffice in the sandbox with a profile of its own."""

import shutil
from pathlib import Path
from xml.sax.saxutils import escape

from pipeline.sandbox import run_tool
from pipeline.stage import StageContext
from plugins.convert.failures import Failed
from schemas.verdict import MediaType

SUFFIXES = {MediaType.DOC: ".doc", MediaType.DOCX: ".docx", MediaType.TEXT: ".fodt"}
EXPORT = 'pdf:writer_pdf_Export:{"ExportFormFields":{"type":"boolean","value":"false"}}'

SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry"
 xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting">
<prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop>
<prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop>
<prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop>
</item>
<item oor:path="/org.openoffice.Office.Writer/Content/Update">
<prop oor:name="Link" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
"""No macro runs, no link is followed."""

TEXT_FONTS = "'TH Sarabun New', 'TH SarabunPSK', Sarabun, Loma"
TEXT_DOCUMENT = """<?xml version="1.0" encoding="UTF-8"?>
<office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">
<office:styles><style:style style:name="Standard" style:family="paragraph">
<style:text-properties fo:font-family="{fonts}" style:font-family-complex="{fonts}"
 fo:font-size="14pt" style:font-size-complex="14pt" style:language-complex="th"
 style:country-complex="TH"/></style:style>
<style:style style:name="Sheet" style:family="paragraph" style:parent-style-name="Standard">
<style:paragraph-properties fo:break-before="page"/></style:style></office:styles>
<office:automatic-styles><style:page-layout style:name="A4"><style:page-layout-properties
 fo:page-width="210mm" fo:page-height="297mm" fo:margin-top="25mm" fo:margin-bottom="20mm"
 fo:margin-left="30mm" fo:margin-right="20mm"/></style:page-layout></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="A4"/>
</office:master-styles>
<office:body><office:text>{paragraphs}</office:text></office:body></office:document>
"""
"""A4 with the margins of a Thai official letter."""


def office_to_pdf(
    context: StageContext, source: Path, media_type: MediaType, charset: str | None
) -> Path:
    """The PDF that LibreOffice makes of it, in the workdir. Raises Failed when it makes none."""
    folder = context.workdir / "office"
    profile = folder / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(SETTINGS, encoding="utf-8")
    given = folder / f"document{SUFFIXES[media_type]}"
    if media_type is MediaType.TEXT:
        given.write_text(lay_out(source.read_text(charset or "utf-8-sig")), encoding="utf-8")
    else:
        shutil.copyfile(source, given)
    run_tool(
        [
            *("soffice", f"-env:UserInstallation=file://{profile.parent}", "--headless"),
            *("--norestore", "--nolockcheck", "--convert-to", EXPORT),
            *("--outdir", folder, given),
        ],
        workdir=context.workdir,
        timeout=context.remaining(),
        memory_mib=context.memory,
    )
    made = given.with_suffix(".pdf")
    if not made.exists():
        raise Failed("office-unreadable")
    return made


def lay_out(text: str) -> str:
    """Plain text as a flat OpenDocument: lines, blanks, tabs and form feeds stay what they are."""
    sheets = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a\n").split("\f")
    paragraphs = []
    for number, sheet in enumerate(sheets):
        for place, line in enumerate(sheet.split("\n")):
            style = "Sheet" if number and not place else "Standard"
            paragraphs.append(f'<text:p text:style-name="{style}">{_inline(line)}</text:p>')
    return TEXT_DOCUMENT.format(fonts=TEXT_FONTS, paragraphs="".join(paragraphs))


def _inline(line: str) -> str:
    kept = "".join(character for character in line if character >= " " or character == "\t")
    return escape(kept).replace("\t", "<text:tab/>").replace(" ", "<text:s/>")
