"""The main job: what comes out of the example stack is what its ground truth says."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from pikepdf import Pdf, pdfa

from pipeline.app import Station
from tests.stack.conftest import STACK, StackRun, saraban

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("stack")]

LEVEL_FOLDERS = {"NORMAL": "normal", "CONFIDENTIAL": "confidential", "SECRET": "secret"}


def rows_by_first_page(run: StackRun) -> dict[int, dict[str, Any]]:
    return {row["pages"][0]: row for row in run.source["documents"]}


def test_nothing_waits_and_nothing_failed(stack_run: StackRun) -> None:
    assert stack_run.exit_code == 0, stack_run.answer
    assert stack_run.answer[0]["released"]


def test_every_page_is_accounted_for(stack_run: StackRun) -> None:
    pages = stack_run.truth["pages"]
    expected = {p["page"]: p["fate"] for p in pages if p["fate"] != "document"}
    assert {int(n): fate for n, fate in stack_run.source["set_aside"].items()} == expected
    count = stack_run.source["pages"]
    assert count["total"] == len(pages)
    assert count["documents"] == len(pages) - len(expected)
    assert count["working"] == count["waiting"] == 0


def test_documents_match_the_truth(stack_run: StackRun) -> None:
    rows = rows_by_first_page(stack_run)
    for letter in stack_run.truth["documents"]:
        row = rows.pop(letter["pages"][0])
        assert row["pages"] == letter["pages"]
        assert row["secrecy"] == letter["level"]
        if letter["level"] == "TOP_SECRET":
            assert (row["state"], row["disposition"]) == ("diverted", "paper")
            assert row["file_name"] is row["number"] is row["subject"] is None
            continue
        assert row["state"] == "finished"
        assert row["signature"] == "PAdES-B-T"
        if letter["file_name"]:
            assert f"{row['file_name']}.pdf" == letter["file_name"]
        if letter["level"] == "NORMAL":
            assert row["kind"] == letter["kind"]
            assert row["number"] == letter["number_arabic"]
            assert row["date"] == letter["date"]
        for attachment in letter["attachments"]:
            row = rows.pop(attachment["pages"][0])
            assert row["pages"] == attachment["pages"]
            assert row["form"] == "attachment"
            assert f"{row['file_name']}.pdf" == attachment["file_name"]
    assert rows == {}


def test_archive_holds_one_file_a_document_and_its_sidecar(stack_run: StackRun) -> None:
    expected = set()
    for row in stack_run.source["documents"]:
        if row["disposition"]:
            continue
        folder, stem = LEVEL_FOLDERS[row["secrecy"]], row["file_name"]
        suffixes = (
            (".pdf", ".json") if row["secrecy"] == "NORMAL" else (".pdf.p7m", ".json.p7m", ".json")
        )
        expected |= {f"{folder}/{stem}{suffix}" for suffix in suffixes}
    found = {
        str(f.relative_to(stack_run.archive)) for f in stack_run.archive.rglob("*") if f.is_file()
    }
    assert found == expected


def records(run: StackRun) -> list[Path]:
    return sorted(run.archive.rglob("*.pdf"))


def test_records_are_sound_pdfa_with_valid_signatures(stack_run: StackRun) -> None:
    assert len(records(stack_run)) == 7
    for record in records(stack_run):
        with Pdf.open(record) as pdf:
            violations = [f for f in pdfa.check(pdf, "2b").findings if f.kind == "violation"]
        assert violations == []
        checked = subprocess.run(["qpdf", "--check", record], capture_output=True, check=False)
        assert checked.returncode == 0, checked.stdout
        answer = saraban("verify", str(record), "--station", str(stack_run.folder), "--json")
        assert answer.returncode == 0, answer.stdout
        verdict = json.loads(answer.stdout)
        assert verdict["verdict"] == "valid"
        (signature,) = verdict["signatures"]
        assert signature["profile"] == "PAdES-B-T"
        assert signature["whole_file"]
        assert signature["timestamp_trusted"]


def test_text_layer_holds_whole_thai_phrases(stack_run: StackRun) -> None:
    record = next(r for r in records(stack_run) if r.name == "2569_TAK_0023_3_4578.pdf")
    text = subprocess.run(["pdftotext", record, "-"], capture_output=True, check=True).stdout
    for phrase in ("ผู้ว่าราชการจังหวัดตาก", "ไฟป่าและหมอกควัน", "๔๕๗๘", "๑๙ มกราคม ๒๕๖๙"):
        assert phrase in text.decode()
    pdf = pypdfium2.PdfDocument(record)
    assert "ขอแสดงความนับถือ" in pdf[1].get_textpage().get_text_range()
    pdf.close()


def test_envelopes_open_for_the_registrar_only(stack_run: StackRun, tmp_path: Path) -> None:
    envelopes = sorted(stack_run.archive.rglob("*.pdf.p7m"))
    assert len(envelopes) == 2
    keys = stack_run.folder / "keys"
    for envelope in envelopes:
        opened = tmp_path / "opened.pdf"
        command = ["openssl", "cms", "-decrypt", "-inform", "DER", "-in", str(envelope)]
        command += ["-out", str(opened), "-recip"]
        right = [*command, str(keys / "registrar.pem"), "-inkey", str(keys / "registrar.key")]
        assert subprocess.run(right, check=False).returncode == 0
        assert opened.read_bytes().startswith(b"%PDF-")
        wrong = [*command, str(keys / "signer.pem"), "-inkey", str(keys / "signer.key")]
        assert subprocess.run(wrong, check=False, capture_output=True).returncode != 0


def test_no_canary_of_a_secret_letter_lies_open(stack_run: StackRun) -> None:
    canaries = [c for d in stack_run.truth["documents"] for c in d["canaries"]]
    assert len(canaries) >= 6
    for file in stack_run.folder.rglob("*"):
        content = file.read_bytes() if file.is_file() else b""
        for canary in canaries:
            for encoding in ("utf-8", "utf-16-le", "utf-16-be", "tis-620"):
                assert canary.encode(encoding) not in content, file
            assert canary.encode("ascii", "backslashreplace") not in content, file
            assert canary not in file.name
    station = Station.open(stack_run.folder)
    assert not station.scratch.exists()
    station.close()
    assert not any(c in stack_run.errors for c in canaries)


def test_top_secret_letter_left_only_a_slip_and_a_line(stack_run: StackRun) -> None:
    (row,) = [r for r in stack_run.source["documents"] if r["disposition"] == "paper"]
    shown = saraban("show", row["id"], "--station", str(stack_run.folder), "--json", "--reveal")
    answer = json.loads(shown.stdout)
    assert [a["role"] for a in answer["artifacts"]] == ["slip"]
    types = [e["type"] for e in answer["events"]]
    assert "keys-destroyed" in types
    assert "erasure-certified" in types
    lines = saraban("export", "paper", "--station", str(stack_run.folder), "--json")
    (line,) = json.loads(lines.stdout)
    assert "subject" not in line["entry"]


def test_second_run_repeats_nothing(stack_run: StackRun) -> None:
    events = saraban("audit", "--station", str(stack_run.folder), "--json").stdout
    again = saraban("run", str(STACK), "--station", str(stack_run.folder), "--json")
    assert json.loads(again.stdout) == stack_run.answer
    assert saraban("audit", "--station", str(stack_run.folder), "--json").stdout == events
