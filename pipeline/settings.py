"""Settings of one station: ``saraban.toml`` in its folder, overridden by ``SARABAN_*``."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from pipeline.errors import ConfigurationError
from pipeline.stage import Queue
from schemas.secrecy import Secrecy

FILE = "saraban.toml"


class Section(BaseModel):
    """Base of the tables in ``saraban.toml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StationSection(Section):
    code: str = Field(pattern=r"^[A-Z0-9]{2,12}$", description="Short code, printed on separators.")
    organisation: str = Field(description="Name of the office, in Thai.")
    agency: str = Field(
        pattern=r"^[A-Z]{2,8}$", description="Roman code of the agency, first part of file names."
    )
    trial: bool = Field(default=False, description="Keys and certificates are for trial only.")


class PluginsSection(Section):
    allow: tuple[str, ...] = Field(
        default=(), description="Distributions besides saraban whose plugins may take part."
    )
    sees: dict[str, Secrecy] = Field(
        default={},
        description="Highest secrecy whose plaintext a distribution's stages may open; NORMAL "
        "when not named.",
    )


class RunnerSection(Section):
    workers: int = Field(default=0, ge=0, description="Processes; 0 means one a core.")
    scratch: Path | None = Field(
        default=None, description="Folder for plaintext while a step runs; default: memory."
    )
    largest_input_mib: int = Field(
        default=512,
        gt=0,
        description="Largest file that is taken in, in MiB; and none is while less than 1.5 times "
        "that is free for each step that may run at the same time.",
    )


class ArchiveSection(Section):
    quota_gib: float | None = Field(
        default=None,
        gt=0,
        description="GiB that the agency may keep in the archive (a department 500, a local body "
        "200); nothing: no limit.",
    )


class WorkersSection(Section):
    """What the Celery workers of this machine may do; the embedded runner ignores it."""

    broker: str | None = Field(
        default=None,
        pattern=r"^(amqp|redis)s?://",
        description="URL of RabbitMQ (`amqp://user@host/vhost`) or Redis (`redis://host/0`); its "
        "password is the secret `broker-password`.",
    )
    queues: tuple[Queue, ...] = Field(
        default=tuple(Queue), description="Resource classes whose steps run here."
    )
    clearance: Secrecy = Field(
        default=Secrecy.TOP_SECRET,
        description="Highest secrecy that may come here; what is not classified yet counts as "
        "TOP_SECRET.",
    )
    slots: int = Field(default=0, ge=0, description="Steps at the same time; 0 means one a core.")
    patience: float = Field(
        default=600.0, gt=0, description="Seconds that a stopping worker lets its steps finish."
    )
    margin: float = Field(
        default=60.0,
        gt=0,
        description="Seconds that a lease outlives its step's timeout, to store and commit.",
    )
    heartbeat: float = Field(
        default=5.0,
        gt=0,
        le=10.0,
        description="Seconds between two signs of life; after six without one a worker counts as "
        "dead and its steps go to others.",
    )
    pause: float = Field(
        default=15.0,
        gt=0,
        description="Seconds that a step waits which was given back for want of room or a store.",
    )
    health: str | None = Field(
        default=None, description="`host:port` that serves /livez, /readyz and /metrics."
    )
    otlp: str | None = Field(
        default=None, description="URL of an OpenTelemetry collector (OTLP over HTTP)."
    )


class Settings(BaseSettings):
    """Everything an office may set. ``folder`` is the station's folder."""

    model_config = SettingsConfigDict(
        env_prefix="SARABAN_", env_nested_delimiter="__", frozen=True, extra="forbid"
    )

    station: StationSection
    state: str = Field(
        default="sqlite:///state.db",
        description="URL of the state store: SQLite, or `postgresql+psycopg://user@host/name` with "
        "its password in the file of `?passfile=`.",
    )
    store: str = Field(default="file:artifacts", description="URL of the artifact store.")
    default_definition: str = Field(default="standard", description="Definition of `saraban run`.")
    secrets: dict[str, str] = Field(
        default={}, description="Reference (`file:keys/x`) of each secret, by name."
    )
    plugins: PluginsSection = PluginsSection()
    runner: RunnerSection = RunnerSection()
    workers: WorkersSection = WorkersSection()
    archive: ArchiveSection = ArchiveSection()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        toml = TomlConfigSettingsSource(settings_cls, init_settings().get("toml_file"))
        return env_settings, toml


def read_settings(folder: Path) -> Settings:
    """Settings of the station in ``folder``. Raises ConfigurationError listing every problem."""
    file = folder / FILE
    if not file.is_file():
        raise ConfigurationError(
            "no-station",
            thai=f"ไม่พบ {FILE} ใน {folder} โปรดสร้างสถานีด้วย `saraban init`",
            english=f"There is no {FILE} in {folder}. Make a station with `saraban init`.",
        )
    try:
        return Settings(toml_file=file)  # type: ignore[call-arg]
    except tomllib.TOMLDecodeError as error:
        reasons = str(error)
    except ValidationError as error:
        reasons = "; ".join(
            f"{'.'.join(str(part) for part in problem['loc'])}: {problem['msg']}"
            for problem in error.errors()
        )
    raise ConfigurationError(
        "bad-settings",
        thai=f"ค่าตั้งใน {file} ไม่ถูกต้อง: {reasons}",
        english=f"The settings in {file} are wrong: {reasons}",
    )
