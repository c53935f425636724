"""Lets text run over as many pages as it needs, with page numbers and catchwords."""

from .linebreak import take_line
from .numbers import thai
from .typeset import PAGE_SIZE, Sheet, Style, cm

LEFT = cm(3.0)
RIGHT = PAGE_SIZE[0] - cm(2.0)
MIDDLE = PAGE_SIZE[0] / 2
INDENT = cm(2.5)
LAST_BASELINE = PAGE_SIZE[1] - cm(2.7)
FIRST_BASELINE = cm(3.6)
NUMBER_BASELINE = cm(2.55)
CATCHWORD_BASELINE = PAGE_SIZE[1] - cm(1.8)


class Flow:
    """A letter or an attachment being typed; `y` is the baseline of the last line."""

    def __init__(self, style: Style, y: float = FIRST_BASELINE) -> None:
        """Start the first page with its first baseline at `y`."""
        self.style = style
        self.sheets = [Sheet(style)]
        self.y = y - style.feed

    @property
    def sheet(self) -> Sheet:
        """The page being typed."""
        return self.sheets[-1]

    def advance(self, lines: float = 1.0) -> None:
        """Go down by so many lines."""
        self.y += self.style.feed * lines

    def new_page(self, catchword: str = "") -> None:
        """Begin the next page; the catchword goes below the text of the last one."""
        if catchword:
            self.sheet.write(RIGHT, CATCHWORD_BASELINE, f"/{catchword} ...", align="r")
        self.sheets.append(Sheet(self.style))
        number = f"- {thai(len(self.sheets))} -"
        self.sheet.write(MIDDLE, NUMBER_BASELINE, number, align="m")
        self.y = FIRST_BASELINE - self.style.feed

    def need(self, lines: float, catchword: str = "", *, last: bool = False) -> None:
        """Go to a new page unless so many more lines fit here; the last ones may stand lower."""
        limit = CATCHWORD_BASELINE if last else LAST_BASELINE
        if self.y + self.style.feed * lines > limit:
            self.new_page(catchword)

    def line(self, text: str, x: float = LEFT, align: str = "l", *, bold: bool = False) -> None:
        """Type one line below the last one."""
        self.need(1, last=True)
        self.advance()
        self.sheet.write(x, self.y, text, align=align, bold=bold)

    def paragraph(self, text: str, indent: float = INDENT, gap: float = 0.3) -> None:
        """Type a paragraph with its first line indented."""
        self.y += self.style.feed * gap
        width = RIGHT - LEFT
        lines = self.sheet.wrap(text, width, width - indent)
        for i, line in enumerate(lines):
            room = 2 if i == 0 and len(lines) > 1 else 1
            self.need(room, self._catchword(line))
            self.advance()
            self.sheet.write(LEFT + (indent if i == 0 else 0), self.y, line)

    def hanging(self, label: str, text: str, hang: float, gap: float = 0.25) -> None:
        """Type a label and its text, the text's lines under one another."""
        self.y += self.style.feed * gap
        for i, line in enumerate(self.sheet.wrap(text, RIGHT - LEFT - hang)):
            self.need(1)
            self.advance()
            if i == 0:
                self.sheet.write(LEFT, self.y, label)
            self.sheet.write(LEFT + hang, self.y, line)

    def centred(self, text: str, *, bold: bool = False, width: float = 0.8) -> None:
        """Type lines in the middle of the page, no wider than a share of the text."""
        for line in self.sheet.wrap(text, (RIGHT - LEFT) * width):
            self.line(line, MIDDLE, "m", bold=bold)

    def _catchword(self, line: str) -> str:
        return take_line(line, self.sheet.width, cm(2.6))[0]
