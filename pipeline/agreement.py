"""The plugin set that all processes of a station agreed on.

Two machines that run different plugins would give one document two meanings. So the first process
writes down what it has loaded, and each later one compares; one that differs refuses, by name.
"""

import hashlib

from sqlalchemy import delete, insert, select

from pipeline import tables as t
from pipeline.errors import ConfigurationError
from pipeline.host import Host, PluginState
from pipeline.state import State, insert_if_new


def plugin_set(host: Host) -> dict[str, str]:
    """What this process has loaded: plugins with their versions, stages with their revisions."""
    plugins = {
        f"plugin {plugin.distribution}:{plugin.name}": (
            plugin.version if plugin.state is PluginState.ACTIVE else plugin.state.value
        )
        for plugin in host.plugins
        if plugin.state is not PluginState.NOT_ALLOWED
    }
    stages = {
        f"stage {name}": f"{host.distribution_of(name)} revision {stage.revision}"
        for name, stage in host.stages.items()
    }
    return plugins | stages


def digest(plugins: dict[str, str]) -> str:
    """SHA-256 (hex) of a plugin set; for logs and metrics."""
    lines = "\n".join(f"{name}\t{version}" for name, version in sorted(plugins.items()))
    return hashlib.sha256(lines.encode()).hexdigest()


def agree(state: State, host: Host) -> str:
    """The digest of the agreed set. Raises ConfigurationError naming every difference.

    The first process of a station makes the agreement.
    """
    mine = plugin_set(host)
    agreed = _agreed(state) or _propose(state, mine)
    if agreed != mine:
        differences = "; ".join(
            f"{name}: {mine.get(name, '-')} ≠ {agreed.get(name, '-')}"
            for name in sorted(mine.keys() | agreed.keys())
            if mine.get(name) != agreed.get(name)
        )
        raise ConfigurationError(
            "plugins-differ",
            thai=f"ปลั๊กอินของเครื่องนี้ไม่ตรงกับที่สถานีตกลงใช้ (เครื่องนี้ ≠ สถานี): {differences} "
            "โปรดติดตั้งให้ตรงกัน หรือสั่ง `saraban plugins --adopt` เมื่อปรับรุ่นทุกเครื่องแล้ว",
            english=f"The plugins here differ from the station's (here ≠ station): {differences}. "
            "Install the same, or run `saraban plugins --adopt` once all machines are upgraded.",
        )
    return digest(mine)


def adopt(state: State, host: Host) -> str:
    """Make what this process has loaded the agreed set, whatever it was before."""
    mine = plugin_set(host)
    with state.write() as tx:
        tx.execute(delete(t.agreed_plugins))
        tx.execute(insert(t.agreed_plugins), _rows(mine))
    return digest(mine)


def _agreed(state: State) -> dict[str, str]:
    with state.read() as tx:
        return {row.name: row.version for row in tx.execute(select(t.agreed_plugins))}


def _propose(state: State, mine: dict[str, str]) -> dict[str, str]:
    with state.write() as tx:
        tx.execute(insert_if_new(tx, t.agreed_plugins).on_conflict_do_nothing(), _rows(mine))
    return _agreed(state)


def _rows(plugins: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "version": version} for name, version in sorted(plugins.items())]
