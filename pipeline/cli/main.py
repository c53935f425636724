"""Assembles the commands; each lives in the module of its theme."""

import typer

from pipeline.cli import admin, files, fleet, looking, review, running, storage

app = typer.Typer(
    name="saraban",
    help="Scanned stacks of Thai official letters in; split, named, classified, signed and "
    "archived documents out. จากกองกระดาษสแกนสู่หนังสือราชการอิเล็กทรอนิกส์ที่ลงนามและจัดเก็บแล้ว",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.command("init")(admin.init)
app.command("run")(running.run)
app.command("submit")(running.submit)
app.command("status")(looking.status)
app.command("show")(looking.show)
app.command("review")(review.review)
app.command("retry")(review.retry)
app.command("verify")(files.verify)
app.command("get")(files.get)
app.command("export")(files.export)
app.command("separators")(files.separators)
app.command("plugins")(admin.plugins)
app.command("check")(admin.check)
app.command("doctor")(admin.doctor)
app.command("audit")(looking.audit)
app.command("move-state")(fleet.move)
app.command("sweep")(fleet.sweep)
app.command("make-key")(fleet.make_key)
app.command("schemas")(admin.schemas)
app.add_typer(storage.s3, name="s3")


def main() -> None:
    """Entry point of the console script."""
    app()
