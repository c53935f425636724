"""Secrecy levels of official documents (ระเบียบว่าด้วยการรักษาความลับของทางราชการ)."""

from enum import StrEnum


class Secrecy(StrEnum):
    """Ordered by :attr:`rank`: ``NORMAL < CONFIDENTIAL < SECRET < TOP_SECRET``."""

    NORMAL = "NORMAL"
    CONFIDENTIAL = "CONFIDENTIAL"
    SECRET = "SECRET"
    TOP_SECRET = "TOP_SECRET"

    @property
    def rank(self) -> int:
        """0 for NORMAL up to 3 for TOP_SECRET."""
        return tuple(Secrecy).index(self)

    @property
    def thai(self) -> str:
        """The mark as it stands on paper; ``ปกติ`` for a letter without one."""
        return THAI_MARKS.get(self, "ปกติ")

    def __lt__(self, other: object) -> bool:
        return self.rank < other.rank if isinstance(other, Secrecy) else NotImplemented

    def __le__(self, other: object) -> bool:
        return self.rank <= other.rank if isinstance(other, Secrecy) else NotImplemented

    def __gt__(self, other: object) -> bool:
        return self.rank > other.rank if isinstance(other, Secrecy) else NotImplemented

    def __ge__(self, other: object) -> bool:
        return self.rank >= other.rank if isinstance(other, Secrecy) else NotImplemented


THAI_MARKS: dict[Secrecy, str] = {
    Secrecy.CONFIDENTIAL: "ลับ",
    Secrecy.SECRET: "ลับมาก",
    Secrecy.TOP_SECRET: "ลับที่สุด",
}
"""Mark on paper for each restricted level; match the longest phrase first."""
