"""How large a file, and what is in it, may be."""

from pydantic import BaseModel, ConfigDict, Field


class Limits(BaseModel):
    """Bounds of one file; beyond any of them it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_bytes: int = Field(2 << 30, gt=0, description="Largest file, in bytes.")
    max_pages: int = Field(2000, gt=0, description="Most pages in one file.")
    max_megapixels: float = Field(
        200.0,
        gt=0,
        description="Largest picture, and largest page when rendered at 300 dpi, in megapixels "
        "(A0 is 139).",
    )
    max_unpacked_mib: int = Field(
        512, gt=0, description="Most that a DOCX may unpack to, all its parts together, in MiB."
    )

    @property
    def max_pixels(self) -> float:
        return self.max_megapixels * 1e6
