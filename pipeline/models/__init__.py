"""The recognition model that ships with saraban."""

from pathlib import Path

from pipeline.errors import ConfigurationError

LANGUAGE = "tha_saraban"
"""Tesseract's name of the model."""


def tessdata() -> Path:
    """The folder that holds ``tha_saraban.traineddata``.

    Raises ConfigurationError when the installation lacks the model. Orientation (``osd``) and other
    languages are in tesseract's own folder.
    """
    folder = Path(__file__).parent
    if not (folder / f"{LANGUAGE}.traineddata").is_file():
        raise ConfigurationError(
            "model-missing",
            thai=f"ไม่พบแบบจำลองอ่านอักษรไทย {LANGUAGE}.traineddata กรุณาติดตั้ง saraban ใหม่",
            english=f"The Thai model {LANGUAGE}.traineddata is missing; install saraban again.",
        )
    return folder
