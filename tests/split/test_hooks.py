"""The plugin as the host sees it."""

import io

import pikepdf
import pluggy

from pipeline import hookspecs
from plugins.split import hooks


def test_the_hooks_answer() -> None:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(hooks)
    manager.check_pending()
    stages = [stage for answer in manager.hook.register_stages() for stage in answer]
    assert [stage.name for stage in stages] == ["split-stack", "split-attachments"]
    for stage in stages:
        assert all(field.description for field in stage.Options.model_fields.values())
    sheets = manager.hook.print_separators(station="TAK01", batch="1", first=1, count=3)
    with pikepdf.open(io.BytesIO(sheets)) as pdf:
        assert len(pdf.pages) == 3
